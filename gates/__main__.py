# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m gates sanity` and `python -m gates release`: have the gates judge what would be published now."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from gates import ansible_test, release


def sanity() -> Iterator[tuple[str, list[str]]]:
    """Run the two kinds of ansible-test with the ansible-core that is installed here."""
    code, said = ansible_test.run("sanity")
    found = list(ansible_test.sanity_complaints(code, said))
    yield f"ansible-test sanity, Python {ansible_test.VERSION}", found and [said, *found]
    code, said = ansible_test.run("units", "tests/unit/plugins")
    found = list(ansible_test.unit_complaints(code, said))
    yield f"ansible-test units, Python {ansible_test.VERSION}", found and [said, *found]


def main() -> None:
    """Say of each gate how it judged; fail if one has something against the collection."""
    gates = {"release": release.judge, "sanity": sanity}
    if len(sys.argv) != 2 or sys.argv[1] not in gates:
        sys.exit(f"usage: python -m gates {'|'.join(gates)}")
    failed = False
    for name, found in gates[sys.argv[1]]():
        print(f"{name}: {'FAILED' if found else 'ok'}", *found, sep="\n", flush=True)
        failed = failed or bool(found)
    sys.exit(failed)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Record what a deployment asks for, and write the policies that allow just that."""

from __future__ import annotations

import tempfile
from pathlib import Path

from deployer import published
from deployer.recording import judging, record


def main() -> None:
    """Write docs/deployer-policy anew."""
    with tempfile.TemporaryDirectory() as directory, judging(Path(directory) / "run") as site:
        found = published.generate(record(site))
    published.write(found)
    print(f"{published.DIRECTORY}: {', '.join(sorted(found))}")


if __name__ == "__main__":
    main()

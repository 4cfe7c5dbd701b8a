#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return values of every type, some of which JSON does not have."""

from __future__ import annotations

import datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

VALUES: dict[str, Any] = {
    "numbers": [0, -1, 2**70, 1.5, 1e300, True, None],
    "not a number": float("nan"),
    "infinity": [float("inf"), float("-inf")],
    "tuple": (1, ("a",)),
    "set": {"one"},
    "time": datetime.datetime(2020, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc),  # noqa: UP017 - as old modules do
    "date": datetime.date(2020, 2, 3),
    "bytes": b"bytes \xc3\xa4",
    "text": "\N{SNOWMAN} \x00 \u2028 \\ \" ' \r\n\t",
    "surrogate": "\udcff",
    "keys": {1: "int", None: "none", 2.5: "float", "z": 1, "a": 2},
    "deep": [[[[[[[[[["bottom"]]]]]]]]]],
    "object": object,
    "empty": {"": [{}, [], ""]},
}


def main() -> None:
    """Return the value of the name that is asked for."""
    module = AnsibleModule({"name": {"choices": list(VALUES), "required": True}}, supports_check_mode=True)
    module.exit_json(value=VALUES[module.params["name"]])


if __name__ == "__main__":
    main()

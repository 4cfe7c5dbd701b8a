#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return what it was told, in the ways that well-behaved modules have."""

from __future__ import annotations

import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible_collections.palisade_test.odd.plugins.module_utils.greeting import greet

ARGUMENTS: dict[str, Any] = {
    "text": {"type": "str", "default": "nothing", "aliases": ["words"]},
    "number": {"type": "int"},
    "path": {"type": "path"},
    "switch": {"type": "bool"},
    "entries": {"type": "list", "elements": "str"},
    "nested": {"type": "dict", "options": {"a": {"type": "int", "required": True}, "b": {"type": "raw"}}},
    "kind": {"choices": ["plain", "fancy"], "default": "plain"},
    "secret": {"type": "str", "no_log": True},
    "outdated": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "palisade_test.odd"},
    "place": {"type": "str", "fallback": (env_fallback, ["PALISADE_TEST_PLACE"])},
    "variables": {"type": "list", "elements": "str", "default": []},
    "changed": {"type": "bool", "default": False},
    "failed": {"type": "bool", "default": False},
    "warnings_": {"type": "list", "elements": "str", "default": []},
    "deprecation": {"type": "str"},
    "facts": {"type": "dict"},
    "before": {"type": "str"},
    "size": {"type": "int", "default": 0},
}


def main() -> None:
    """Say it."""
    module = AnsibleModule(ARGUMENTS, supports_check_mode=True, mutually_exclusive=[("number", "switch")])
    told = module.params
    for warning in told["warnings_"]:
        module.warn(warning)
    if told["deprecation"]:
        module.deprecate(told["deprecation"], version="9.0.0", collection_name="palisade_test.odd")
    result = {name: told[name] for name in ("text", "number", "path", "switch", "entries", "nested", "place")}
    result |= {"greeting": greet(told["text"]), "echo": f"secret is {told['secret']}", "check": module.check_mode}
    result |= {"variables": {name: os.environ.get(name) for name in told["variables"]}, "padding": "x" * told["size"]}
    if told["facts"]:
        result["ansible_facts"] = told["facts"]
    if told["before"] is not None and module._diff:
        result["diff"] = {"before": told["before"], "after": told["text"]}
    if told["failed"]:
        module.fail_json(msg=f"told to fail: {told['text']}", **result)
    module.exit_json(changed=told["changed"], **result)


if __name__ == "__main__":
    main()

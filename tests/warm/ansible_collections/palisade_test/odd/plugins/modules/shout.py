#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import relatively, support no check mode, and look at how Python runs it."""

from __future__ import annotations

import sys

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.greeting import greet


def main() -> None:
    """Shout."""
    module = AnsibleModule({"text": {"required": True}})
    known = {"name": __name__, "package": __package__, "main": sys.modules["__main__"].__dict__ is globals()}
    module.exit_json(changed=True, text=greet(module.params["text"]).upper(), **known)


if __name__ == "__main__":
    main()

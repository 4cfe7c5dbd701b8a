#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Count how often it ran, in a file."""

from __future__ import annotations

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Count on."""
    module = AnsibleModule({"path": {"type": "path", "required": True}, "fail_until": {"type": "int", "default": 0}})
    path = Path(module.params["path"])
    times = 1 + (int(path.read_text(encoding="utf-8")) if path.exists() else 0)
    path.write_text(str(times), encoding="utf-8")
    if times < module.params["fail_until"]:
        module.fail_json(msg=f"not yet: {times}", times=times)
    module.exit_json(changed=True, times=times)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sleep, and leave a note with its process id so that one can see whether it is still there."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Sleep."""
    arguments = {"seconds": {"type": "float", "required": True}, "note": {"type": "path"}}
    module = AnsibleModule(arguments, supports_check_mode=True)
    if module.params["note"]:
        Path(module.params["note"]).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(module.params["seconds"])
    module.exit_json(changed=False, slept=module.params["seconds"])


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change everything around it that a module can change, to show that the next module does not notice."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys

from ansible.module_utils import basic


def main() -> None:
    """Leave traces."""
    module = basic.AnsibleModule({}, supports_check_mode=True)
    os.chdir("/")
    os.umask(0o077)
    os.environ["PALISADE_TEST_TRACE"] = "left"
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.alarm(600)
    sys.setrecursionlimit(5000)
    sys.path.insert(0, "/nowhere")
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(logging.NullHandler())
    json.loads = None  # type: ignore[assignment]
    basic.AnsibleModule.exit_json.__defaults__ = None
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe the process that a module finds itself in."""

from __future__ import annotations

import locale
import logging
import os
import resource
import signal
import sys
import threading
from typing import Any

from ansible.module_utils.basic import AnsibleModule

SIGNALS = ("SIGINT", "SIGTERM", "SIGPIPE", "SIGHUP", "SIGCHLD", "SIGALRM", "SIGUSR1")
SETTINGS = ("_verbosity", "_diff", "_debug", "no_log", "_name", "_remote_tmp", "_keep_remote_files", "_target_log_info")


def _process() -> dict[str, Any]:
    mask = os.umask(0)
    os.umask(mask)
    return {
        "directory": os.getcwd(),
        "umask": oct(mask),
        "nice": os.nice(0),
        "signals": {name: str(signal.getsignal(getattr(signal, name))) for name in SIGNALS},
        "blocked": sorted(str(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "stdin": sys.stdin.read(),
        "terminals": [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "encodings": [stream.encoding for stream in (sys.stdin, sys.stdout, sys.stderr)],
        "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)],
        "alarm": signal.alarm(0),
        "jobs": os.getpgrp() == os.getsid(0),
    }


def _interpreter() -> dict[str, Any]:
    return {
        "arguments": len(sys.argv),
        "locale": locale.getlocale(),
        "encoding": [sys.getdefaultencoding(), sys.getfilesystemencoding(), locale.getpreferredencoding(False)],
        "threads": [thread.name for thread in threading.enumerate()],
        "recursion": sys.getrecursionlimit(),
        "hooks": [sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__],
        "log": [logging.getLogger().level, len(logging.getLogger().handlers)],
        "version": sys.version,
    }


def main() -> None:
    """Look around."""
    module = AnsibleModule(
        {"variables": {"type": "list", "elements": "str", "default": []}, "place": {"type": "str"}},
        supports_check_mode=True,
    )
    temporary = module.tmpdir
    module.exit_json(
        process=_process(),
        interpreter=_interpreter(),
        settings={name: repr(getattr(module, name)) for name in SETTINGS},
        temporary={"exists": os.path.isdir(temporary), "mode": oct(os.stat(temporary).st_mode)},
        variables={name: os.environ.get(name) for name in module.params["variables"]},
        ran=module.run_command(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"]),
        version=module.ansible_version,
    )


if __name__ == "__main__":
    main()

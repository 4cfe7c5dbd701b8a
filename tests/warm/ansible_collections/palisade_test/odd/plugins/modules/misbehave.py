#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""End in every way that modules should not end in."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

FINE = '{"changed": false, "answer": 42}'


def _crash() -> None:
    raise ValueError("chosen, with a \N{SNOWMAN}")


def _crash_in_chain() -> None:
    try:
        _crash()
    except ValueError as error:
        raise RuntimeError("the second") from error


def _recurse() -> None:
    _recurse()


def _interrupt() -> None:
    raise KeyboardInterrupt


def _abort() -> None:
    sys.exit("words instead of a number")


def _text_around() -> None:
    atexit.register(print, "after the result")
    print("before the result")
    print(FINE)


def _child_writes() -> None:
    subprocess.run(["/bin/echo", "a child was here"], check=True)
    print(FINE, flush=True)


def _thread_writes() -> None:
    threading.Thread(target=lambda: (time.sleep(0.3), print(FINE, flush=True))).start()


def _child_lives_on() -> None:
    subprocess.Popen(["/bin/sleep", "1"])
    print(FINE, flush=True)


def _nonzero_with_result() -> None:
    print(FINE)
    sys.exit(5)


def _noise(length: int) -> None:
    sys.stderr.write("e" * length + "\n")
    print(FINE)


WAYS: dict[str, Callable[[], object]] = {
    "crash": _crash,
    "crash in a chain": _crash_in_chain,
    "recurse": _recurse,
    "interrupt": _interrupt,
    "garbage": lambda: print("this is no JSON"),
    "text around": _text_around,
    "silence": lambda: None,
    "result without exit": lambda: print(FINE),
    "list": lambda: print("[1, 2]"),
    "null": lambda: print("null"),
    "two results": lambda: print(FINE + "\n" + FINE),
    "half a result": lambda: print(FINE[:-3]),
    "bad bytes": lambda: os.write(1, b'{"changed": false, "bytes": "\xff\xfe"}'),
    "direct": lambda: os.write(1, FINE.encode()),
    "code": lambda: sys.exit(3),
    "words": _abort,
    "code with result": _nonzero_with_result,
    "hard exit": lambda: os._exit(7),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "terminate": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "segmentation fault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "error output": lambda: _noise(20),
    "much error output": lambda: _noise(2_000_000),
    "warning of Python": lambda: (warnings.warn("of Python", UserWarning, stacklevel=1), print(FINE)),
    "child writes": _child_writes,
    "thread writes": _thread_writes,
    "child lives on": _child_lives_on,
    "closed output": lambda: os.close(1),
    "internal keys": lambda: print('{"changed": true, "_ansible_verbose_always": true, "ansible_facts": {"odd": 1}}'),
    "failed as text": lambda: print('{"failed": "no", "rc": 4, "msg": "odd"}'),
    "template": lambda: print(json.dumps({"text": "{{ 6 * 7 }}", "more": ["{{ lookup('pipe', 'id') }}"]})),
}


def main() -> None:
    """Misbehave."""
    module = AnsibleModule(
        {"how": {"choices": list(WAYS), "required": True}, "trace": {"type": "path"}}, supports_check_mode=True
    )
    if module.params["trace"]:
        trace = Path(module.params["trace"])
        atexit.register(trace.write_text, "exit handlers ran", encoding="utf-8")
    WAYS[module.params["how"]]()
    if module.params["how"] != "result without exit":
        sys.exit(0)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behave as the argument says: a module made to compare two ways of running modules."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.palisade_check.process.plugins.module_utils.reporting import surroundings

RESULT = '{"changed": false, "said": "all"}\n'


def crash() -> None:
    """Raise what nobody catches."""
    raise ValueError("on purpose")


def garbage() -> None:
    """Print around the result."""
    print("before")
    print(RESULT, end="")
    print("after")


def no_json() -> None:
    """Print words."""
    print("no result at all")
    sys.exit(3)


def words() -> None:
    """End with words."""
    sys.exit("these are words")


def silence() -> None:
    """End without a word."""


def no_end() -> None:
    """Say the result, but go on as if a module were a function."""
    print(RESULT, end="")


def fall_through() -> None:
    """Write to both pipes more than either holds, alternately."""
    for _ in range(40):
        sys.stdout.write("\n" + "o" * 20000 + "\n")
        sys.stdout.flush()
        sys.stderr.write("e" * 20000)
    print(RESULT, end="")


def killed() -> None:
    """Die of a signal, with some output."""
    print("so far", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def segmentation() -> None:
    """Die of another signal."""
    os.kill(os.getpid(), signal.SIGSEGV)


def interrupted() -> None:
    """Be interrupted."""
    raise KeyboardInterrupt


def grandchild() -> None:
    """Leave a process behind that holds the output for a second and then writes to it."""
    subprocess.Popen(["/bin/sh", "-c", "sleep 1; echo later"])
    print(RESULT, end="", flush=True)


def daemon() -> None:
    """Leave a process behind that holds the output for ever."""
    process = subprocess.Popen(["/bin/sleep", "600"])
    Path(os.environ["CHECK_PIDS"]).write_text(str(process.pid))
    print(RESULT, end="", flush=True)


def wait() -> None:
    """Say which process this is and wait longer than anybody."""
    Path(os.environ["CHECK_PIDS"]).write_text(str(os.getpid()))
    time.sleep(600)


def descriptors() -> None:
    """List the files this process has open which are neither /dev/null nor its three streams."""
    places = {number: os.readlink(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd") if _open(number)}
    print(json.dumps({"changed": False, "others": [place for number, place in places.items() if int(number) > 2]}))


def _open(number: str) -> bool:
    place = f"/proc/self/fd/{number}"
    return os.path.lexists(place) and os.readlink(place) != "/dev/null" and "/fd" not in os.readlink(place)


BEFORE = (
    (crash, garbage, no_json, words, silence, fall_through, killed, segmentation, interrupted)
    + (grandchild, daemon, wait, descriptors)
)


def main() -> None:
    """Do as told: at once, or with the module in hand."""
    module = AnsibleModule(
        argument_spec={
            "do": {"type": "str", "required": True},
            "secret": {"type": "str", "no_log": True},
            "count": {"type": "int", "default": 1},
        },
        supports_check_mode=True,
    )
    do = module.params["do"]
    if do == "no_end":
        no_end()
        return
    for function in BEFORE:
        if function.__name__ == do:
            function()
            sys.exit(0)
    if do == "fail":
        module.fail_json(msg="failed on purpose", detail={"secret": module.params["secret"]})
    if do == "warn":
        module.warn("a warning")
        module.deprecate("a deprecation", version="9.0.0", collection_name="palisade_check.process")
    if do == "crash_late":
        raise RuntimeError("late")
    found = {
        "surroundings": surroundings,
        "large": lambda: "x" * module.params["count"],
        "tmpdir": lambda: {"place": module.tmpdir, "mode": oct(os.stat(module.tmpdir).st_mode), "there": os.listdir(module.tmpdir)},
    }
    diff = {"before": "old\n", "after": "new\n"}
    module.exit_json(
        changed=do == "change",
        found=found[do]() if do in found else None,
        check_mode=module.check_mode,
        diff=diff if module._diff else None,
        secret=module.params["secret"],
        verbosity=module._verbosity,
        debug=module._debug,
        special=module._selinux_special_fs,
        name=module._name,
    )


if __name__ == "__main__":
    main()

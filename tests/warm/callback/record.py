# SPDX-License-Identifier: GPL-3.0-or-later
"""Write down every result that a playbook has, as callbacks get it, for the comparison of two runs."""

from __future__ import annotations

DOCUMENTATION = """
name: record
type: aggregate
short_description: Write every result to a file
description: One line of JSON per event, in the order of the events.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase


def _process() -> dict[str, Any]:
    """Describe the process that runs the playbook."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="utf-8").split()
    states = [_state(child) for child in children]
    return {
        "descriptors": len(os.listdir("/proc/self/fd")),
        "sockets": sum(_place(number).startswith("socket:") for number in os.listdir("/proc/self/fd")),
        "resident_kib": int(status["VmRSS"].split()[0]),
        "threads": int(status["Threads"]),
        "zombies": states.count("Z"),
    }


def _state(child: str) -> str:
    """Give the state of a child by its letter, or nothing for one that ended since the children were listed."""
    try:
        status = Path(f"/proc/{child}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):  # callbacks of items run in a thread beside the one that reaps
        return ""
    return status.rsplit(")", 1)[1].split()[0]


def _place(number: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except FileNotFoundError:  # the one that listed the directory
        return ""


def _knows(secret: str) -> bool:
    """Say whether the two halves of a text, which are given apart, are anywhere in this process side by side."""
    one, other = (half.encode() for half in secret.split(","))
    with open("/proc/self/maps", encoding="utf-8") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
        for line in maps:
            place, access = line.split()[:2]
            start, end = (int(number, 16) for number in place.split("-"))
            if access.startswith("rw") and not line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                memory.seek(start)
                content = memory.read(end - start)
                places = (match.end() for match in re.finditer(re.escape(one), content))
                if any(content[place : place + len(other)] == other for place in places):
                    return True
    return False


class CallbackModule(CallbackBase):
    """Write to the files that the environment names."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._results = Path(os.environ["PALISADE_TEST_RESULTS"])
        self._processes = os.environ.get("PALISADE_TEST_PROCESSES")
        self._secret = os.environ.get("PALISADE_TEST_SECRET")
        if "PALISADE_TEST_READ_SECRET" in os.environ:  # the control: what must not be
            self._read = Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).read_text(encoding="utf-8")

    def _write(self, event: str, result: Any, **more: Any) -> None:
        line = {"event": event, "host": result.host.get_name(), "task": result.task.get_name(), **more}
        with self._results.open("a", encoding="utf-8") as file:
            # What JSON does not have is written with its type, so that a text is never taken for it.
            file.write(json.dumps(line | {"result": result.result}, default=repr) + "\n")
        if self._processes:
            with Path(self._processes).open("a", encoding="utf-8") as file:
                knows = {"knows_secret": _knows(self._secret)} if self._secret else {}
                file.write(json.dumps(_process() | knows) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result, ignored=ignore_errors)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._write("item ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write("item failed", result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        self._write("item skipped", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._write("retry", result)

    def v2_runner_on_async_ok(self, result: Any) -> None:
        self._write("async ok", result)

    def v2_runner_on_async_failed(self, result: Any) -> None:
        self._write("async failed", result)

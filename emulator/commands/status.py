# SPDX-License-Identifier: GPL-3.0-or-later
"""Say how the embedded AWS is."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import Any

from emulator import identity
from emulator.commands import client
from emulator.settings import Settings


def status(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the state of every part; the exit code is 0 only if all are well."""
    report = _report(settings)
    if arguments.json:
        print(json.dumps(report))
    else:
        for line in _lines(report):
            print(line)
    return 0 if report["status"] == "ok" else 1


def _report(settings: Settings) -> dict[str, Any]:
    if client.health(settings) is None:
        record = identity.read(settings.supervisor_record)
        if record is None:
            return {"status": "down", "parts": {}}
        condition = "does not answer" if record.alive() else "was killed; `up` starts afresh"
        return {"status": "failed", "parts": {"supervisor": condition}}
    answer = client.ask(settings, "/_palisade/state")
    return answer[1] if answer is not None else {"status": "failed", "parts": {"supervisor": "does not answer"}}


def _lines(report: dict[str, Any]) -> list[str]:
    lines = [f"The embedded AWS is {report['status']}" + (f" (pid {report['pid']})" if "pid" in report else "")]
    lines += [f"{part}: {condition}" for part, condition in report["parts"].items()]
    services = Counter((task["service"], task["phase"]) for task in report.get("tasks", []))
    lines += [f"tasks of {service}: {count} {phase}" for (service, phase), count in sorted(services.items(), key=str)]
    return lines + [f"not emulated: {problem}" for problem in report.get("not_emulated", [])]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the embedded AWS in the background."""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from emulator import certificates, identity
from emulator.commands import client
from emulator.commands.alone import alone
from emulator.commands.down import end_everything
from emulator.commands.error import CommandError
from emulator.control_plane import moto_environment
from emulator.localstack import environment as localstack
from emulator.settings import CHECKOUT, Settings

START_SECONDS = 60
REPAIR_SECONDS = 10


def up(settings: Settings, _arguments: argparse.Namespace) -> int:
    """Find a healthy emulator, or start one and wait until it is."""
    with alone(settings):
        report = _running(settings)
        if report is None:
            _clear_away(settings)
            certificates.ensure(settings.tls, settings.certificate_authority)
            started = time.monotonic()
            pid = _start(settings)
            print(f"The embedded AWS is up (pid {pid}, {time.monotonic() - started:.1f} s)")
        else:
            print(f"The embedded AWS runs already (pid {report['pid']})")
    _print_facts(settings)
    return 0


def _running(settings: Settings) -> dict[str, Any] | None:
    """Return the report of an emulator that runs here, once it is healthy; nothing if none answers."""
    record = identity.read(settings.supervisor_record)
    if record is None or not record.alive():
        return None
    _check_settings(settings)
    end = time.monotonic() + REPAIR_SECONDS
    report = client.health(settings)
    while report is not None and report["status"] != "ok":
        if time.monotonic() > end:
            problems = "; ".join(f"{part}: {text}" for part, text in report["parts"].items() if text != "ok")
            raise CommandError(f"it runs (pid {report['pid']}), but not well: {problems}; see {settings.log}")
        time.sleep(0.1)
        report = client.health(settings)
    return report


def _check_settings(settings: Settings) -> None:
    """Refuse to replace an emulator that runs with other settings: its AWS resources would be lost."""
    if not settings.state.exists():
        return
    state = json.loads(settings.state.read_text())
    different = [name for name, value in settings.as_environment().items() if state.get(name) != value]
    if different:
        names = ", ".join(f"{name}={state.get(name)}" for name in different)
        raise CommandError(f"one runs in {settings.run_dir} with {names}: stop it, or set PALISADE_RUN_DIR")


def _clear_away(settings: Settings) -> None:
    """End what is left of an emulator that crashed or does not answer."""
    settings.log.parent.mkdir(parents=True, exist_ok=True)
    record = identity.read(settings.supervisor_record)
    if record is not None:
        print("An earlier embedded AWS did not end in order: starting afresh")
        print("Its AWS resources are lost: site.yml makes them again")
    end_everything(settings, record)


def _start(settings: Settings) -> int:
    """Start the supervisor and return its pid once it says that it is ready."""
    reader, writer = os.pipe()
    with (settings.log.parent / "emulator.out").open("wb") as output, os.fdopen(reader, "rb") as answers:
        try:
            process = subprocess.Popen(
                [_python(settings), "-m", "emulator.supervisor_process", str(writer)],
                cwd=CHECKOUT,
                env=_environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(writer,),
                start_new_session=True,
            )
        finally:
            os.close(writer)
        if not select.select([answers], [], [], START_SECONDS)[0]:
            process.kill()
            raise CommandError(f"it did not become ready within {START_SECONDS} s; see {settings.log}")
        answer = json.loads(answers.readline() or b"{}")
    if "ready" not in answer:
        process.wait()
        raise CommandError(answer.get("error") or _last_words(Path(output.name)))
    return process.pid


def _python(settings: Settings) -> str:
    """Return the Python that runs the supervisor: LocalStack's moto would replace ours, so it has its own."""
    if settings.control_plane == "moto":
        return sys.executable
    if not localstack.is_installed():
        raise CommandError("LocalStack is not installed: `make localstack` does it")
    return str(localstack.PYTHON)


def _last_words(output: Path) -> str:
    """Return what a supervisor said that could not even report its error."""
    said = output.read_text(errors="replace").strip().splitlines() or ["nothing was said"]
    return f"it ended while it started: {said[-1]}; see {output}"


def _environment(settings: Settings) -> dict[str, str]:
    """Return the supervisor's environment: the user's, without credentials that nothing here should see."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    of_the_plane = localstack.environment(settings) if settings.control_plane == "localstack" else {}
    return {
        **own,
        **moto_environment.environment(settings),
        **of_the_plane,
        **settings.as_environment(),
        "PYTHONPATH": str(CHECKOUT),
    }


def _print_facts(settings: Settings) -> None:
    print(f"AWS API:   {settings.endpoint_url}")
    print(f"Site:      https://localhost:{settings.site_port}/ once a load balancer has an HTTPS listener")
    print(f"Authority: {settings.certificate_authority}")
    print(f"Log:       {settings.log}")
    if not settings.draining:
        print("Draining:  off, so that a test can show what it is for")

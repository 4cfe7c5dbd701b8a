# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that holds the embedded AWS together."""

from __future__ import annotations

import functools
import importlib
import json
import logging
import os
import threading
import time
from typing import Any

from emulator import identity
from emulator.authorizer.asked import Asked
from emulator.authorizer.authorizer import Account, Authorizer, Source
from emulator.authorizer.call import HttpRequest
from emulator.authorizer.iam_state import IamState
from emulator.authorizer.inventory import MotoInventory
from emulator.authorizer.reading import read_call
from emulator.authorizer.resource_policies import MotoResourcePolicies
from emulator.authorizer.vpc_state import VpcState
from emulator.control_plane import endpoints, role_chaining
from emulator.control_plane.credentials import Credentials, CredentialsEndpoint, Entitlement
from emulator.control_plane.deployers import lookup as deployer
from emulator.control_plane.edge import Caller, Edge
from emulator.control_plane.gate import Gate
from emulator.control_plane.metadata import MetadataEndpoint
from emulator.control_plane.positions import PositionsEndpoint
from emulator.control_plane.questions import QuestionsEndpoint
from emulator.data_plane import DataPlane
from emulator.settings import Settings

LOG = logging.getLogger(__name__)
RESET_SECONDS = 15.0
PLANES = {
    "moto": ("emulator.control_plane.plane", "ControlPlane"),
    "localstack": ("emulator.localstack.plane", "LocalStackPlane"),
}


class Supervisor:
    """Start the parts in order, drive the data plane, and stop the parts in the reverse order."""

    def __init__(self, settings: Settings) -> None:
        """Bind the API port; raises OSError if it is taken."""
        self._settings = settings
        self._stopping = threading.Event()
        self._started = time.time()
        self._gate = Gate()
        self._inventory = MotoInventory()
        iam = IamState(self._gate)
        account = Account(iam, MotoResourcePolicies(iam.trust), self._inventory)
        asked = Asked()
        self._authorizer = Authorizer(VpcState(self._gate).network, account, asked)
        self._data = DataPlane(settings, self._gate, self._authorizer)
        self._credentials = credentials = Credentials(settings.credentials_seconds)
        role_chaining.install(credentials)
        self._plane = _plane(settings)(
            settings.api_port,
            self._gate,
            edge=functools.partial(
                Edge,
                callers=self._caller,
                authorize=self._authorize,
                endpoints={
                    "asked": endpoints.report(asked.take),
                    "credentials": CredentialsEndpoint(credentials, self._entitlement),
                    "disruptions": self._data.scheduler.disruptions,
                    "health": endpoints.health(self._health),
                    "journal": endpoints.report(self._authorizer.journal.entries),
                    "metadata": MetadataEndpoint(self._data.scheduler.find),
                    "positions": PositionsEndpoint(credentials, self._gate),
                    "questions": QuestionsEndpoint(self._authorizer),
                    "state": endpoints.report(self._state),
                },
            ),
            on_reset=self._wait_for_orphans,
        )

    def start(self) -> None:
        """Start every part; return when all of them work."""
        identity.note(self._settings.supervisor_record, os.getpid())
        self._data.start()
        self._plane.server.start()
        self._settings.state.write_text(json.dumps(self._facts(), indent=1) + "\n")

    def request_stop(self, *_signal: object) -> None:
        """Ask `run` to end."""
        self._stopping.set()
        self._gate.wake.set()

    def run(self) -> None:
        """Drive the data plane until asked to stop."""
        while not self._stopping.is_set():
            self._data.tick()

    def stop(self) -> None:
        """Stop every part and forget the state."""
        LOG.info("stopping")
        try:
            self._data.stop()
        finally:
            self._plane.server.stop()
            self._settings.state.unlink(missing_ok=True)
            self._settings.supervisor_record.unlink(missing_ok=True)

    def _caller(self, access_key_id: str) -> Caller | None:
        """Return whose calls are judged: tasks and probes, and when switched on whoever else is known to IAM."""
        found = self._credentials.lookup(access_key_id)
        return found or (deployer(access_key_id) if self._settings.deployer_judged else None)

    def _entitlement(self, task_id: str) -> Entitlement | None:
        """Return which role a task has, if it has one."""
        task = self._data.scheduler.find(task_id)
        role = getattr(task.definition, "task_role_arn", None) if task else None
        return Entitlement(role, task.token, task.position) if task and task.position and role else None

    def _authorize(self, source: Source, request: HttpRequest) -> None:
        """Let a request from inside the VPC pass; raises UnreachableError or DeniedError."""
        self._authorizer.check(source, read_call(request, self._inventory))

    def _wait_for_orphans(self) -> None:
        """Return when the tasks that live now have ended, or after a while."""
        end = time.monotonic() + RESET_SECONDS
        orphans = [task.id for task in self._data.scheduler.living()]
        while any(self._data.scheduler.find(task_id) for task_id in orphans) and time.monotonic() < end:
            time.sleep(0.02)

    def _facts(self) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "started": self._started,
            "endpoint_url": self._settings.endpoint_url,
            "ports": {
                "api": self._settings.api_port,
                "site": self._settings.site_port,
                "http": self._settings.http_port,
            },
            **self._settings.as_environment(),
        }

    def _health(self) -> dict[str, Any]:
        parts = {"api": "ok" if self._plane.server.alive() else "not running", **self._data.conditions()}
        status = "ok" if set(parts.values()) == {"ok"} else "degraded"
        return {"status": status, "pid": os.getpid(), "run_dir": str(self._settings.run_dir), "parts": parts}

    def _state(self) -> dict[str, Any]:
        return {**self._health(), **self._data.state()}


def _plane(settings: Settings) -> Any:
    """Return the class of what serves the AWS API: each can be imported in its own environment only."""
    module, name = PLANES[settings.control_plane]
    return getattr(importlib.import_module(module), name)

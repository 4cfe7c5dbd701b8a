# SPDX-License-Identifier: GPL-3.0-or-later
"""A site on an embedded AWS of its own, driven by the commands that a user types."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from tests.ports import free_ports

CHECKOUT = Path(__file__).resolve().parents[2]
CALLBACKS = CHECKOUT / "tests" / "e2e" / "callbacks"
STACK = "shop-local"


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Return the first true answer of a condition; fail after a while, saying what was awaited."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


@cache
def _client(service: str, api: str) -> Any:
    make: Any = boto3.client  # Its types know each service by its name only.
    return make(
        service,
        endpoint_url=api,
        region_name="eu-central-1",
        aws_access_key_id="tests",
        aws_secret_access_key="tests-need-none",
    )


@dataclass
class Site:
    """One run directory with its ports; nothing of it meets a site that a developer has up."""

    run_dir: Path
    ports: list[int] = field(default_factory=lambda: free_ports(3))
    # Variables of whoever types the commands.
    settings: dict[str, str] = field(default_factory=dict)
    # What the account had before anything was deployed, if somebody took stock then.
    before: dict[str, set[str]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the commands run."""
        api, site, http = self.ports
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_ACCESS", "AWS_PROFILE"))}
        return {
            **kept,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PALISADE_RUN_DIR": str(self.run_dir),
            "PALISADE_API_PORT": str(api),
            "PALISADE_SITE_PORT": str(site),
            "PALISADE_HTTP_PORT": str(http),
            # Tests count tasks, and load them.
            "PALISADE_AUTOSCALING": "off",
            "AWS_ENDPOINT_URL": self.api,
            "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
            "ANSIBLE_FORCE_COLOR": "false",
            **self.settings,
        }

    @property
    def api(self) -> str:
        """The address of the AWS API."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def url(self) -> str:
        """The address of the site, with a slash at the end."""
        return f"https://localhost:{self.ports[1]}/"

    @property
    def authority(self) -> Path:
        """The certificate that clients trust."""
        return self.run_dir / "ca.pem"

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the checkout and return what it said."""
        environment = self.environment | variables
        return subprocess.run(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def emulator(self, command: str, **variables: str) -> str:
        """Run `python -m emulator`; fail with all it said if it fails."""
        return self._checked(self.run(sys.executable, "-m", "emulator", command, **variables))

    @contextmanager
    def running(self) -> Iterator[Site]:
        """Have an embedded AWS for the length of a block; all its processes end with it."""
        try:
            self.emulator("up")
            yield self
        finally:
            self.emulator("down")

    def playbook(self, *arguments: str, playbook: str = "site.yml") -> str:
        """Run a playbook; fail with the end of what it said if it fails."""
        return self._checked(self.run("ansible-playbook", "-i", "inventories/local", playbook, *arguments))

    def playbook_ended_before(self, task: str, *arguments: str, playbook: str) -> None:
        """Run a playbook until it comes to a task, and have it end there as if its machine had.

        A number after a colon says which one of several tasks of that name.
        """
        variables = {"ANSIBLE_CALLBACK_PLUGINS": str(CALLBACKS), "PALISADE_END_AT": task}
        done = self.run("ansible-playbook", "-i", "inventories/local", playbook, *arguments, **variables)
        assert done.returncode == -signal.SIGKILL, f"{task}\n{done.stdout[-5000:]}"

    def _checked(self, done: subprocess.CompletedProcess[str]) -> str:
        assert done.returncode == 0, f"{done.args}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def client(self, service: str) -> Any:
        """Return a boto3 client of the embedded AWS."""
        return _client(service, self.api)

    def state(self) -> Any:
        """Return what the emulator knows of its tasks and its load balancer."""
        return self.ask("state")

    def ask(self, path: str, content: object = None) -> Any:
        """Return what the emulator answers at one of its own paths; with content to a POST."""
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self.api}/_palisade/{path}", data=body)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
            return json.load(answer)

    def tasks(self) -> list[Any]:
        """Return the tasks that serve requests."""
        return [task for task in self.state()["tasks"] if task["phase"] == "RUNNING" and task["health"] == "healthy"]

    def request(self, path: str, method: str = "GET", body: Mapping[str, Any] | None = None) -> tuple[int, bytes]:
        """Send a request to the site over verified TLS; return its status and body."""
        request = urllib.request.Request(self.url + path.lstrip("/"), method=method)  # noqa: S310 - https
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        trust = ssl.create_default_context(cafile=self.authority)
        with urllib.request.urlopen(request, context=trust, timeout=10) as answer:  # noqa: S310 - https
            return answer.status, answer.read()

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded AWS's Application Load Balancer: Envoy, told by ELBv2's state what to serve."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from emulator.processes import is_listening, listener_of, listening_processes
from emulator.settings import LOOPBACK

from .admin import Admin
from .configuration import Configuration, Layout, translate
from .delivery import Delivery
from .health import Place, health, observed_states, published_states
from .model import Health, LoadBalancerError, Snapshot
from .process import Envoy

_logger = logging.getLogger(__name__)
_PORT_VARIABLES = {443: "PALISADE_SITE_PORT", 80: "PALISADE_HTTP_PORT"}


class LoadBalancer:
    """Serve the listeners of moto's ELBv2 state on loopback.

    `listener_ports` maps the ALB's ports to local ones. Nothing here may be called by two threads at a time except
    `alive`, `health` and `requests`. Known differences from an ALB: a target that fails answers 503 where an ALB says
    502; a new target that fails its first check is unhealthy at once; cipher suites are Envoy's.
    """

    def __init__(self, run_dir: Path, listener_ports: Mapping[int, int]) -> None:
        run_dir = run_dir.absolute()
        self._ports = dict(listener_ports)
        self._layout = Layout(run_dir / "xds", run_dir / "logs" / "access.log")
        self._log = run_dir / "logs" / "envoy.log"
        self._admin = Admin(self._layout.xds)
        self._envoy = Envoy(self._layout, self._admin, self._log)
        self._started = False
        self._reset()

    def _reset(self) -> None:
        self._delivery = Delivery(self._layout, self._admin, self._log)
        self._served_ports: frozenset[int] = frozenset()
        self._problems: tuple[str, ...] = ()
        self._published: dict[Place, Health] = {}

    @property
    def pid(self) -> int | None:
        """Give the id of the Envoy process, None if there is none."""
        return self._envoy.pid

    @property
    def problems(self) -> tuple[str, ...]:
        """Say what of the last published state is not emulated."""
        return self._problems

    def start(self) -> None:
        """Start Envoy and wait until it answers; nothing is served before the first `publish`.

        Envoy ends with the thread that calls this: call it from one that lives as long as the process. After a crash
        (`alive` is false) it may be called again.
        """
        if self.alive():
            return
        self._check_ports(self._ports.values())
        self._started = True
        self._remove_files()
        self._reset()
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._delivery.prepare()
        self._envoy.start()

    def alive(self) -> bool:
        """Say whether the Envoy process runs."""
        return self._envoy.pid is not None

    def publish(self, snapshot: Snapshot) -> None:
        """Serve the snapshot from now on; return when Envoy has it in effect.

        Costs a comparison when nothing changed. What is not emulated is logged once and left out. Raises
        LoadBalancerError, again at each call until it is mended: when a new listener's port is taken (then nothing
        changes) and when Envoy refuses a part (then the rest is in effect).
        """
        if not self.alive():
            raise LoadBalancerError(f"Envoy does not run; see {self._log}")
        configuration = translate(snapshot, self._ports, self._layout)
        self._report(configuration)
        self._check_ports(configuration.ports - self._served_ports)
        self._served_ports = configuration.ports
        self._published = published_states(snapshot, configuration)
        self._delivery.deliver(configuration)

    def health(self) -> Mapping[tuple[str, int], Health]:
        """Give the state of each (address, port) of the target groups that a listener names; others are unused."""
        return health(self._published, observed_states(self._admin.clusters()))

    def requests(self) -> Mapping[str, int]:
        """Count the requests that each listener has taken, by the ALB's port ("443"), since Envoy started."""
        counters = self._admin.stats(r"^http\.l\d+\.downstream_rq_total$")
        return {name.split(".")[1].removeprefix("l"): int(value) for name, value in counters.items()}

    def stop(self, grace: float) -> None:
        """Let the requests in flight finish, at most for `grace` seconds, and end Envoy; leave only its logs."""
        if not self._started:
            return  # the files may be those of another process that serves
        try:
            self._envoy.stop(grace)
        finally:
            self._remove_files()
            self._started = False

    def _remove_files(self) -> None:
        """Remove what Envoy was told, private keys included."""
        if self._layout.xds.exists():
            shutil.rmtree(self._layout.xds)

    def _report(self, configuration: Configuration) -> None:
        """Log what is not emulated, once."""
        for problem in configuration.problems:
            if problem not in self._problems:
                _logger.error("%s", problem)
        self._problems = configuration.problems

    def _check_ports(self, ports: Iterable[int]) -> None:
        """Refuse a port that somebody else serves: Envoy's own message would not say who."""
        for port in sorted(ports):
            if is_listening(LOOPBACK, port) and self._envoy.pid not in listening_processes(port):
                raise LoadBalancerError(self._taken(port))

    def _taken(self, port: int) -> str:
        message = f"port {port} of {LOOPBACK} is taken by {listener_of(port) or 'another process'}"
        variable = next((_PORT_VARIABLES.get(key) for key, local in self._ports.items() if local == port), None)
        return f"{message}; set {variable} to another port" if variable else message

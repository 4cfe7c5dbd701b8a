# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured, and the three ways to do it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.warm.measuring import BenchmarkError, Cost, measure
from tests.warm.recording import HERE, Laboratory, Mode

Way = Literal["stock", "warm", "boto3"]
State = Literal["cold", "no-op"]
WAYS: tuple[Way, ...] = ("stock", "warm", "boto3")
STATES: tuple[State, ...] = ("cold", "no-op")
DIRECTORY = Path(__file__).parent


@dataclass(frozen=True)
class Workload:
    """A playbook, by the name that the figures have."""

    name: str
    playbook: Path


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("stack", HERE / "corpus" / "aws.yml"),
        Workload("foreign", DIRECTORY / "foreign.yml"),
    )
}


@dataclass
class Bench:
    """A workload on one stack."""

    workload: Workload
    laboratory: Laboratory

    def prepare(self) -> None:
        """Note the calls that the playbook makes, and fill every cache that lasts from one run to the next."""
        self.laboratory.clear()
        for state in STATES:
            noting = {
                "PYTHONPATH": str(DIRECTORY / "calls"),
                "PALISADE_BENCHMARK_CALLS": str(self.calls(state)),
            }
            measure(self._playbook(), self._environment("warm") | noting, self._log)
        self._keep_calls()
        for mode in ("stock", "warm"):
            measure(self._playbook(), self._environment(mode), self._log)

    def calls(self, state: State) -> Path:
        """Return the file with the calls of a run."""
        return self.laboratory.directory.parent / f"calls {self.workload.name} {state}"

    def _keep_calls(self) -> None:
        if not all(self.calls(state).stat().st_size for state in STATES):
            raise BenchmarkError(f"{self.workload.name} made no calls")

    @property
    def _log(self) -> Path:
        return self.laboratory.directory / "log"

    def call_count(self, state: State) -> int:
        """Return how many calls a run makes."""
        return len(self.calls(state).read_text(encoding="utf-8").splitlines())

    def round(self, way: Way) -> Iterator[tuple[State, Cost]]:
        """Run a workload cold and again, on an embedded AWS that was empty before."""
        self.laboratory.clear()
        for state in STATES:
            if way == "boto3":
                python = str(self.laboratory.stack.directory / "bin" / "python")
                command = [python, str(DIRECTORY / "replay.py"), str(self.calls(state))]
                yield state, measure(command, self._environment("stock"), self._log)
            else:
                yield state, measure(self._playbook(), self._environment(way), self._log)

    def _playbook(self) -> list[str]:
        scratch = json.dumps({"scratch": str(self.laboratory.scratch)})
        return ["ansible-playbook", "-i", str(HERE / "inventory.yml"), "-e", scratch, str(self.workload.playbook)]

    def _environment(self, mode: Mode) -> dict[str, str]:
        """Return the environment of a run as a user has it: nothing that tests observe with, and bytecode is kept."""
        watching = ("PALISADE_TEST_", "PALISADE_WARM_COLLECTIONS", "ANSIBLE_CALLBACK", "PYTHON")
        environment = self.laboratory.environment(mode)
        kept = {name: value for name, value in environment.items() if not name.startswith(watching)}
        return kept | {"PYTHONPYCACHEPREFIX": str(self.laboratory.directory.parent / "bytecode")}

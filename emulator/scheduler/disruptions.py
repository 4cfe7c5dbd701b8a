# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS takes away: a zone, until it comes back, and what runs on Spot.

The processes of a zone that is lost are frozen, so that nobody who speaks to them gets an answer or a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from emulator.control_plane.gate import Gate
from emulator.control_plane.wsgi import Answer, Environment, json_answer
from emulator.scheduler import record
from emulator.scheduler.plan import Wish
from emulator.scheduler.task import RunningTask

SPOT = "FARGATE_SPOT"
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
LONGEST_STOP_SECONDS = 120.0


@dataclass
class Disruptions:
    """Changed and read under the lock."""

    gate: Gate
    lost_zones: frozenset[str] = frozenset()
    spot_is_interrupted: bool = False

    def interrupt(self, tasks: Iterable[RunningTask]) -> Iterator[RunningTask]:
        """Stop all tasks on Spot, once, and yield them. They get SIGTERM at once, while their targets drain."""
        interrupted, self.spot_is_interrupted = self.spot_is_interrupted, False
        for task in tasks:
            if interrupted and task.wanted and task.record.capacity_provider_name == SPOT:
                record.stop_reason(task, "SpotInterruption", "Your Spot Task was interrupted.")
                stop = min(task.life.stop_seconds, LONGEST_STOP_SECONDS)
                task.life = replace(task.life, stop_wanted=True, drain_seconds=0, stop_seconds=stop)
                yield task

    def spare(self, wish: Wish) -> Wish:
        """Return a wish without the zones that are lost: ECS starts nothing there."""
        return replace(wish, subnets={name: zone for name, zone in wish.subnets.items() if zone not in self.lost_zones})

    def __call__(self, environment: Environment, path: str) -> Answer:
        """Serve `POST /_palisade/disruptions/zones/<zones, by commas>`, which are lost then, and `.../spot`."""
        kind, _, names = path.partition("/")
        if environment["REQUEST_METHOD"] != "POST" or kind not in ("zones", "spot"):
            return json_answer({"message": "POST to zones/<zones> or spot"}, 405)
        with self.gate.lock:
            if kind == "zones":
                self.lost_zones = frozenset(name for name in names.split(",") if name)
            else:
                self.spot_is_interrupted = True
            self.gate.wake.set()
            return json_answer({"lost_zones": sorted(self.lost_zones)})

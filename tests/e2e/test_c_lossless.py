# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned loses no request. What is not loses none once health checks have noticed. No data is ever wrong."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployer.changes import other_image
from tests.certificates import Wish, issue
from tests.e2e.handshake import serial
from tests.e2e.load import WRITERS, Load
from tests.e2e.load_clients import Request
from tests.e2e.site import STACK, Site, wait_until

FEWEST, MANY = 5_000, 100_000
CLIENTS = 40
# What two cores carry besides a playbook; in the full form, where nobody waits, it is also what bounds the load.
RATE = 350.0
SECONDS = 180
PLANNED = ("scale-in", "rotation", "deployment", "rollback")
DISTURBED = ("task kill", "zone loss")


def settled(site: Site, count: int) -> None:
    """Wait until a service is as large as it shall be, and nothing of before is left."""

    def check() -> bool:
        tasks = site.state()["tasks"]
        return len(site.tasks()) == count == len(tasks)

    wait_until(check, SECONDS, f"{count} tasks serve, and no other is left")


def scale(site: Site, count: int) -> None:
    """Have the service be of another size, as autoscaling does."""
    site.client("ecs").update_service(cluster=STACK, service=STACK, desiredCount=count)
    settled(site, count)


def kill(site: Site) -> None:
    """End a task as if its program had crashed, and wait for another."""
    victim = site.tasks()[0]
    os.kill(victim["pid"], signal.SIGKILL)
    wait_until(lambda: victim["id"] not in {task["id"] for task in site.tasks()}, SECONDS, "the task is gone")
    settled(site, 2)


def lose_zone(site: Site) -> None:
    """Take a zone away until its task is replaced elsewhere, and give it back."""
    lost = site.tasks()[0]["zone"]
    site.ask(f"disruptions/zones/{lost}", {})

    def replaced() -> bool:
        zones = [task["zone"] for task in site.tasks()]
        return len(zones) == 2 and lost not in zones

    wait_until(replaced, SECONDS, "two tasks serve from the zones that are left")
    site.ask("disruptions/zones/", {})
    settled(site, 2)


def rotate(site: Site, directory: Path) -> None:
    """Have the role import another certificate, and wait until clients meet it."""
    pair = issue(Wish(), site.run_dir / "tls")
    site.playbook("--tags", "security", "-e", json.dumps(pair.write(directory)))
    wait_until(lambda: serial("127.0.0.1", site.ports[1]) == pair.serial, 60, "a client meets the new certificate")


def check_window(site: Site) -> float:
    """Return for how long the load balancer may send requests to a target that does not answer any more."""
    (group,) = site.client("elbv2").describe_target_groups(Names=[STACK])["TargetGroups"]
    return float(
        group["HealthCheckIntervalSeconds"] * group["UnhealthyThresholdCount"] + group["HealthCheckTimeoutSeconds"]
    )


@contextmanager
def load_on(site: Site, at_least: int, show: Callable[[list[str]], None], rate: float = 0) -> Iterator[Load]:
    """Send requests while a block runs, and go on until there were enough; then judge all of it."""
    load, before = Load(site.url, site.authority, 4 * SECONDS, WRITERS, CLIENTS - WRITERS, rate), at_the_proxy(site)
    try:
        with load:
            wait_until(lambda: load.sent >= FEWEST / 5, SECONDS, "requests before")
            yield load
            wait_until(lambda: load.sent >= at_least, 4 * SECONDS, f"{at_least} requests")
    finally:
        show(load.table())
    # Else another one would have listened there, too, and answered a part of it.
    assert load.sent == at_the_proxy(site) - before
    lost = [one.product for one in load.written.values() if one.expected != known(site, one)]
    assert (load.wrong, lost) == (0, [])
    assert len(load.written) > at_least / 500


def at_the_proxy(site: Site) -> int:
    """Return how many requests the load balancer has got."""
    return int(sum(site.state()["requests"].values()))


def known(site: Site, added: Request) -> object:
    """Return what the site says of a product that a load has added."""
    content = json.loads(site.request(f"api/products/{added.product}")[1])
    return {name: content[name] for name in added.expected or ()}


def judge(site: Site, load: Load, planned: tuple[str, ...], disturbed: tuple[str, ...]) -> None:
    """Check that nothing failed but what may."""
    assert {name: load.figures(name).failed for name in planned} == dict.fromkeys(planned, 0), load.answers
    windows = {name: load.figures(name).window for name in disturbed}
    assert all(seconds <= check_window(site) for seconds in windows.values()), windows
    assert load.failed == sum(load.figures(name).failed for name in disturbed), load.answers


def test_scaling_in_loses_no_request_and_a_crash_none_but_those_under_way(
    site: Site, show: Callable[[list[str]], None]
) -> None:
    scale(site, 4)
    with load_on(site, FEWEST, show) as load:
        with load.event("scale-in"):
            scale(site, 2)
        with load.event("task kill"):
            kill(site)
    judge(site, load, ("scale-in",), ("task kill",))


@pytest.mark.nightly
def test_whatever_happens_to_a_site_in_its_life(site: Site, tmp_path: Path, show: Callable[[list[str]], None]) -> None:
    other = json.dumps(dict(other_image(tmp_path)))
    scale(site, 4)
    with load_on(site, MANY, show, RATE) as load:
        with load.event("scale-in"):
            scale(site, 2)
        with load.event("rotation"):
            rotate(site, tmp_path)
        with load.event("task kill"):
            kill(site)
        with load.event("zone loss"):
            lose_zone(site)
        with load.event("deployment"):
            said = site.playbook("-e", other, playbook="playbooks/deploy.yml")
        assert "verdict      succeeded" in said
        with load.event("rollback"):
            said = site.playbook(playbook="playbooks/rollback.yml")
        assert "verdict      succeeded" in said
    judge(site, load, PLANNED, DISTURBED)
    assert load.sent >= MANY

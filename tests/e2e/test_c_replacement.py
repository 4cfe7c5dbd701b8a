# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing every task under load loses no request; without draining the same test loses some."""

from __future__ import annotations

import json
import os
import signal

from emulator.identity import start_mark
from tests.e2e.handshake import serial
from tests.e2e.load import Load
from tests.e2e.site import STACK, Site, wait_until

FEWEST_REQUESTS = 5_000
MOST_SECONDS = 240


def _replace_all_tasks_under_load(site: Site, release: str) -> Load:
    """Deploy a new revision by site.yml while clients send requests, and go on until there were enough of them."""
    old, certificates = {task["id"] for task in site.tasks()}, _serials(site)
    environment = {"STOREFRONT_TABLE_NAME": STACK, "AWS_REGION": "eu-central-1", "STOREFRONT_VERSION": release}
    with Load(site.url, site.authority, MOST_SECONDS) as load:
        site.playbook("--tags", "ecs_service", "-e", json.dumps({"ecs_service_container_environment": environment}))
        wait_until(lambda: load.sent >= FEWEST_REQUESTS, MOST_SECONDS, f"{FEWEST_REQUESTS} requests")
    new = {task["id"] for task in site.tasks()}
    assert len(new) == len(old)
    assert not new & old
    # Each has made a key and a certificate at its start, and the load balancer went over without anybody's help.
    assert not _serials(site) & certificates
    return load


def _serials(site: Site) -> set[int]:
    return {serial(task["address"], task["port"]) for task in site.tasks()}


def _requests_at_the_proxy(site: Site) -> int:
    return int(sum(site.state()["requests"].values()))


def test_no_request_is_lost_and_the_proxy_counted_the_same(site: Site) -> None:
    before = _requests_at_the_proxy(site)
    load = _replace_all_tasks_under_load(site, "second")
    assert load.failed == 0, load.answers
    assert load.sent >= FEWEST_REQUESTS
    assert load.sent == _requests_at_the_proxy(site) - before


def test_after_a_crash_up_repairs_and_without_draining_requests_are_lost(site: Site) -> None:
    """The control: it shows that the test above can fail. On the way: everything comes back after kill -9."""
    supervisor = json.loads((site.run_dir / "emulator.json").read_text())["pid"]
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: start_mark(supervisor) is None, 60, "the supervisor is gone")
    said = site.emulator("up", PALISADE_DRAINING="off")
    assert "did not end in order" in said
    site.playbook()
    assert site.request("api/products")[0] == 200

    load = _replace_all_tasks_under_load(site, "third")
    assert load.failed > 0, load.answers

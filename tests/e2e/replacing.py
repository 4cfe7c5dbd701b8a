# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment that replaces every task while clients send requests."""

from __future__ import annotations

import json

from tests.e2e.handshake import serial
from tests.e2e.load import Load
from tests.e2e.site import STACK, Site, wait_until

FEWEST_REQUESTS = 5_000
MOST_SECONDS = 240


def replace_all_tasks_under_load(site: Site, release: str) -> Load:
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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploying an image, one that does not work, and going back, by playbooks. Each test goes on from the one before."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deployer.changes import other_image
from tests.e2e import budget
from tests.e2e.load import Load
from tests.e2e.replacing import FEWEST_REQUESTS, MOST_SECONDS
from tests.e2e.site import STACK, Site, wait_until

# The requests of these tests are short, so that an application that is stopped has not much to finish.
PROMPT = {"ecs_service_drain_time": 2}
# That, the interval of health checks and that of looks, which the local inventory sets.
UNCERTAIN = 2 + 5 + 1
DEPLOY, ROLLBACK = "playbooks/deploy.yml", "playbooks/rollback.yml"
STYLE = "static/storefront.css"


def definition(site: Site) -> str:
    """Return family and revision that the service is to run."""
    service = site.client("ecs").describe_services(cluster=STACK, services=[STACK])["services"][0]
    return str(service["taskDefinition"]).rpartition("/")[2]


def revisions(site: Site) -> list[str]:
    return list(site.client("ecs").list_task_definitions(familyPrefix=STACK)["taskDefinitionArns"])


def requests_at_the_proxy(site: Site) -> int:
    return int(sum(site.state()["requests"].values()))


def refused(site: Site, *arguments: str, playbook: str = DEPLOY) -> str:
    """Run a playbook that fails; return what it said, in one line."""
    done = site.run("ansible-playbook", "-i", "inventories/local", playbook, *arguments)
    assert done.returncode == 2, done.stdout[-4000:]
    return " ".join(done.stdout.replace("\\n", " ").split())


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The variables that publish another image."""
    work: Path = tmp_path_factory.mktemp("other image")
    return dict(other_image(work))


@pytest.fixture(scope="module")
def first(site: Site) -> str:
    return definition(site)


def test_a_dry_run_deploys_nothing(site: Site, first: str, other: dict[str, Any]) -> None:
    image = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/{STACK}@sha256:{'0' * 64}"
    assert "has no such image" in refused(site, "-e", f"ecs_service_image={image}")
    noon = [{"name": "noon", "schedule": "cron(0 12 * * ? *)", "min_count": 9}]
    said = refused(site, "-e", json.dumps({"ecs_service_scheduled_scaling": noon}))
    assert "with min_count 9, which is above every maximum (6)" in said
    before = revisions(site)
    larger = {"ecs_service_cpu": 512, "ecs_service_memory": 1024}
    said = site.playbook("--check", "--diff", "-e", json.dumps({**larger, **other}), playbook=DEPLOY)
    assert "+    cpu: '512'" in said
    assert "This was a dry run" in said
    assert (definition(site), revisions(site)) == (first, before)


def test_an_alarm_that_fires_already_keeps_a_deployment_from_beginning(
    site: Site, first: str, other: dict[str, Any]
) -> None:
    """ECS would not heed it. It is one that the embedded AWS does not judge, so it stays as it is set."""
    name, cloudwatch = f"{STACK}.service-missing-tasks", site.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="as a test wants it")
    watched, before = {**other, "ecs_service_rollback_alarms": ["missing-tasks"]}, revisions(site)
    try:
        said = refused(site, "-e", json.dumps(watched))
        forced = {**watched, "ecs_service_firing_alarms_ignored": True}
        assert "This was a dry run" in site.playbook("--check", "-e", json.dumps(forced), playbook=DEPLOY)
    finally:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="it is over")
    assert f"{name} fires already, so nothing would end a deployment because of it." in said
    assert "Nothing was deployed." in said
    assert (definition(site), revisions(site)) == (first, before)


def test_another_image_is_deployed_once_and_no_request_is_lost(site: Site, first: str, other: dict[str, Any]) -> None:
    before = requests_at_the_proxy(site)
    with Load(site.url, site.authority, MOST_SECONDS) as load:
        said = site.playbook("-e", json.dumps({**other, **PROMPT}), playbook=DEPLOY)
        wait_until(lambda: load.sent >= FEWEST_REQUESTS, MOST_SECONDS, f"{FEWEST_REQUESTS} requests")
    assert load.failed == 0, load.answers
    assert load.sent == requests_at_the_proxy(site) - before
    budget.assert_kept(site, said, UNCERTAIN)
    assert "verdict      succeeded" in said
    assert b"another image" in site.request(STYLE)[1]
    second = definition(site)
    assert second != first
    again = site.playbook("-e", json.dumps(other), playbook=DEPLOY)
    assert f"Nothing to do: the service runs {second} already." in again
    assert "changed=0" in again


def test_an_image_that_does_not_start_is_rolled_back_and_the_run_fails(site: Site, other: dict[str, Any]) -> None:
    good = definition(site)
    said = refused(site, "-e", json.dumps({**other, "ecs_service_container_environment": {"AWS_REGION": "x"}}))
    assert f"rolled back to {good}" in said
    # Both tasks of the service may fail at once.
    assert re.search(r"circuit breaker, [34] failed tasks", said), said
    assert "container app with exit code 2" in said
    assert "STOREFRONT_TABLE_NAME: missing" in said
    assert definition(site) == good
    assert b"another image" in site.request(STYLE)[1]


def test_going_back_runs_what_ran_before(site: Site, first: str) -> None:
    said = site.playbook("-e", json.dumps(PROMPT), playbook=ROLLBACK)
    assert "verdict      succeeded" in said
    budget.assert_kept(site, said, UNCERTAIN)
    assert definition(site) == first
    assert b"another image" not in site.request(STYLE)[1]


def test_a_revision_can_be_named(site: Site, first: str) -> None:
    revision = first.rpartition(":")[2]
    said = site.playbook("-e", f"ecs_service_rollback_revision={revision}", playbook=ROLLBACK)
    assert f"Nothing to do: the service runs {first} already." in said
    assert "changed=0" in said

# SPDX-License-Identifier: GPL-3.0-or-later
"""A site that scales by its requests. A minute takes a second. Each test goes on from the one before."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.e2e.load import Load
from tests.e2e.site import STACK, Site, wait_until
from tests.e2e.test_c_blue_green import changes
from tests.e2e.test_c_deployment import DEPLOY, definition

pytestmark = pytest.mark.nightly
LEAST, MOST = 2, 3
# Per task and minute, which takes a second: the load sends more, whoever asks now and then does not.
SCALING = {"ecs_service_maximum_count": MOST, "ecs_service_cpu_target": 0, "ecs_service_requests_target": 8}
GIVEN = ("-e", json.dumps(SCALING))


@pytest.fixture(scope="module")
def scaling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = {"PALISADE_MINUTE_SECONDS": "1", "PALISADE_AUTOSCALING": "on"}
    with Site(tmp_path_factory.mktemp("a scaling site") / "run", settings=settings).running() as site:
        site.playbook(*GIVEN)
        yield site


def desired(site: Site) -> int:
    return int(site.client("ecs").describe_services(cluster=STACK, services=[STACK])["services"][0]["desiredCount"])


def test_what_the_load_has_started_stays_through_runs_and_deployments(scaling: Site) -> None:
    assert desired(scaling) == LEAST
    before = definition(scaling)
    with Load(scaling.url, scaling.authority, 400) as load:
        wait_until(lambda: len(scaling.tasks()) == MOST, 60, "the load has started tasks")
        assert changes(scaling.playbook(*GIVEN)) == []
        assert desired(scaling) == MOST
        larger = json.dumps({**SCALING, "ecs_service_memory": 1024})
        assert "verdict      succeeded" in scaling.playbook("-e", larger, playbook=DEPLOY)
        assert (desired(scaling), len(scaling.tasks())) == (MOST, MOST)
    assert load.failed == 0, load.answers
    assert definition(scaling) != before


def test_tasks_that_nobody_needs_are_stopped_and_no_request_is_lost(scaling: Site) -> None:
    statuses = []

    def fewer() -> bool:
        statuses.append(scaling.request("healthz")[0])
        return desired(scaling) == len(scaling.state()["tasks"]) == LEAST

    wait_until(fewer, 90, "the number of tasks is the least again")
    assert set(statuses) == {200}
    client = scaling.client("application-autoscaling")
    newest = client.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"][0]
    assert "-AlarmLow-" in newest["Cause"]

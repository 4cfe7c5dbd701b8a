# SPDX-License-Identifier: GPL-3.0-or-later
"""A site whose deployments are canaries. A minute takes a second. Each test goes on from the one before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployer.changes import other_image
from tests.e2e import budget
from tests.e2e.load import Load
from tests.e2e.site import STACK, Site
from tests.e2e.test_c_deployment import PROMPT, UNCERTAIN

pytestmark = pytest.mark.nightly
DEPLOY = "playbooks/deploy.yml"
CANARY = {
    "ecs_service_deployment_strategy": "canary",
    "ecs_service_step_percent": 50.0,
    "ecs_service_bake_minutes": 5,
}
BROKEN = {"ecs_service_container_environment": {"STOREFRONT_TABLE_NAME": "gone", "AWS_REGION": "eu-central-1"}}


@pytest.fixture(scope="module")
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = {"PALISADE_MINUTE_SECONDS": "1"}
    with Site(tmp_path_factory.mktemp("a canary") / "run", settings=settings).running() as site:
        site.playbook(*given())
        yield site


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The variables that publish another image, which from then on each run is given: else the first one comes back."""
    work: Path = tmp_path_factory.mktemp("other image")
    return dict(other_image(work))


def given(**more: Any) -> tuple[str, str]:
    return "-e", json.dumps({**CANARY, **more})


def rules(site: Site) -> list[Any]:
    """Return the rules of the listener, but for the one that it has by itself."""
    elbv2 = site.client("elbv2")
    (balancer,) = elbv2.describe_load_balancers()["LoadBalancers"]
    (listener,) = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return [one for one in elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"] if not one["IsDefault"]]


def weights(site: Site) -> list[int]:
    """Return the shares of both target groups, in the order of their names."""
    (rule,) = rules(site)
    groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    return [one["Weight"] for one in sorted(groups, key=lambda one: str(one["TargetGroupArn"]).split("/")[1])]


def changes(said: str) -> list[str]:
    """Return the tasks of a run that changed something, but for the file of outputs: deploy.yml leaves that to it."""
    tasks = said.split("TASK [")[1:]
    return [task for task in tasks if "\nchanged: " in task and not task.startswith("outputs | Keep the outputs]")]


def definition(site: Site) -> str:
    service = site.client("ecs").describe_services(cluster=STACK, services=[STACK])["services"][0]
    return str(service["taskDefinition"]).rpartition("/")[2]


def test_a_second_run_changes_nothing(canaries: Site) -> None:
    assert weights(canaries) == [100, 0]
    assert changes(canaries.playbook(*given())) == []


def test_a_canary_becomes_the_site_and_no_request_is_lost(canaries: Site, other: dict[str, Any]) -> None:
    with Load(canaries.url, canaries.authority, 240) as load:
        said = canaries.playbook(*given(**other, **PROMPT), playbook=DEPLOY)
    assert load.failed == 0, load.answers
    budget.assert_kept(canaries, said, UNCERTAIN, minute=1)
    assert "verdict      succeeded" in said
    assert "PRODUCTION_TRAFFIC_SHIFT" in said
    assert b"another image" in canaries.request("static/storefront.css")[1]
    assert weights(canaries) == [0, 100]


def test_runs_leave_the_requests_where_they_are(canaries: Site, other: dict[str, Any]) -> None:
    before = definition(canaries)
    assert changes(canaries.playbook(*given(**other), "--tags", "ecs_service")) == []
    assert (definition(canaries), weights(canaries)) == (before, [0, 100])


def test_errors_of_a_canary_lead_back_to_what_worked(canaries: Site, other: dict[str, Any]) -> None:
    before = definition(canaries)
    with Load(canaries.url, canaries.authority, 240):
        done = canaries.run("ansible-playbook", "-i", "inventories/local", DEPLOY, *given(**other, **BROKEN))
    said = " ".join(done.stdout.replace("\\n", " ").split())
    assert done.returncode == 2, done.stdout[-4000:]
    assert f"rolled back to {before}" in said
    assert f"Rolled back by: alarm {STACK}.service-errors." in said
    assert (definition(canaries), weights(canaries)) == (before, [0, 100])
    assert canaries.request("api/products")[0] == 200


def test_rolling_deployments_wait_until_the_first_group_is_in_use(canaries: Site, other: dict[str, Any]) -> None:
    done = canaries.run("ansible-playbook", "-i", "inventories/local", "site.yml", "-e", json.dumps(other))
    assert done.returncode == 2
    assert "Deploy once more before" in " ".join(done.stdout.replace("\\n", " ").split())
    assert weights(canaries) == [0, 100]


def test_after_one_more_deployment_they_are_rolling_again_and_no_request_is_lost(canaries: Site) -> None:
    canaries.playbook(*given(**PROMPT), playbook="playbooks/rollback.yml")
    assert weights(canaries) == [100, 0]
    with Load(canaries.url, canaries.authority, 240) as load:
        canaries.playbook()
        assert changes(canaries.playbook()) == []
        canaries.playbook("-e", json.dumps(PROMPT), playbook="playbooks/rollback.yml")
    assert load.failed == 0, load.answers
    assert rules(canaries) == []
    service = canaries.client("ecs").describe_services(cluster=STACK, services=[STACK])["services"][0]
    assert service["deploymentConfiguration"]["strategy"] == "ROLLING"
    assert "advancedConfiguration" not in service["loadBalancers"][0]

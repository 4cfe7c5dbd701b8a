# SPDX-License-Identifier: GPL-3.0-or-later
"""Two services behind one load balancer. Neither notices what becomes of the other. Each test goes on from the last."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.changes import other_image
from deployer.steps import FURTHER
from tests.e2e.inventory import added, inventory
from tests.e2e.load import Load
from tests.e2e.site import STACK, Site

pytestmark = pytest.mark.nightly
OWN = f"{STACK}--styles"
GROUP = f"{STACK}-0styles"
STYLE = "static/storefront.css"


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The variables that publish another image, by which one sees which service has answered."""
    return json.dumps(dict(other_image(tmp_path_factory.mktemp("other image"))))


@pytest.fixture(scope="module")
def before(site: Site) -> dict[str, set[str]]:
    return inventory(site)


def services(site: Site) -> dict[str, Any]:
    described = site.client("ecs").describe_services(cluster=STACK, services=[STACK, OWN])["services"]
    return {one["serviceName"]: one for one in described if one["status"] == "ACTIVE"}


def answered_by_the_other(site: Site) -> bool:
    return b"another image" in site.request(STYLE)[1]


def test_it_answers_its_requests_and_no_others(site: Site, before: dict[str, set[str]], other: str) -> None:
    first = services(site)[STACK]["taskDefinition"]
    with Load(site.url, site.authority, 240) as load:
        site.playbook("-e", other, playbook=FURTHER)
    assert load.failed == 0, load.answers
    assert answered_by_the_other(site)
    assert site.request("api/products")[0] == 200
    found = services(site)
    assert found[STACK]["taskDefinition"] == first
    assert (found[OWN]["runningCount"], found[OWN]["desiredCount"]) == (1, 1)
    new = {kind: names for kind, names in added(before, inventory(site)).items() if names}
    assert new["TargetGroups"] == {GROUP}
    assert new["DashboardEntries"] == {f"{OWN}-eu-central-1"}
    of_scaling = f"TargetTracking-service/{STACK}/{OWN}-"
    assert {name.partition(".service-")[0] for name in new["MetricAlarms"] if not name.startswith(of_scaling)} == {OWN}
    assert {kind for kind in new if "Load" in kind or kind in ("clusters", "logGroups", "repositories")} == set()


def test_neither_is_changed_by_a_further_run_of_the_other(site: Site, other: str) -> None:
    assert "changed=0 " in site.playbook("-e", other, playbook=FURTHER)
    assert "changed=0 " in site.playbook("--tags", "ecs_service")
    assert answered_by_the_other(site)


def test_a_deployment_of_one_that_fails_does_not_touch_the_other(site: Site, other: str) -> None:
    good = services(site)
    broken = {**json.loads(other), "ecs_service_container_environment": {"AWS_REGION": "x"}}
    done = site.run("ansible-playbook", "-i", "inventories/local", FURTHER, "-e", json.dumps(broken))
    said = " ".join(done.stdout.replace("\\n", " ").split())
    assert done.returncode == 2
    assert f"rolled back to {OWN}:1" in said, done.stdout[-4000:]
    assert "STOREFRONT_TABLE_NAME: missing" in said
    assert {name: one["taskDefinition"] for name, one in services(site).items()} == {
        name: one["taskDefinition"] for name, one in good.items()
    }


def test_a_priority_that_another_service_has_is_refused(site: Site, other: str) -> None:
    clash = {**json.loads(other), "palisade_service": "pages"}
    done = site.run("ansible-playbook", "-i", "inventories/local", FURTHER, "-e", json.dumps(clash))
    assert done.returncode == 2
    assert "priority 1 is taken by" in done.stdout


def test_the_first_service_has_no_path(site: Site, other: str) -> None:
    first = {**json.loads(other), "palisade_service": ""}
    done = site.run("ansible-playbook", "-i", "inventories/local", FURTHER, "-e", json.dumps(first))
    assert done.returncode == 2
    assert "Expected for a further service" in done.stdout


def test_it_goes_alone(site: Site, before: dict[str, set[str]]) -> None:
    site.client("elbv2").delete_target_group(TargetGroupArn=_group_of_pages(site))
    site.playbook("-e", json.dumps({"further_wanted": False}), playbook=FURTHER)
    assert set(services(site)) == {STACK}
    assert not answered_by_the_other(site)
    left = {kind: names for kind, names in added(before, inventory(site)).items() if names}
    assert set(left) <= {"taskDefinitionArns{'status': 'INACTIVE'}"}
    assert "changed=0 " in site.playbook("-e", json.dumps({"further_wanted": False}), playbook=FURTHER)


def _group_of_pages(site: Site) -> str:
    """Return the target group that the refused service had already got."""
    (group,) = site.client("elbv2").describe_target_groups(Names=[f"{STACK}-0pages"])["TargetGroups"]
    return str(group["TargetGroupArn"])

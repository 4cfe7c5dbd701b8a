# SPDX-License-Identifier: GPL-3.0-or-later
"""On an empty account, bad input and dry runs leave it empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.account import NOTHING, what_is_there
from tests.e2e.site import Site
from tests.ports import free_ports

REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-local"
BAD_INPUT = {
    "too many zones": ({"network_az_count": 7}, "value of network_az_count must be one of: 2, 3, 4, 5, 6, got: 7"),
    "more zones than the region has": (
        {"network_az_count": 6},
        "network_az_count is 6, but the region offers 3 availability zones",
    ),
    "a network that is too small": ({"network_vpc_cidr": "10.0.0.0/26"}, "expected a prefix from /16 to /23"),
    "networks that overlap": (
        {"network_private_cidrs": ["10.0.0.0/24", "10.0.2.0/24"]},
        "network_public_cidrs has 10.0.0.0/20, which overlaps 10.0.0.0/24 in network_private_cidrs",
    ),
    "an endpoint service that the region lacks": (
        {"network_extra_endpoints": ["nosuch"]},
        "eu-central-1 has no endpoint service nosuch (Interface). Correct network_features or network_extra_endpoints",
    ),
    "an endpoint that Fargate does not use": (
        {"network_extra_endpoints": ["ecs-agent"]},
        "network_extra_endpoints has ecs-agent, which tasks on Fargate do not use",
    ),
    "an unknown NAT mode": (
        {"network_nat_mode": "both"},
        "value of network_nat_mode must be one of: per_az, single, none, got: both",
    ),
    "a name with bad characters": ({"palisade_name": "Shop_1"}, "palisade_name is 'Shop_1'; expected"),
    "a misspelt variable": (
        {"network_az_cuont": 3},
        "network_az_cuont is not an input; did you mean network_az_count?",
    ),
    "an endpoint that no role uses": (
        {"network_features": ["kms"]},
        "no role may do anything through the endpoint for kms. Say what the application calls there in",
    ),
    "an egress rule for a port that the network closes": (
        {"security_task_egress": [{"description": "Queue", "port": 5671, "cidrs": ["192.0.2.0/24"]}]},
        "let tasks out on 443 only: add it to network_egress_ports",
    ),
    "a policy without TLS 1.3": (
        {"ecs_service_ssl_policy": "ELBSecurityPolicy-2016-08"},
        "value of ecs_service_ssl_policy must be one of: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    ),
    "another account": (
        {"palisade_account_id": "111122223333"},
        "belong to account 123456789012, but palisade_account_id is 111122223333",
    ),
    "an image by its tag": ({"ecs_service_image": f"{REPOSITORY}:latest"}, f"expected {REPOSITORY}@sha256:"),
    "an image that nobody pushed": (
        {"ecs_service_image": f"{REPOSITORY}@sha256:{'a' * 64}"},
        "has no such image. Push it first",
    ),
    "a size that Fargate does not offer": ({"ecs_service_memory": 4096}, "Fargate offers 512, 1024, 2048 MiB"),
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An embedded AWS on which nothing was deployed."""
    with Site(tmp_path_factory.mktemp("empty account") / "run").running() as account:
        yield account


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_is_named_and_changes_nothing(account: Site, case: str) -> None:
    variables, message = BAD_INPUT[case]
    done = account.run("ansible-playbook", "-i", "inventories/local", "site.yml", "-e", json.dumps(variables))
    assert done.returncode == 2, done.stdout[-3000:]
    assert message in " ".join(done.stdout.split()), done.stdout[-3000:]
    assert "changed=0" in done.stdout
    assert what_is_there(account) == NOTHING


def test_an_endpoint_that_does_not_answer_is_named(tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    endpoint = f"http://127.0.0.1:{closed}"
    done = Site(tmp_path / "run").run(
        "ansible-playbook", "-i", "inventories/local", "site.yml", AWS_ENDPOINT_URL=endpoint
    )
    assert done.returncode == 2
    said = " ".join(done.stdout.split())
    assert f"Could not ask {endpoint} who we are" in said
    assert "Is the embedded AWS up?" in said


def test_the_dry_run_ends_well_and_writes_nothing(account: Site) -> None:
    said = account.playbook("--check", "--diff")
    assert "failed=0" in said
    assert "This was a dry run; nothing was changed." in said
    for item in ("data", "logs", "images", "execution", "task", "infrastructure", "flow_log", "backup"):
        assert f"changed: [localhost] => (item={item})" in said
    for task in (
        *(
            "vpc | Create the VPC",
            "table | Make the table with all that protects it",
            "service | Create or update the service",
        ),
        *("policies | Create the permissions boundary", "flow_logs | Record the traffic of the VPC"),
        *("web_acl | Create the web ACL", "web_acl | Have requests pass the web ACL, or let go of it"),
        "alarms | Create the topic of the alarms",
    ):
        assert f"{task}] " in said
    assert what_is_there(account) == NOTHING


def test_restore_of_a_table_that_is_not_there_is_refused_in_a_dry_run_too(account: Site) -> None:
    for arguments in (["--check"], []):
        restore = ("playbooks/restore.yml", "-e", "restore_time=latest", *arguments)
        done = account.run("ansible-playbook", "-i", "inventories/local", *restore)
        assert done.returncode == 2
        assert "There is no table shop-local to restore from in this account and region" in " ".join(
            done.stdout.split()
        )
        assert "changed=0" in done.stdout
        assert what_is_there(account) == NOTHING


@pytest.mark.parametrize("mode", [(), ("--check",)], ids=["run", "dry run"])
def test_a_teardown_finds_nothing_to_do(account: Site, mode: tuple[str, ...]) -> None:
    said = account.playbook(*mode, playbook="playbooks/teardown.yml")
    assert "changed=0" in said
    assert said.count("nothing; there was none of it") == 4
    assert ("Nothing would be kept." if mode else "Nothing is kept.") in said
    assert what_is_there(account) == NOTHING


@pytest.mark.nightly
def test_without_an_image_everything_but_the_service_is_made(account: Site) -> None:
    said = account.playbook("-e", json.dumps({"ecs_service_image_publisher": {}}))
    assert "No image yet, so everything but the service is made." in said
    there = what_is_there(account)
    # It would show the service.
    assert there.pop("dashboards") == []
    assert all(there.values()), there
    # Services of AWS make roles of their own at their first use.
    roles = [name for name in there["roles"] if not name.startswith("AWSServiceRoleFor")]
    assert len(roles) == len(there["policies"]) - 1 == 5
    assert len(there["keys"]) == 3
    assert not account.client("ecs").list_services(cluster="shop-local")["serviceArns"]

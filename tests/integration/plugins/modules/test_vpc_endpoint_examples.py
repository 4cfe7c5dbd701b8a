# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules about VPC endpoints run as they are written, but for ids that AWS gives out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.modules import (
    vpc_endpoint,
    vpc_endpoint_policy,
    vpc_endpoint_policy_info,
)

from tests.integration.plugins.modules.ec2_account import REGION, Ec2, Json, Playbook

DYNAMODB = f"com.amazonaws.{REGION}.dynamodb"


def with_ids(examples: str, ids: dict[str, str]) -> list[Json]:
    """Return the tasks of examples with ids of resources that are there, without what is for a playbook of its own."""
    for written, real in ids.items():
        examples = examples.replace(written, real)
    tasks: list[Json] = yaml.safe_load(examples)
    return [
        {name: value for name, value in task.items() if name != "register"}
        for task in tasks
        if "assert" not in str(task)
    ]


@pytest.fixture
def ids(ec2: Ec2) -> dict[str, str]:
    """Make what the examples name, and return its ids by those in the examples."""
    vpc_id, endpoint_id = ec2.make_endpoint("Gateway", DYNAMODB)
    subnets = [ec2.make_subnet(vpc_id, number, zone) for number, zone in enumerate("ab")]
    tables = [ec2.make_route_table(vpc_id) for _ in range(2)]
    return {
        "vpc-0a1b2c3d4e5f67890": vpc_id,
        "vpce-0a1b2c3d4e5f67890": endpoint_id,
        "subnet-0a1b2c3d4e5f67890": subnets[0],
        "subnet-0f9e8d7c6b5a43210": subnets[1],
        "rtb-0a1b2c3d4e5f67890": tables[0],
        "rtb-0f9e8d7c6b5a43210": tables[1],
        "sg-0a1b2c3d4e5f67890": ec2.make_group(vpc_id, "endpoints"),
    }


@pytest.mark.parametrize(
    ("module", "changed"),
    [
        (vpc_endpoint, [True, True, True]),
        (vpc_endpoint_policy, [True, False, True]),
        (vpc_endpoint_policy_info, [False, False, False]),
    ],
)
def test_examples_run(
    ids: dict[str, str], playbook: Playbook, tmp_path: Path, module: Any, changed: list[bool]
) -> None:
    (restrict, *_) = yaml.safe_load(vpc_endpoint_policy.EXAMPLES)
    (tmp_path / "orders.json").write_text(json.dumps(restrict["palisade.ecs.vpc_endpoint_policy"]["policy"]))
    results = playbook.run(*with_ids(module.EXAMPLES, ids))
    assert [result.get("msg") for result in results if result.get("failed")] == []
    assert [result["changed"] for result in results] == changed

# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules for the service run as they are written, and results are as documented."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.doc_fragments import ecs_strategy
from ansible_collections.palisade.ecs.plugins.modules import (
    cloudwatch_alarms,
    cloudwatch_dashboard,
    ecr_repository,
    ecs_cluster,
    ecs_service,
    ecs_service_scaling,
    elb_attributes,
    elb_traffic_rule,
    route53_alias,
)

from emulator.control_plane.fidelity import ecs_service_checks, ecs_strategy_checks
from tests.integration.plugins.modules.aws_account import AwsAccount
from tests.integration.plugins.modules.test_ecs_service import define, network
from tests.integration.plugins.modules.test_elb_attributes import make
from tests.integration.plugins.modules.test_elb_traffic_rule import between_two_groups
from tests.integration.plugins.modules.test_security_examples import name_of, told

CHANGED = {
    cloudwatch_alarms: [True, True],
    cloudwatch_dashboard: [True, True],
    ecr_repository: [True, True, True],
    ecs_cluster: [True, True, True],
    ecs_service: [True, True, True],
    ecs_service_scaling: [True, True, True],
    elb_attributes: [True, True],
    elb_traffic_rule: [True, True],
    route53_alias: [True, True],
}
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop-dev/0123456789abcdef"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev/fedcba9876543210"
OTHER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev-2/0123456789abcdef"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678"


def make_service(aws: AwsAccount) -> None:
    """Make the service that the examples name."""
    ecs, container = aws.client("ecs"), {"name": "app", "image": "shop", "memory": 128}
    ecs.create_cluster(clusterName="shop-dev")
    ecs.register_task_definition(family="shop-dev", containerDefinitions=[container])
    ecs.create_service(cluster="shop-dev", serviceName="shop-dev", taskDefinition="shop-dev", desiredCount=2)


@pytest.mark.parametrize("module", CHANGED, ids=name_of)
def test_examples_run_and_return_what_is_documented(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    if module is ecs_service_scaling:
        make_service(aws)
    ids = {KEY: aws.client("kms").create_key()["KeyMetadata"]["Arn"]}
    aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="examples")
    if module is ecs_service:
        define(aws, "shop-dev")
        where = network(aws)
        # The load balancer of the last example is not there.
        monkeypatch.setattr(ecs_strategy_checks, "check", lambda *_: None)
        monkeypatch.setattr(ecs_service_checks, "check_creation", lambda *_: None)
        ids = {"subnet-0a1b2c3d4e5f67890": where["subnets"][0], "sg-0a1b2c3d4e5f67890": where["security_groups"][0]}
    if module is elb_attributes:
        ids = {BALANCER: make(aws, "loadbalancer"), GROUP: make(aws, "targetgroup")}
    if module is elb_traffic_rule:
        pair = between_two_groups(aws)
        ids = {BALANCER: pair["load_balancer_arn"], **dict(zip((GROUP, OTHER), pair["target_group_arns"], strict=True))}
    examples = reduce(lambda text, pair: text.replace(*pair), ids.items(), module.EXAMPLES)
    documented = set(yaml.safe_load(module.RETURN))
    changed = []
    for task in yaml.safe_load(examples):
        arguments = task[f"palisade.ecs.{name_of(module)}"]
        for dry in (True, False):
            result = aws.run(module, dry=dry, **arguments)
            assert "failed" not in result, result
            assert set(result) - {"changed", "diff"} == documented
        changed.append(result["changed"])
    assert changed == CHANGED[module]


@pytest.mark.parametrize("module", CHANGED, ids=name_of)
def test_arguments_are_documented_as_they_are(module: Any) -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    if module is ecs_service:
        documented |= yaml.safe_load(ecs_strategy.ModuleDocFragment.DOCUMENTATION)["options"]
    assert told(documented, "suboptions") == told(module.ARGUMENT_SPEC, "options")

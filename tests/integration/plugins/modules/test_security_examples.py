# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules for a stack's security run as they are written, and results are as documented."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.modules import (
    acm_certificate_request,
    sns_topic,
    vpc_flow_log,
    wafv2_association,
    wafv2_logging,
)

from tests.integration.plugins.modules.aws_account import REGION, AwsAccount, Json
from tests.integration.plugins.modules.ec2_account import Ec2, Playbook
from tests.integration.plugins.modules.wafv2_account import make_balancer, make_web_acl

MODULES = (acm_certificate_request, sns_topic, vpc_flow_log, wafv2_association, wafv2_logging)
CHANGED = {
    acm_certificate_request: [True, True, True],
    sns_topic: [True, True],
    vpc_flow_log: [True, True, True],
    wafv2_association: [True, True],
    wafv2_logging: [True, True, True],
}
Translate = Callable[[str], str]


@pytest.fixture
def translate(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> Translate:
    """Make what the examples name, and return what puts its ids in place of theirs."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    aws.client("route53").create_hosted_zone(Name="example.com", CallerReference="examples")
    ids = {
        "vpc-0a1b2c3d4e5f67890": aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"],
        "{{ balancer.load_balancer_arn }}": make_balancer(aws, "shop"),
        "{{ web_acl.arn }}": make_web_acl(aws, "shop"),
    }

    def replace(text: str) -> str:
        for written, real in ids.items():
            text = text.replace(written, real)
        return text

    return replace


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_examples_run_and_return_what_is_documented(aws: AwsAccount, translate: Translate, module: Any) -> None:
    documented = set(yaml.safe_load(module.RETURN))
    changed = []
    for task in yaml.safe_load(translate(module.EXAMPLES)):
        arguments = task[f"palisade.ecs.{name_of(module)}"]
        for dry in (True, False):
            result = aws.run(module, dry=dry, **arguments)
            assert "failed" not in result, result
            assert set(result) - {"changed", "diff", "warnings"} == documented
        changed.append(result["changed"])
    assert changed == CHANGED[module]


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_arguments_are_documented_as_they_are(module: Any) -> None:
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    assert told(documented, "suboptions") == told(module.ARGUMENT_SPEC, "options")


def told(options: dict[str, Any], nested: str) -> dict[str, Any]:
    """Return what both say of an option, which has no description in the code."""
    keys = ("type", "elements", "choices", "default", "required")
    return {
        name: {
            **{key: option[key] for key in keys if key in option},
            **({"options": told(option[nested], nested)} if nested in option else {}),
        }
        for name, option in options.items()
    }


def test_playbook_needs_no_more_than_the_defaults_of_the_action_group(ec2: Ec2, playbook: Playbook) -> None:
    vpc = ec2.make_vpc()
    arn = f"arn:aws:sns:{REGION}:123456789012:shop"
    balancer = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/app/a/b"
    tasks: dict[str, Json] = {
        "vpc_flow_log": {
            "vpc_id": vpc,
            "name": "shop",
            "destination_type": "cloud-watch-logs",
            "log_group_name": "shop",
            "role_arn": "arn:aws:iam::123456789012:role/shop",
        },
        "acm_certificate_request": {"name": "shop", "domain_name": "shop.example.com"},
        "sns_topic": {"topic_arn": arn, "kms_key_id": "alias/shop"},
        "wafv2_association": {"resource_arn": balancer, "state": "absent"},
        "wafv2_logging": {"web_acl_arn": f"arn:aws:wafv2:{REGION}:123456789012:regional/webacl/a/b", "state": "absent"},
    }
    dry = [{f"palisade.ecs.{name}": options, "check_mode": True} for name, options in tasks.items()]
    results = playbook.run(*dry, *({f"palisade.ecs.{name}": options} for name, options in tasks.items()))
    assert [one.get("msg") for one in results if one.get("failed")] == []
    assert [one["changed"] for one in results] == [True, True, True, False, False] * 2
    (found,) = ec2.client.describe_flow_logs()["FlowLogs"]
    assert found["ResourceId"] == vpc

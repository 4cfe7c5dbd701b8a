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

from tests.integration.plugins.modules.aws_account import AwsAccount
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

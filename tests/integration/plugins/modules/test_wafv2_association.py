# SPDX-License-Identifier: GPL-3.0-or-later
"""Which web ACL a load balancer has, set by the module and asked for at AWS WAF."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.aws.plugins.modules import wafv2_resources
from ansible_collections.palisade.ecs.plugins.modules import wafv2_association

from tests.integration.plugins.modules.aws_account import AwsAccount
from tests.integration.plugins.modules.wafv2_account import make_balancer, make_web_acl

NO_BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/none/0000000000000000"
NO_ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/none/00000000-0000-0000-abcd-0a1b2c3d4e5f"


def web_acl_of(aws: AwsAccount, balancer: str) -> Any:
    return (aws.client("wafv2").get_web_acl_for_resource(ResourceArn=balancer).get("WebACL") or {}).get("ARN")


def test_story_of_an_association(aws: AwsAccount) -> None:
    balancer = make_balancer(aws, "shop")
    first, second = make_web_acl(aws, "first"), make_web_acl(aws, "second")
    here: Any = {"resource_arn": balancer, "web_acl_arn": first}

    dry = aws.run(wafv2_association, dry=True, **here)
    assert dry["diff"] == {"before": {"web_acl_arn": ""}, "after": {"web_acl_arn": first}}
    assert aws.written() == []
    assert web_acl_of(aws, balancer) is None

    made, repeated = aws.run(wafv2_association, **here), aws.run(wafv2_association, **here)
    assert [dry["changed"], made["changed"], repeated["changed"]] == [True, True, False]
    assert {key: dry[key] for key in here} == {key: made[key] for key in here} == here
    assert web_acl_of(aws, balancer) == first

    other = {**here, "web_acl_arn": second}
    foreseen, changed = aws.run(wafv2_association, dry=True, **other), aws.run(wafv2_association, **other)
    assert foreseen["diff"]["before"] == {"web_acl_arn": first}
    assert [foreseen["changed"], changed["changed"]] == [True, True]
    assert web_acl_of(aws, balancer) == second
    # Another one takes its place in one call: the load balancer is never without.
    assert aws.written() == ["AssociateWebACL", "AssociateWebACL"]

    kept = aws.run(wafv2_association, state="absent", **here)
    assert (kept["changed"], kept["web_acl_arn"]) == (False, second)
    away: Any = {"resource_arn": balancer, "state": "absent"}
    results = [aws.run(wafv2_association, dry=dry, **away) for dry in (True, False, False)]
    assert [one["changed"] for one in results] == [True, True, False]
    assert [one["web_acl_arn"] for one in results] == [""] * 3
    assert aws.written() == ["DisassociateWebACL"]
    assert web_acl_of(aws, balancer) is None


def test_dry_run_knows_what_is_yet_to_be_created(aws: AwsAccount) -> None:
    result = aws.run(wafv2_association, dry=True, resource_arn=NO_BALANCER, web_acl_arn=NO_ACL)
    assert (result["changed"], result["web_acl_arn"]) == (True, NO_ACL)


def test_load_balancer_that_is_gone_has_no_web_acl(aws: AwsAccount) -> None:
    result = aws.run(wafv2_association, resource_arn=NO_BALANCER, state="absent")
    assert (result["changed"], result["web_acl_arn"]) == (False, "")


def test_web_acl_that_does_not_exist_is_a_failure(aws: AwsAccount) -> None:
    balancer = make_balancer(aws, "shop")
    result = aws.run(wafv2_association, resource_arn=balancer, web_acl_arn=NO_ACL)
    assert result["failed"]
    assert f"Failed to associate {NO_ACL} with {balancer}" in result["msg"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"web_acl_arn": NO_ACL}, "missing required arguments: resource_arn"),
        ({"resource_arn": NO_BALANCER}, "state is present but all of the following are missing: web_acl_arn"),
    ],
)
def test_missing_argument_is_named(aws: AwsAccount, arguments: dict[str, str], message: str) -> None:
    assert aws.run(wafv2_association, **arguments)["msg"] == message


def test_community_aws_still_protects_nothing_and_calls_it_ok(aws: AwsAccount) -> None:
    """The reason for this module: should it fail one day, upstream may have learned to do it."""
    balancer = make_balancer(aws, "shop")
    result = aws.run(wafv2_resources, state="present", name="missing", scope="REGIONAL", arn=balancer)
    assert (result.get("failed", False), result["changed"]) == (False, False)
    assert web_acl_of(aws, balancer) is None

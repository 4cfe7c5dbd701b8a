# SPDX-License-Identifier: GPL-3.0-or-later
"""From questions to policies: nothing that was asked is missing, nothing that was not comes in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer import boundary, page
from deployer.conditions import ForeignResourceError
from deployer.documents import LIMIT, LONGEST, TooLongError, documents, fill, length
from deployer.question import Question, UnknownCallError, generalised
from deployer.statements import statements

EC2 = "arn:aws:ec2:eu-central-1:123456789012"
IAM = "arn:aws:iam::123456789012"
OURS = {"aws:resourcetag/palisade:stack": ("shop-local",)}
REQUESTED = {"aws:requesttag/palisade:stack": ("shop-local",)}
BALANCERS = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"


def written(*questions: Question) -> list[dict[str, Any]]:
    return [one for document in documents(list(questions)) for one in document["Statement"]]


@pytest.mark.parametrize(
    ("arn", "pattern"),
    [
        ("*", "*"),
        (f"{EC2}:vpc/vpc-0a1b2c3d4e5f60718", "arn:{partition}:ec2:{region}:{account}:vpc/*"),
        (f"{EC2}:subnet/*", "arn:{partition}:ec2:{region}:{account}:subnet/*"),
        (
            f"{BALANCERS}:listener/app/shop-local/50dc6c495c0c9188/f2f7dc8efc522ab2",
            "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/app/{stack}/*",
        ),
        (
            f"{BALANCERS}:listener-rule/app/shop-local/50dc6c495c0c9188/f2f7dc8efc522ab2/*",
            "arn:{partition}:elasticloadbalancing:{region}:{account}:listener-rule/app/{stack}/*",
        ),
        (
            f"{BALANCERS}:targetgroup/shop-local-0styles/50dc6c495c0c9188",
            "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{stack}-0*/*",
        ),
        (f"{IAM}:role/shop-local-eu-central-1-task", "arn:{partition}:iam::{account}:role/{stack}-{region}-task"),
        ("arn:aws:s3:::shop-local-logs-123456789012", "arn:{partition}:s3:::{stack}-logs-{account}"),
        (
            "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop-local:12",
            "arn:{partition}:ecs:{region}:{account}:task-definition/{stack}:*",
        ),
        (
            "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop-local:log-stream:a/b",
            "arn:{partition}:logs:{region}:{account}:log-group:/ecs/{stack}:*",
        ),
        (
            "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-3333-4444-5555-6f7a8b9c0d1e",
            "arn:{partition}:kms:{region}:{account}:key/*",
        ),
    ],
)
def test_an_arn_is_generalised(arn: str, pattern: str) -> None:
    assert generalised(arn) == pattern


def test_actions_on_the_same_resources_share_a_statement() -> None:
    table = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-local"
    (one,) = written(Question("dynamodb:DescribeTable", table), Question("dynamodb:CreateTable", table))
    assert one["Action"] == ["dynamodb:CreateTable", "dynamodb:DescribeTable"]
    assert one["Resource"] == "arn:{partition}:dynamodb:{region}:{account}:table/{stack}"
    assert "Condition" not in one


def test_an_action_gets_no_resource_of_its_type_that_another_was_asked_for() -> None:
    asked = (
        Question("iam:CreatePolicyVersion", f"{IAM}:policy/shop-local-eu-central-1-task"),
        Question("iam:GetPolicy", f"{IAM}:policy/shop-local-eu-central-1-task"),
        Question("iam:GetPolicy", f"{IAM}:policy/shop-local-eu-central-1-boundary"),
    )
    by_action = {str(one["Action"]): one["Resource"] for one in written(*asked)}
    assert "boundary" not in str(by_action["iam:CreatePolicyVersion"])
    assert len(by_action["iam:GetPolicy"]) == 2


def test_what_is_made_and_where_it_is_made_are_told_apart() -> None:
    """Or a tag of the request would allow a subnet in anybody's VPC."""
    asked = (
        Question("ec2:CreateSubnet", f"{EC2}:subnet/*", REQUESTED),
        Question("ec2:CreateSubnet", f"{EC2}:vpc/vpc-0a1b2c3d4e5f60718", OURS),
        Question("ec2:CreateVpc", f"{EC2}:vpc/*", REQUESTED),
    )
    for one in written(*asked):
        if "ec2:CreateSubnet" in one["Action"]:
            key = (
                "aws:RequestTag/palisade:stack"
                if "subnet/*" in str(one["Resource"])
                else "aws:ResourceTag/palisade:stack"
            )
            assert one["Condition"] == {"StringEquals": {key: "{stack}"}}
            assert isinstance(one["Resource"], str)


def test_what_has_no_tag_yet_may_not_have_another_stacks() -> None:
    (one,) = written(Question("ec2:DeleteNetworkAclEntry", f"{EC2}:network-acl/acl-0a1b2c3d4e5f60718"))
    assert one["Condition"] == {"Null": {"aws:ResourceTag/palisade:stack": "true"}}


def test_what_is_there_cannot_be_tagged_as_ours_if_it_is_anothers() -> None:
    """A new key has no id yet, so the pattern means every key: or who deploys could take another stack's for ours."""
    new = "arn:aws:kms:eu-central-1:123456789012:key/*"
    (one,) = written(Question("kms:TagResource", new, REQUESTED))
    assert one["Condition"]["Null"] == {"aws:ResourceTag/palisade:stack": "true"}
    with_making = {**REQUESTED, "ec2:createaction": ("CreateVpc",)}
    (one,) = written(Question("ec2:CreateTags", f"{EC2}:vpc/*", with_making))
    assert "Null" not in one["Condition"]


def test_a_pattern_that_another_covers_is_left_out() -> None:
    alarms = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"
    asked = [Question("cloudwatch:DescribeAlarms", f"{alarms}{name}") for name in ("*", "shop-local-a")]
    (one,) = written(*asked)
    assert one["Resource"] == "arn:{partition}:cloudwatch:{region}:{account}:alarm:*"


def test_a_weaker_statement_makes_a_stronger_one_needless() -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-3333-4444-5555-6f7a8b9c0d1e"
    via = {**OURS, "kms:viaservice": ("ecr.eu-central-1.amazonaws.com",)}
    (one,) = written(Question("kms:DescribeKey", key, OURS), Question("kms:DescribeKey", key, via))
    assert one["Condition"] == {"StringEquals": {"aws:ResourceTag/palisade:stack": "{stack}"}}


def test_a_deployment_that_touches_another_stack_makes_no_policy() -> None:
    other = {"aws:resourcetag/palisade:stack": ("other-prod",)}
    with pytest.raises(ForeignResourceError, match="other-prod"):
        statements([Question("ec2:DeleteVpc", f"{EC2}:vpc/vpc-0a1b2c3d4e5f60718", other)])


def test_a_role_is_passed_to_the_service_that_it_was_passed_to() -> None:
    (one,) = written(
        Question("iam:PassRole", f"{IAM}:role/shop-local-task", {"iam:passedtoservice": ("ecs-tasks.amazonaws.com",)})
    )
    assert one["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


def test_policies_are_cut_at_the_limit_with_the_longest_names() -> None:
    asked = [Question(f"iam:Get{number:04}", f"{IAM}:role/shop-local-{number}") for number in range(100)]
    found = documents(asked)
    assert len(found) > 1
    assert all(length(one["Statement"]) <= LIMIT for one in found)
    assert length([*found[0]["Statement"], found[1]["Statement"][0]]) > LIMIT
    with pytest.raises(TooLongError):
        documents([Question("iam:GetRole", f"{IAM}:role/{'x' * LIMIT}")])


def test_the_boundary_is_read_and_not_written() -> None:
    arn = f"{IAM}:policy/shop-local-eu-central-1-boundary"
    role = Question("iam:CreateRole", f"{IAM}:role/shop-local-task", {"iam:permissionsboundary": (arn,)})
    reads = Question("iam:GetPolicyVersion", arn)
    writes = [Question(f"iam:{name}", arn) for name in ("CreatePolicy", "CreatePolicyVersion", "TagPolicy")]
    assert boundary.needed([role, reads, *writes]) == [role, reads]


def test_filling_leaves_no_placeholder() -> None:
    (document,) = documents([Question("iam:GetRole", f"{IAM}:role/shop-local-eu-central-1-task")])
    assert "{" not in json.dumps(fill(document, LONGEST)["Statement"][0]["Resource"])


def test_the_page_gives_a_reason_for_what_is_not_told_to_be_the_stacks() -> None:
    asked = [
        Question("ec2:DescribeVpcs", "*"),
        Question("ec2:DeleteNetworkAclEntry", f"{EC2}:network-acl/acl-0a1b2c3d4e5f60718"),
        Question("ec2:DeleteVpc", f"{EC2}:vpc/vpc-0a1b2c3d4e5f60718", OURS),
    ]
    text = page.write(f"# A\n{page.BEGIN}\nold\n{page.END}\nend\n", {"network": documents(asked)})
    assert "old" not in text
    assert text.endswith(f"{page.END}\nend\n")
    assert "`ec2:DescribeVpcs`." in text
    assert "`network-acl/*` | `ec2:DeleteNetworkAclEntry` | AWS makes the default network ACL" in text
    assert "vpc/*" not in text
    with pytest.raises(ValueError, match="begin"):
        page.write("# A page without a place", {})


def test_a_call_that_is_not_known_is_named() -> None:
    assert "s3:UnknownAction" in str(UnknownCallError(["s3:UnknownAction"]))


def test_what_is_allowed_without_a_condition_is_not_listed_in_one_for_another_resource() -> None:
    def tags(kind: str, creation: str = "") -> Question:
        context = {"elasticloadbalancing:createaction": (creation,)} if creation else {}
        return Question("elasticloadbalancing:AddTags", f"{BALANCERS}:{kind}/app/shop-local/*", context)

    asked = (tags("loadbalancer"), tags("loadbalancer", "CreateLoadBalancer"), tags("listener-rule", "CreateRule"))
    found = {json.dumps(one.get("Condition")): one["Resource"].rpartition(":")[2] for one in written(*asked)}
    created = json.dumps({"StringEquals": {"elasticloadbalancing:CreateAction": "CreateRule"}})
    assert found == {"null": "loadbalancer/app/{stack}/*", created: "listener-rule/app/{stack}/*"}

# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes an endpoint is what a role may do there, by that role, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._endpoint_policies import (
    PolicyProblem,
    compile_policies,
    with_statements,
)

TASK = "arn:aws:iam::123456789012:role/task"
EXECUTION = "arn:aws:iam::123456789012:role/execution"
TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
READ = {"Sid": "Read", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": TABLE}


def grant(*statements: Any, principal: str = TASK) -> dict[str, Any]:
    named = {"principal_arn": principal} if principal else {}
    return {**named, "policy": {"Version": "2012-10-17", "Statement": list(statements)}}


def compiled(service: str, *grants: Any) -> list[dict[str, Any]]:
    policy = compile_policies(grants, [service])[service]
    assert policy["Version"] == "2012-10-17"
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def test_statement_passes_for_its_role_only() -> None:
    assert compiled("dynamodb", grant(READ)) == [
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["dynamodb:GetItem", "dynamodb:Query"],
            "Resource": [TABLE],
            "Condition": {"ArnEquals": {"aws:PrincipalArn": TASK}},
        }
    ]


def test_actions_are_divided_among_the_endpoints() -> None:
    mixed = {**READ, "Action": ["dynamodb:GetItem", "logs:PutLogEvents"], "Resource": "*"}
    policies = compile_policies([grant(mixed)], ["dynamodb", "logs"])
    actions = {service: [part["Action"] for part in policy["Statement"]] for service, policy in policies.items()}
    assert actions == {"dynamodb": [["dynamodb:GetItem"]], "logs": [["logs:PutLogEvents"]]}


def test_each_role_has_statements_of_its_own() -> None:
    parts = compiled("dynamodb", grant(READ), grant({**READ, "Sid": "Too"}, principal=EXECUTION))
    assert [part["Condition"]["ArnEquals"]["aws:PrincipalArn"] for part in parts] == [TASK, EXECUTION]


def test_registry_hands_out_what_the_api_gave_a_token_for() -> None:
    pull = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    wanted = grant({**READ, "Action": pull, "Resource": "*"})
    assert compiled("ecr.api", wanted)[0]["Action"] == pull
    assert compiled("ecr.dkr", wanted)[0]["Action"] == pull[1:]


@pytest.mark.parametrize(
    ("service", "action"),
    [("monitoring", "cloudwatch:PutMetricData"), ("kms", "KMS:Decrypt"), ("secretsmanager", "secretsmanager:*")],
)
def test_action_finds_its_endpoint(service: str, action: str) -> None:
    assert compiled(service, grant({**READ, "Action": action}))[0]["Action"] == [action]


def test_what_aws_does_itself_has_no_principal_to_name() -> None:
    layers = {"Sid": "Layers", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::layers/*"}
    (part,) = compiled("s3", grant(READ), grant(layers, principal=""))
    assert part == {**layers, "Principal": "*", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::layers/*"]}


def test_condition_of_the_role_stays() -> None:
    leading = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}, "ArnEquals": {"aws:SourceArn": "b"}}
    (part,) = compiled("dynamodb", grant({**READ, "Condition": leading}))
    assert part["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]},
        "ArnEquals": {"aws:SourceArn": "b", "aws:PrincipalArn": TASK},
    }


def test_denials_of_a_role_are_left_to_it() -> None:
    deny = {**READ, "Sid": "Not", "Effect": "Deny", "NotAction": "dynamodb:GetItem"}
    assert [part["Sid"] for part in compiled("dynamodb", grant(READ, deny))] == ["Read"]


def test_endpoint_that_nobody_uses_is_refused() -> None:
    with pytest.raises(PolicyProblem, match="no role may do anything through the endpoint for kms"):
        compile_policies([grant(READ)], ["dynamodb", "kms"])


def test_no_endpoints_need_no_policies() -> None:
    assert compile_policies([grant(READ)], []) == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Action": "*"}, "statement Read allows *: name the service"),
        ({"Action": ["dynamodb:GetItem", "d*:Get"]}, "statement Read allows d*:Get: name the service"),
        (
            {"Condition": {"ArnEquals": {"AWS:principalarn": EXECUTION}}},
            f"a statement of {TASK} has a condition on aws:PrincipalArn: leave it out",
        ),
    ],
)
def test_statement_that_cannot_be_compiled_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyProblem) as refused:
        compile_policies([grant({**READ, **changes})], ["dynamodb"])
    assert message in str(refused.value)


@pytest.mark.parametrize("missing", ["Action", "Resource"])
def test_statement_that_says_what_it_excludes_is_refused(missing: str) -> None:
    rest = {key: value for key, value in READ.items() if key != missing}
    with pytest.raises(PolicyProblem, match="statement Read needs Action and Resource"):
        compile_policies([grant({**rest, f"Not{missing}": "x"})], ["dynamodb"])


def test_statements_of_the_user_are_added() -> None:
    added = {**READ, "Sid": "More"}
    policy = {"Version": "2012-10-17", "Statement": [READ]}
    assert with_statements(policy, [added]) == {"Version": "2012-10-17", "Statement": [READ, added]}
    assert with_statements(policy, []) == policy
    assert policy["Statement"] == [READ]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("text", "needs the Effect Allow or Deny"),
        ({**READ, "Effect": "allow"}, "needs the Effect Allow or Deny"),
        ({**READ, "Sid": "Read"}, "needs a Sid of letters and digits that no other statement has"),
        ({**READ, "Sid": "read-all"}, "needs a Sid of letters and digits"),
        ({**READ, "Sid": "More", "Principal": "*"}, "has Principal; expected Action, Resource"),
    ],
)
def test_statement_that_iam_would_not_take_is_named(statement: Any, message: str) -> None:
    with pytest.raises(PolicyProblem) as refused:
        with_statements({"Statement": [READ]}, [statement])
    assert str(refused.value).startswith("security_task_statements has statement 1, which")
    assert message in str(refused.value)


def test_key_that_a_service_uses_for_a_role_needs_no_endpoint() -> None:
    """DynamoDB has a way of its own to the key; a policy that let the role use it would be too wide."""
    through = {"StringEquals": {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}}
    statement = {"Sid": "Key", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:key", "Condition": through}
    grant = {"principal_arn": "arn:role", "policy": {"Statement": [statement]}}
    with pytest.raises(PolicyProblem, match="no role may do anything through the endpoint for kms"):
        compile_policies([grant], ["kms"])
    direct = {**statement, "Condition": {}}
    assert compile_policies([{**grant, "policy": {"Statement": [direct]}}], ["kms"])["kms"]["Statement"]

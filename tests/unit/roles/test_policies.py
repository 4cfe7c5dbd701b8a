# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM documents allow what is needed and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import ALWAYS, GATEWAYS
from jinja2 import UndefinedError

from tests.unit.house.checkout import ROOT
from tests.unit.roles import policies
from tests.unit.roles.policies import (
    PARTITIONS,
    TEMPLATES,
    complaints,
    document,
    endpoint_complaints,
    endpoint_policies,
    kind_of,
)

SECURITY = ROOT / "roles" / "security" / "templates" / "policies"
SERVICES = (*GATEWAYS, *ALWAYS)
GOOD: dict[str, Any] = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": "*",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-prod",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/task"}},
}
each = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parents[2].name}-{path.name}")


def security(name: str, partition: str = "aws") -> dict[str, Any]:
    return document(SECURITY / f"{name}.json.j2", partition)


def policy(**changes: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**GOOD, **changes}]}


def test_every_document_is_looked_at() -> None:
    names = {path.name.removesuffix(".json.j2") for path in TEMPLATES}
    assert names >= {"task", "execution", "image-layers", "trust", "key"}


@each
@pytest.mark.parametrize("partition", PARTITIONS)
def test_document_is_complete_and_narrow(path: Path, partition: str) -> None:
    assert list(complaints(kind_of(path), document(path, partition))) == []


@each
@pytest.mark.parametrize("partition", PARTITIONS)
def test_every_arn_is_of_the_partition_and_region(path: Path, partition: str) -> None:
    for word in policies.text(path, partition).split('"'):
        if word.startswith("arn:"):
            _, found, service, region, account, _ = word.split(":", 5)
            assert found == partition, word
            assert region == ("" if service in ("iam", "s3") else PARTITIONS[partition]), word
            assert account == ("" if service == "s3" else "123456789012"), word


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("partition", PARTITIONS)
def test_endpoint_lets_anybody_try_and_only_our_roles_through(service: str, partition: str) -> None:
    policy = endpoint_policies([service], partition)[service]
    assert list(complaints("endpoint", policy)) == []
    assert list(endpoint_complaints(policy)) == []


def test_layers_signed_by_ecr_pass_and_nothing_else_in_s3() -> None:
    (statement,) = endpoint_policies(["s3"])["s3"]["Statement"]
    assert "Condition" not in statement
    assert statement["Action"] == ["s3:GetObject"]
    assert statement["Resource"] == ["arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"]


@pytest.mark.parametrize(("role", "services"), [("task", ["dynamodb"]), ("execution", ["ecr.api", "ecr.dkr", "logs"])])
def test_endpoints_let_a_role_do_all_that_it_may_and_no_more(role: str, services: list[str]) -> None:
    compiled = endpoint_policies(services)
    through = {pair for policy in compiled.values() for pair in policies.allowed(policy)}
    assert set(policies.allowed(security(role))) == through
    arn = policies.names_of("aws").of(f"{role}_role")["arn"]
    for policy in compiled.values():
        for statement in policy["Statement"]:
            assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": arn}}


def test_application_may_call_what_it_calls_and_nothing_else() -> None:
    source = (ROOT / "app" / "src" / "storefront" / "repository.py").read_text(encoding="utf-8")
    called = {name.title().replace("_", "") for name in re.findall(r"_client\.([a-z_]+)\(", source)}
    assert "PutItem" in called
    assert {action for action, _ in policies.allowed(security("task"))} == {f"dynamodb:{name}" for name in called}


def test_only_tasks_of_this_account_get_the_roles() -> None:
    trust = security("trust")
    assert list(policies.trust_complaints(trust)) == []
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"] == "arn:aws:ecs:eu-central-1:123456789012:*"


def test_key_is_administered_by_the_account_and_used_by_the_logs_of_this_stack() -> None:
    account, logs = security("key")["Statement"]
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert logs["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    context = {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop-prod"}
    assert logs["Condition"] == {"ArnEquals": context}


def test_key_is_used_by_the_logs_of_china() -> None:
    _, logs = security("key", "aws-cn")["Statement"]
    assert logs["Principal"] == {"Service": "logs.cn-north-1.amazonaws.com.cn"}


def test_template_that_uses_an_unknown_variable_is_found() -> None:
    template = policies.strict().from_string('{"Resource": "{{ __security_names.bucket.arn }}"}')
    with pytest.raises(UndefinedError, match="bucket"):
        template.render(policies.variables(ROOT / "roles" / "security", "aws"))


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ({**policy(), "Version": "2008-10-17"}, "has another version"),
        (policy(Sid=""), "has a statement without a Sid of its own"),
        ({"Version": "2012-10-17", "Statement": [GOOD, GOOD]}, "has a statement without a Sid of its own"),
        (policy(Action="*"), "allows *"),
        (policy(Action="*", Resource="*"), "allows *"),
        (policy(Action=["dynamodb:*"]), "allows dynamodb:*"),
        (policy(Action="kms:*", Resource="*"), "allows kms:*"),
        (policy(Resource="*"), "allows dynamodb:GetItem on every resource"),
        (policy(Resource=["a", "*"]), "allows dynamodb:GetItem on every resource"),
        (policy(NotResource="a"), "uses NotResource"),
        (policy(Action="dynamodb:GetItems"), "names dynamodb:GetItems, which does not exist"),
        (policy(Action="dynamodb:getItem"), "names dynamodb:getItem, which does not exist"),
        (policy(Principal={"AWS": "arn:aws:iam::123456789012:role/task"}), "names a role as principal"),
        (policy(Resource=["a" * 10240] * 2), "is too long"),
    ],
)
def test_broken_document_is_found(broken: dict[str, Any], complaint: str) -> None:
    assert list(complaints("endpoint", policy())) == []
    assert complaint in list(complaints("endpoint", broken))


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (policy(Principal={"AWS": "*"}), "Read has another principal than *"),
        (policy(Condition={}), "Read has no condition on the principal"),
        (policy(Condition={"ArnEquals": {"aws:SourceArn": "a"}}), "Read has no condition on the principal"),
        (policy(Sid="ImageLayersSignedByEcr"), "ImageLayersSignedByEcr has a condition on the principal"),
    ],
)
def test_broken_endpoint_policy_is_found(broken: dict[str, Any], complaint: str) -> None:
    assert list(endpoint_complaints(policy())) == []
    assert list(endpoint_complaints(broken)) == [complaint]


@pytest.mark.parametrize(("operator", "key"), [("StringEquals", "aws:SourceAccount"), ("ArnLike", "aws:SourceArn")])
def test_trust_without_a_source_is_found(operator: str, key: str) -> None:
    broken = json.loads(json.dumps(security("trust")))
    del broken["Statement"][0]["Condition"][operator]
    assert list(policies.trust_complaints(broken)) == [f"has no {key}"]

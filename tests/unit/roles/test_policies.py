# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM documents allow what is needed and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import ALWAYS, GATEWAYS
from ansible_collections.palisade.ecs.plugins.plugin_utils._permissions_boundary import (
    LONGEST,
    beyond_boundary,
    permissions_boundary,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names import STACK_NAME_LIMIT, StackNames
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
IDENTITIES = ("execution", "task", "infrastructure", "flow-log", "backup")
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
    assert names >= {"task", "execution", "image-layers", "trust-tasks", "key-logs", "backup"}


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
    # Who reads an encrypted table leaves the use of its key to DynamoDB.
    calls = {pair for pair in policies.allowed(security(role)) if not pair[0].startswith("kms:")}
    assert calls == through
    arn = policies.names_of("aws").of(f"{role}_role")["arn"]
    for policy in compiled.values():
        for statement in policy["Statement"]:
            assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": arn}}


def test_application_may_call_what_it_calls_and_nothing_else() -> None:
    files = (ROOT / "app" / "src" / "storefront" / "repository").glob("*.py")
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    called = {name.title().replace("_", "") for name in re.findall(r"client\.([a-z_]+)\(", source)}
    assert {"PutItem", "TransactWriteItems"} < called
    # A transaction is allowed by its parts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    called |= {f"{part}Item" for part in re.findall(r'"(Put|Update|Delete|ConditionCheck)": ', source)}
    called.discard("TransactWriteItems")
    allowed = {action for action, _ in policies.allowed(security("task"))}
    assert allowed == {f"dynamodb:{name}" for name in called} | {"kms:Decrypt"}


@pytest.mark.parametrize(
    ("document", "service", "source"),
    [
        ("trust-tasks", "ecs-tasks", "arn:aws:ecs:eu-central-1:123456789012:*"),
        ("trust-infrastructure", "ecs", "arn:aws:ecs:eu-central-1:123456789012:*"),
        ("trust-flow-log", "vpc-flow-logs", "arn:aws:ec2:eu-central-1:123456789012:vpc-flow-log/*"),
        ("trust-backup", "backup", "arn:aws:backup:eu-central-1:123456789012:*"),
    ],
)
def test_only_one_service_gets_a_role_and_only_for_this_account(document: str, service: str, source: str) -> None:
    trust = security(document)
    assert list(policies.trust_complaints(trust)) == []
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
    (sources,) = (tests for operator, tests in statement["Condition"].items() if operator.startswith("ArnLike"))
    assert sources == {"aws:SourceArn": source}


KEYS = [path for path in TEMPLATES if kind_of(path) == "key"]


@pytest.mark.parametrize("path", KEYS, ids=lambda path: path.name)
def test_account_administers_each_key_and_cannot_be_locked_out(path: Path) -> None:
    account, *uses = document(path)["Statement"]
    assert account["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert {"kms:PutKeyPolicy", "kms:GetKeyPolicy", "kms:CancelKeyDeletion"} <= set(account["Action"])
    assert all(statement["Condition"] for statement in uses)


def test_account_uses_keys_by_way_of_the_services_that_need_them() -> None:
    ways = {
        (path.name.split(".")[0], statement["Condition"]["StringEquals"]["kms:ViaService"])
        for path in KEYS
        for statement in document(path)["Statement"][1:]
        if "AWS" in statement["Principal"]
    }
    assert ways == {
        ("key-data", "backup.eu-central-1.amazonaws.com"),
        ("key-data", "dynamodb.eu-central-1.amazonaws.com"),
        ("key-images", "ecr.eu-central-1.amazonaws.com"),
        ("key-images", "secretsmanager.eu-central-1.amazonaws.com"),
    }


def test_logs_key_is_used_by_the_log_groups_and_the_alarms_of_this_stack() -> None:
    _, logs, alarms = security("key-logs")["Statement"]
    assert logs["Principal"] == {"Service": "logs.eu-central-1.amazonaws.com"}
    insights = "/aws/ecs/containerinsights/shop-prod/performance"
    groups = ["/ecs/shop-prod", insights, "/vpc/shop-prod", "aws-waf-logs-shop-prod"]
    arns = [f"arn:aws:logs:eu-central-1:123456789012:log-group:{group}" for group in groups]
    # CloudWatch Logs says nothing about itself but the group:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    assert logs["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arns}}
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*"},
        "ArnEquals": {
            "kms:EncryptionContext:aws:sns:topicArn": "arn:aws:sns:eu-central-1:123456789012:shop-prod-alarms"
        },
    }


def test_fargate_encrypts_the_storage_of_tasks_of_this_cluster_and_may_do_no_more() -> None:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-create-storage-key.html
    storage, grants = (one for one in security("key-images")["Statement"] if "Service" in one["Principal"])
    assert storage["Principal"] == grants["Principal"] == {"Service": "fargate.amazonaws.com"}
    assert (storage["Action"], grants["Action"]) == ("kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant")
    cluster = {
        "kms:EncryptionContext:aws:ecs:clusterAccount": "123456789012",
        "kms:EncryptionContext:aws:ecs:clusterName": "shop-prod",
    }
    assert storage["Condition"] == {"StringEquals": cluster}
    decrypt = {"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}}
    assert grants["Condition"] == {"StringEquals": cluster, **decrypt}


def test_alarms_of_the_account_are_published_and_nothing_without_tls() -> None:
    alarms, plain = security("alarm-topic")["Statement"]
    assert (alarms["Principal"], alarms["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert (plain["Effect"], plain["Principal"], plain["Action"]) == ("Deny", "*", "sns:Publish")
    assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_load_balancers_of_the_account_write_to_the_bucket_and_nothing_goes_without_tls() -> None:
    bucket = "arn:aws:s3:::shop-prod-logs-123456789012-eu-central-1"
    logs, plain = security("log-bucket")["Statement"]
    assert logs["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    assert (logs["Action"], logs["Resource"]) == ("s3:PutObject", f"{bucket}/AWSLogs/123456789012/*")
    assert (plain["Effect"], plain["Principal"], plain["Action"]) == ("Deny", "*", "s3:*")
    assert plain["Resource"] == [bucket, f"{bucket}/*"]
    assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_services_of_china_have_names_of_china() -> None:
    _, logs, _ = security("key-logs", "aws-cn")["Statement"]
    assert logs["Principal"] == {"Service": "logs.cn-north-1.amazonaws.com.cn"}


@pytest.mark.parametrize("partition", PARTITIONS)
def test_boundary_is_what_all_roles_may_do(partition: str) -> None:
    roles = [security(name, partition) for name in IDENTITIES]
    boundary = permissions_boundary(roles, [])
    assert list(complaints("boundary", boundary)) == []
    assert set(policies.allowed(boundary)) == {pair for role in roles for pair in policies.allowed(role)}
    for role in roles:
        assert beyond_boundary(role["Statement"], boundary) == []


def test_boundary_leaves_room_for_the_user_under_the_longest_names(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = StackNames("a" * (STACK_NAME_LIMIT - 8), "staging", "123456789012", "us-gov-west-1", "aws-us-gov")
    monkeypatch.setattr(policies, "names_of", lambda partition: longest)
    paths = (SECURITY / f"{name}.json.j2" for name in IDENTITIES)
    roles = [json.loads(policies.text.__wrapped__(path, "aws-us-gov")) for path in paths]
    size = len(json.dumps(permissions_boundary(roles, []), separators=(",", ":")))
    assert 3500 < size < LONGEST - 1000


def test_readme_gives_the_reason_for_every_action_on_all_resources() -> None:
    readme = (ROOT / "roles" / "security" / "README.md").read_text(encoding="utf-8")
    identities = [path for path in TEMPLATES if kind_of(path) not in ("key", "trust")]
    broad = {action for path in identities for action, resource in policies.allowed(document(path)) if resource == "*"}
    assert broad == set(re.findall(r"^\| `([a-z]+:\w+)` \| every resource, because ", readme, re.MULTILINE))


def test_template_that_uses_an_unknown_variable_is_found() -> None:
    template = policies.strict().from_string('{"Resource": "{{ __security_names.queue.arn }}"}')
    with pytest.raises(UndefinedError, match="queue"):
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


@pytest.mark.parametrize("document", ["trust-tasks", "trust-backup"])
@pytest.mark.parametrize(("operator", "key"), [("StringEquals", "aws:SourceAccount"), ("ArnLike", "aws:SourceArn")])
def test_trust_without_a_source_is_found(document: str, operator: str, key: str) -> None:
    broken = json.loads(json.dumps(security(document)))
    condition = broken["Statement"][0]["Condition"]
    del condition[next(name for name in condition if name.startswith(operator))]
    assert list(policies.trust_complaints(broken)) == [f"has no {key}"]


def test_trust_of_a_service_that_says_where_it_comes_from_asks_for_it() -> None:
    broken = json.loads(json.dumps(security("trust-infrastructure")))
    broken["Statement"][0]["Principal"]["Service"] = "ecs-tasks.amazonaws.com"
    assert list(policies.trust_complaints(broken)) == ["has no aws:SourceAccount", "has no aws:SourceArn"]


@pytest.mark.parametrize(
    ("sid", "action", "complaint"),
    [
        (policies.ADMINISTRATION, "kms:*", "allows kms:*"),
        (policies.ADMINISTRATION, "kms:Decrypt", "allows kms:Decrypt on every resource"),
        (policies.ADMINISTRATION, "kms:CreateGrant", "allows kms:CreateGrant on every resource"),
        ("Use", "kms:DescribeKey", "allows kms:DescribeKey on every resource"),
    ],
)
def test_key_that_the_account_could_use_by_itself_is_found(sid: str, action: str, complaint: str) -> None:
    broken = policy(Sid=sid, Action=action, Resource="*")
    del broken["Statement"][0]["Condition"]
    assert complaint in list(complaints("key", broken))

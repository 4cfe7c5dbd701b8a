# SPDX-License-Identifier: GPL-3.0-or-later
"""The IAM documents of the roles, rendered with realistic names, and what may be said against them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from ansible_collections.palisade.ecs.plugins.plugin_utils._endpoint_policies import compile_policies
from ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names import StackNames
from jinja2 import Environment, StrictUndefined

from tests.unit.house.checkout import ROOT, load

Statement = dict[str, Any]
TEMPLATES = sorted(ROOT.glob("roles/*/templates/policies/*.json.j2"))
PARTITIONS = {"aws": "eu-central-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, and those of KMS and VPC endpoints.
LIMITS = {"endpoint": 20480, "image": 20480, "key": 32768, "table": 20480, "trust": 2048}
LIMITS |= dict.fromkeys(("execution", "task", "infrastructure", "flow", "backup", "boundary"), 6144)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html; SNS has the limit of messages.
LIMITS |= {"log": 20480, "alarm": 30720}
# AWS offers no narrower way; the role's README says why.
BROAD = {
    ("LogInToTheRegistry", "ecr:GetAuthorizationToken"),
    ("LookAtLoadBalancers", "elasticloadbalancing:DescribeListeners"),
    ("LookAtLoadBalancers", "elasticloadbalancing:DescribeRules"),
    ("LookAtLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"),
    ("LookAtLoadBalancers", "elasticloadbalancing:DescribeTargetHealth"),
}
# What a key's document lets the account do with it, which is no use of the key. There * means this key.
ADMINISTRATION = "AccountAdministersTheKeyByIAM"
# Actions that are no operations of their own.
PERMISSIONS_ONLY = {
    "dynamodb:ConditionCheckItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:RestoreTableFromAwsBackup",
    "dynamodb:StartAwsBackupJob",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
USES_OF_KEYS = {
    *("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
    *("kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant"),
}
ENDPOINT_ID = "vpce-0a1b2c3d4e5f67890"
MODELS = {"elasticloadbalancing": "elbv2"}
SAY_NOTHING = {"backup.amazonaws.com", "ecs.amazonaws.com"}
# ECR signs the addresses of layers with a principal of its own.
WITHOUT_PRINCIPAL = {"ImageLayersSignedByEcr"}


def kind_of(path: Path) -> str:
    """Return what the document is attached to, the first word of its name."""
    return path.name.removesuffix(".json.j2").split("-")[0]


def names_of(partition: str) -> StackNames:
    return StackNames("shop", "prod", "123456789012", PARTITIONS[partition], partition)


def variables(role: Path, partition: str) -> dict[str, Any]:
    """Return what a template may use: the shared inputs by the role's names, and the names of its vars file."""
    names = names_of(partition)
    prefix = role.name
    shared: dict[str, Any] = {f"{prefix}_stack": names.stack, f"{prefix}_region": names.region}
    shared |= {f"{prefix}_account_id": names.account_id, f"{prefix}_partition": partition}
    vars_file = load(role / "vars" / "main.yml")
    looked_up = {
        key: names.of(re.fullmatch(r"{{ lookup\('palisade.ecs.names', '(\w+)'\) }}", value)[1])  # type: ignore[index]
        for key, value in vars_file[f"__{prefix}_names"].items()
    }
    key_arns = dict.fromkeys(("data", "logs", "images"), names.of("missing_key")["arn"])
    given = {"__data_endpoint_id": ENDPOINT_ID, "data_break_glass_arns": [names.of("account_root")["arn"]]}
    given["__security_tables"] = [names.of("table")]
    return {**shared, f"__{prefix}_names": looked_up, f"__{prefix}_key_arns": key_arns, **given}


def strict() -> Environment:
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - JSON, not HTML
    environment.filters["to_json"] = json.dumps
    return environment


@cache
def text(path: Path, partition: str = "aws") -> str:
    template = strict().from_string(path.read_text(encoding="utf-8"))
    return template.render(variables(path.parents[2], partition))


def document(path: Path, partition: str = "aws") -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text(path, partition))
    return parsed


def endpoint_policies(services: Sequence[str], partition: str = "aws") -> dict[str, Any]:
    """Return the policies of endpoints as the role security compiles them, from the same documents."""
    role = ROOT / "roles" / "security"
    names = names_of(partition)
    grants = []
    for given in load(role / "vars" / "main.yml")["__security_endpoint_grants"]:
        (kind,) = re.findall(r"__security_policies\.(\w+)|policies/([\w-]+)\.json", given["policy"])
        grant = {"policy": document(role / "templates" / "policies" / f"{''.join(kind)}.json.j2", partition)}
        if "principal_arn" in given:
            (of,) = re.findall(r"__security_names\.(\w+)\.arn", given["principal_arn"])
            grant["principal_arn"] = names.of(of)["arn"]
        grants.append(grant)
    return dict(compile_policies(grants, services))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def allowed(policy: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return each action with each resource that a document allows."""
    for statement in policy["Statement"]:
        for action in listed(statement["Action"]):
            yield from ((action, resource) for resource in listed(statement["Resource"]))


def complaints(kind: str, policy: dict[str, Any]) -> Iterator[str]:
    """Say what is wrong with a document, whatever it is attached to."""
    if policy.get("Version") != "2012-10-17":
        yield "has another version"
    if len(json.dumps(policy, separators=(",", ":"))) > LIMITS[kind]:
        yield "is too long"
    sids = [statement.get("Sid") for statement in policy["Statement"]]
    if not all(sids) or len(set(sids)) != len(sids):
        yield "has a statement without a Sid of its own"
    for statement in policy["Statement"]:
        yield from too_broad(statement)
        yield from (f"names {action}, which does not exist" for action in unknown_actions(statement))
        # A role that is made anew is another principal: the document would go on naming the old one.
        if ":role/" in json.dumps(statement.get("Principal", "")):
            yield "names a role as principal"


def too_broad(statement: Statement) -> Iterator[str]:
    if statement["Effect"] == "Deny":
        return
    inverted = {"NotAction", "NotResource", "NotPrincipal"} & statement.keys()
    if inverted:
        yield f"uses {', '.join(sorted(inverted))}"
    if statement["Effect"] == "Deny":
        return
    for action in listed(statement.get("Action", [])):
        if (statement.get("Sid"), action) in BROAD:
            continue
        if action.rpartition(":")[2] == "*":
            yield f"allows {action}"
        elif "*" in listed(statement.get("Resource", [])) and not _for_one_purpose(statement):
            yield f"allows {action} on every resource"


def _for_one_purpose(statement: Statement) -> bool:
    # In the document of a key, where * means this key, a condition says what for.
    if statement.get("Sid") == ADMINISTRATION:
        return "Condition" not in statement and not USES_OF_KEYS & set(listed(statement["Action"]))
    operators = statement.get("Condition", {}).values()
    purposes = ("kms:EncryptionContext:", "kms:ViaService")
    return "Principal" in statement and any(key.startswith(purposes) for tests in operators for key in tests)


def unknown_actions(statement: Statement) -> list[str]:
    actions = (action for action in listed(statement.get("Action", [])) if action != "*")
    return [action for action in actions if not _is_known(action)]


def _is_known(action: str) -> bool:
    service, _, pattern = action.partition(":")
    return action in PERMISSIONS_ONLY or any(fnmatchcase(operation, pattern) for operation in operations(service))


@cache
def operations(service: str) -> tuple[str, ...]:
    return tuple(botocore.session.get_session().get_service_model(MODELS.get(service, service)).operation_names)


def endpoint_complaints(policy: dict[str, Any]) -> Iterator[str]:
    """Say what is wrong with the document of a VPC endpoint: principals other than * are silently useless there."""
    for statement in policy["Statement"]:
        if statement.get("Principal") != "*":
            yield f"{statement['Sid']} has another principal than *"
        restricted = "aws:PrincipalArn" in statement.get("Condition", {}).get("ArnEquals", {})
        if restricted == (statement["Sid"] in WITHOUT_PRINCIPAL):
            yield f"{statement['Sid']} has {'a' if restricted else 'no'} condition on the principal"


def trust_complaints(policy: dict[str, Any]) -> Iterator[str]:
    """Say how a service could be talked into assuming a role for another account."""
    for statement in policy["Statement"]:
        condition = statement.get("Condition", {})
        # Some services are not documented to say where they come from; the others have to.
        end = "IfExists" if statement["Principal"]["Service"] in SAY_NOTHING else ""
        if not condition.get(f"StringEquals{end}", {}).get("aws:SourceAccount", "").isdigit():
            yield "has no aws:SourceAccount"
        if ":123456789012:" not in condition.get(f"ArnLike{end}", {}).get("aws:SourceArn", ""):
            yield "has no aws:SourceArn"

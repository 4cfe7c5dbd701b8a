# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, roles and groups of a stack, made by playbooks and checked by asking AWS."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.e2e.site import STACK, Site
from tests.integration.roles.edge_site import INPUTS

REGION = "eu-central-1"
POLICY = f"arn:aws:iam::123456789012:policy/{STACK}-{REGION}"
PURPOSES = ("execution", "task", "infrastructure", "flow-log", "backup")
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
QUEUE = f"arn:aws:sqs:{REGION}:123456789012:orders"
SEND = {"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
PAYMENTS = {"description": "Payments (card)", "port": 443, "cidrs": ["192.0.2.0/24", "198.51.100.0/24"]}


def run(site: Site, **inputs: Any) -> int:
    """Run the role and return how many tasks changed something."""
    (changed,) = re.findall(r"changed=(\d+)", site.playbook("--tags", "security", "-e", json.dumps(inputs)))
    return int(changed)


def document(iam: Any, arn: str) -> Any:
    """Return the document that holds of a policy."""
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def key_arns(site: Site) -> dict[str, str]:
    """Return the keys by the alias that they have."""
    kms = site.client("kms")
    aliases = [one for one in kms.list_aliases()["Aliases"] if one["AliasName"].startswith(f"alias/{STACK}")]
    keys = {key["KeyId"]: key["KeyArn"] for key in kms.list_keys()["Keys"]}
    return {one["AliasName"]: keys[one["TargetKeyId"]] for one in aliases}


def test_second_run_changes_nothing(site: Site) -> None:
    assert run(site) == 0


def test_each_purpose_has_a_key_of_its_own_that_is_rotated(site: Site) -> None:
    kms, keys = site.client("kms"), key_arns(site)
    assert set(keys) == {f"alias/{STACK}-{purpose}" for purpose in ("data", "logs", "images")}
    assert len(set(keys.values())) == 3
    assert all(kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"] for arn in keys.values())


def test_logs_and_images_are_encrypted_with_their_keys(site: Site) -> None:
    keys = key_arns(site)
    (group,) = site.client("logs").describe_log_groups(logGroupNamePrefix=f"/ecs/{STACK}")["logGroups"]
    assert group["kmsKeyId"] == keys[f"alias/{STACK}-logs"]
    (repository,) = site.client("ecr").describe_repositories()["repositories"]
    assert repository["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": keys[f"alias/{STACK}-images"]}


def actions(statement: dict[str, Any]) -> set[str]:
    return {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])


def conditions(statement: dict[str, Any]) -> set[tuple[str, str, str]]:
    found = statement.get("Condition", {})
    return {(operator, key, json.dumps(value)) for operator in found for key, value in found[operator].items()}


def covers(higher: dict[str, Any], one: dict[str, Any]) -> bool:
    """Say whether a statement allows all that another does, on the same resource: the boundary says nothing twice."""
    same = higher["Resource"] == one["Resource"]
    return same and actions(one) <= actions(higher) and conditions(higher) <= conditions(one)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_role_has_its_policy_alone_and_the_boundary(site: Site, purpose: str) -> None:
    iam, name = site.client("iam"), f"{STACK}-{REGION}-{purpose}"
    role = iam.get_role(RoleName=name)["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == f"{POLICY}-boundary"
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [f"{POLICY}-{purpose}"]
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == []
    ceiling = document(iam, f"{POLICY}-boundary")["Statement"]
    statements = document(iam, f"{POLICY}-{purpose}")["Statement"]
    assert [one for one in statements if not any(covers(higher, one) for higher in ceiling)] == []


def test_policies_name_the_key_of_the_table(site: Site) -> None:
    key, iam = key_arns(site)[f"alias/{STACK}-data"], site.client("iam")
    for purpose in ("task", "backup"):
        statements = document(iam, f"{POLICY}-{purpose}")["Statement"]
        assert {one["Resource"] for one in statements if "kms:" in json.dumps(one["Action"])} == {key}


def rules(site: Site, direction: str) -> dict[str, list[Any]]:
    """Return the rules of the stack's groups, by the name of the group."""
    found = site.client("ec2").describe_security_groups(Filters=[{"Name": "tag:palisade:stack", "Values": [STACK]}])
    return {group["GroupName"].removeprefix(f"{STACK}-"): group[direction] for group in found["SecurityGroups"]}


def test_every_rule_is_described(site: Site) -> None:
    kinds = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")
    for direction in ("IpPermissions", "IpPermissionsEgress"):
        for name, permissions in rules(site, direction).items():
            described = [one.get("Description") for rule in permissions for kind in kinds for one in rule.get(kind, [])]
            assert all(described), (name, direction, permissions)
            assert described or (name, direction) == ("endpoints", "IpPermissionsEgress")


@pytest.mark.full
def test_application_gets_more_only_when_the_boundary_does_too(site: Site) -> None:
    inputs = {"security_task_statements": [SEND], "security_task_egress": [PAYMENTS]}
    said = site.run(
        "ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "security", "-e", json.dumps(inputs)
    )
    assert said.returncode == 2
    assert f"does not allow Send: sqs:sendmessage on {QUEUE}" in " ".join(said.stdout.split())
    assert run(site, **inputs, security_boundary_statements=[SEND]) == 3
    iam = site.client("iam")
    for name in ("task", "boundary"):
        assert document(iam, f"{POLICY}-{name}")["Statement"][-1]["Resource"] == QUEUE
    out = [one for rule in rules(site, "IpPermissionsEgress")["task"] for one in rule["IpRanges"]]
    assert sorted((one["CidrIp"], one["Description"]) for one in out) == [
        ("192.0.2.0/24", "Payments (card)"),
        ("198.51.100.0/24", "Payments (card)"),
    ]
    assert run(site, **inputs, security_boundary_statements=[SEND]) == 0
    # Two policies and a group are as they were.
    assert run(site) == 3


def test_what_somebody_attached_is_detached_and_the_boundary_is_put_back(site: Site) -> None:
    iam, name = site.client("iam"), f"{STACK}-{REGION}-task"
    foreign = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=foreign)
    iam.delete_role_permissions_boundary(RoleName=name)
    kms = site.client("kms")
    kms.disable_key_rotation(KeyId=key_arns(site)[f"alias/{STACK}-logs"])
    # A role and a key.
    assert run(site) == 2
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [f"{POLICY}-task"]
    assert "PermissionsBoundary" in iam.get_role(RoleName=name)["Role"]
    assert kms.get_key_rotation_status(KeyId=key_arns(site)[f"alias/{STACK}-logs"])["KeyRotationEnabled"]


def test_keys_and_boundary_of_the_account_are_used_and_left_alone(site: Site) -> None:
    iam, kms = site.client("iam"), site.client("kms")
    ceiling = iam.create_policy(PolicyName="ceiling", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
    key = kms.create_key(Description="theirs")["KeyMetadata"]
    before = kms.get_key_policy(KeyId=key["Arn"], PolicyName="default")["Policy"]
    inputs = {
        "security_permissions_boundary_arn": ceiling,
        "security_key_arns": {"data": key["Arn"], "images": key["Arn"]},
    }
    variables = json.dumps(INPUTS | inputs)
    said = site.playbook("--tags", "security,ecs_service", "-e", variables)
    for purpose in PURPOSES:
        role = iam.get_role(RoleName=f"{STACK}-{REGION}-{purpose}")["Role"]
        assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == ceiling
    assert document(iam, f"{POLICY}-task")["Statement"][-1]["Resource"] == key["Arn"]
    assert kms.get_key_policy(KeyId=key["Arn"], PolicyName="default")["Policy"] == before
    assert kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["Description"] == "theirs"
    # The repository is as it was made, and that is said.
    (repository,) = site.client("ecr").describe_repositories()["repositories"]
    assert repository["encryptionConfiguration"]["kmsKey"] == key_arns(site)[f"alias/{STACK}-images"]
    assert f"is not encrypted with {key['Arn']}" in " ".join(said.split())


def test_boundary_of_the_account_that_is_too_narrow_is_refused(site: Site) -> None:
    iam = site.client("iam")
    narrow = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["ecr:*", "logs:*"], "Resource": "*"}],
    }
    arn = iam.create_policy(PolicyName="narrow", PolicyDocument=json.dumps(narrow))["Policy"]["Arn"]
    inputs = json.dumps({"security_permissions_boundary_arn": arn})
    said = site.run("ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "security", "-e", inputs)
    assert said.returncode == 2
    words = " ".join(said.stdout.split())
    assert f"{arn} does not allow UseTheTable: dynamodb:deleteitem on " in words
    assert "let that policy allow it" in words
    assert "changed=0" in said.stdout

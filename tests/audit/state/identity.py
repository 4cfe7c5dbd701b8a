# SPDX-License-Identifier: GPL-3.0-or-later
"""Read roles, policies and keys of customers."""

from __future__ import annotations

from typing import Any

from tests.audit.state.reading import Clients, Item, State, if_there, pages

# AWS makes and owns these: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
SERVICE_LINKED = "/aws-service-role/"


def read(clients: Clients) -> State:
    """Return roles, customer managed policies, and customer managed keys with their aliases."""
    iam, kms = clients("iam"), clients("kms")
    roles = [role for role in pages(iam, "list_roles", "Roles") if not role["Path"].startswith(SERVICE_LINKED)]
    keys = [_key(kms, key["KeyId"]) for key in pages(kms, "list_keys", "Keys")]
    return {
        "roles": [_role(iam, role["RoleName"]) for role in roles],
        "policies": [_policy(iam, policy["Arn"]) for policy in pages(iam, "list_policies", "Policies", Scope="Local")],
        "keys": [key for key in keys if key["KeyManager"] == "CUSTOMER"],
        "key_aliases": [alias for alias in pages(kms, "list_aliases", "Aliases") if _is_customers(alias)],
    }


def _is_customers(alias: Item) -> bool:
    return "TargetKeyId" in alias and not alias["AliasName"].startswith("alias/aws/")


def _role(iam: Any, name: str) -> Item:
    inline = pages(iam, "list_role_policies", "PolicyNames", RoleName=name)
    role: Item = iam.get_role(RoleName=name)["Role"]
    return role | {
        "AttachedPolicies": pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name),
        "InlinePolicies": [iam.get_role_policy(RoleName=name, PolicyName=policy) for policy in inline],
    }


def _policy(iam: Any, arn: str) -> Item:
    policy: Item = iam.get_policy(PolicyArn=arn)["Policy"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return policy | {"Document": version["Document"]}


def _key(kms: Any, key_id: str) -> Item:
    key: Item = kms.describe_key(KeyId=key_id)["KeyMetadata"]
    if key["KeyManager"] != "CUSTOMER":
        return key
    # A key that is to be deleted has no rotation to ask about.
    rotation = if_there(lambda: kms.get_key_rotation_status(KeyId=key_id), "KMSInvalidStateException") or {}
    return key | {
        "Policy": kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"],
        "KeyRotationEnabled": rotation.get("KeyRotationEnabled", False),
        "RotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "Tags": kms.list_resource_tags(KeyId=key_id)["Tags"],
    }

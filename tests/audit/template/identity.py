# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles, policies and keys as CloudFormation writes them."""

from __future__ import annotations

from tests.audit.state.reading import Item, State
from tests.audit.template.resource import Resource, Resources, document, tags, take


def resources(state: State) -> Resources:
    """Return roles with their policies, and keys with their aliases."""
    for policy in state["policies"]:
        wanted = {"ManagedPolicyName": policy["PolicyName"], "PolicyDocument": document(policy["Document"])}
        known = {policy["Arn"]: ""}
        yield Resource("AWS::IAM::ManagedPolicy", policy["PolicyName"], wanted | take(policy, "Path"), known)
    for role in state["roles"]:
        yield _role(role)
    for key in state["keys"]:
        yield _key(key, state["key_aliases"])
    for alias in state["key_aliases"]:
        wanted = take(alias, "AliasName", "TargetKeyId")
        yield Resource("AWS::KMS::Alias", alias["AliasName"], wanted)


def _role(role: Item) -> Resource:
    wanted = take(role, "RoleName", "Path", "MaxSessionDuration", "Description") | {
        "AssumeRolePolicyDocument": document(role["AssumeRolePolicyDocument"]),
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in role["AttachedPolicies"]],
    }
    inline = [
        {"PolicyName": policy["PolicyName"], "PolicyDocument": document(policy["PolicyDocument"])}
        for policy in role["InlinePolicies"]
    ]
    if inline:
        wanted["Policies"] = inline
    if role.get("PermissionsBoundary"):
        wanted["PermissionsBoundary"] = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
    return Resource("AWS::IAM::Role", role["RoleName"], wanted | tags(role), {role["Arn"]: "Arn"})


def _key(key: Item, aliases: list[Item]) -> Resource:
    wanted = {"EnableKeyRotation": key["KeyRotationEnabled"], "KeyPolicy": document(key["Policy"])}
    rest = take(
        key, "Description", "Enabled", "KeySpec", "KeyUsage", "MultiRegion", RotationPeriodInDays="RotationPeriodInDays"
    )
    named = [alias["AliasName"] for alias in aliases if alias["TargetKeyId"] == key["KeyId"]]
    known = {key["Arn"]: "Arn", key["KeyId"]: ""}
    return Resource("AWS::KMS::Key", (named or [key["KeyId"]])[0], wanted | rest | tags(key), known)

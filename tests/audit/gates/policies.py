# SPDX-License-Identifier: GPL-3.0-or-later
"""Every policy of the state, for the tools that judge policies."""

from __future__ import annotations

from collections.abc import Iterator

from tests.audit.state.reading import Item, State
from tests.audit.template.resource import document, tag

# What the tools ask for and do not judge.
WHEN = "2000-01-01T00:00:00Z"


def documents(state: State) -> dict[str, Item]:
    """Return each policy with a Resource by whose it is; trust policies have none, and Prowler judges those."""
    found = {name: document(policy) for name, policy in _policies(state)}
    return {name: policy for name, policy in found.items() if policy}


def _policies(state: State) -> Iterator[tuple[str, str | Item | None]]:
    aliases = {alias["TargetKeyId"]: alias["AliasName"] for alias in state["key_aliases"]}
    yield from ((f"policy {item['PolicyName']}", item["Document"]) for item in state["policies"])
    for role in state["roles"]:
        for inline in role["InlinePolicies"]:
            yield f"policy {inline['PolicyName']} of role {role['RoleName']}", inline["PolicyDocument"]
    for endpoint in state["vpc_endpoints"]:
        yield f"endpoint {tag(endpoint, 'Name') or endpoint['VpcEndpointId']}", endpoint.get("PolicyDocument")
    yield from ((f"key {aliases.get(key['KeyId'], key['KeyId'])}", key["Policy"]) for key in state["keys"])
    yield from ((f"bucket {bucket['Name']}", bucket["Policy"]) for bucket in state["buckets"])
    yield from ((f"table {table['TableName']}", table["ResourcePolicy"]) for table in state["tables"])
    yield from ((f"repository {item['repositoryName']}", item["Policy"]) for item in state["repositories"])
    yield from ((f"topic {topic['TopicArn'].rpartition(':')[2]}", topic.get("Policy")) for topic in state["topics"])


def authorization_details(state: State) -> Item:
    """Return roles and policies as GetAccountAuthorizationDetails does; in moto, its policies have no names."""
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "RoleDetailList": [_role(role) for role in state["roles"]],
        "Policies": [_policy(policy) for policy in state["policies"]],
    }


def _role(role: Item) -> Item:
    kept = {key: role[key] for key in ("Path", "RoleName", "RoleId", "Arn")}
    return kept | {
        "AssumeRolePolicyDocument": document(role["AssumeRolePolicyDocument"]),
        "CreateDate": WHEN,
        "InstanceProfileList": [],
        "RolePolicyList": [
            {"PolicyName": item["PolicyName"], "PolicyDocument": document(item["PolicyDocument"])}
            for item in role["InlinePolicies"]
        ],
        "AttachedManagedPolicies": role["AttachedPolicies"],
        "Tags": [],
        "RoleLastUsed": {},
    }


def _policy(policy: Item) -> Item:
    version = {"VersionId": policy["DefaultVersionId"], "IsDefaultVersion": True, "CreateDate": WHEN}
    kept = {key: policy[key] for key in ("PolicyName", "PolicyId", "Arn", "Path", "DefaultVersionId")}
    dates = {"CreateDate": WHEN, "UpdateDate": WHEN, "AttachmentCount": 1, "IsAttachable": True}
    return kept | dates | {"PolicyVersionList": [version | {"Document": document(policy["Document"])}]}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Condition keys that a request of a JSON or query protocol fixes itself, and actions that it asks for besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.authorizer.call import Context, HttpRequest
from emulator.authorizer.implied_calls import encryption_context
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID

# Parameters of AssumeRole that are a permission of their own.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
FURTHER = {"Tags.member.1.Key": "TagSession", "SourceIdentity": "SetSourceIdentity"}
STS_KEYS = {"ExternalId": "sts:externalid", "RoleSessionName": "sts:rolesessionname"}
STS_KEYS["SourceIdentity"] = "sts:sourceidentity"
GIVES_BOUNDARY = frozenset({"CreateRole", "PutRolePermissionsBoundary"})
WITH_BOUNDARY = frozenset({"AttachRolePolicy", "CreateRole", "DeleteRolePermissionsBoundary", "DeleteRolePolicy"})
WITH_BOUNDARY |= {"DetachRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy"}
SCALING_KEYS = {"ServiceNamespace": "application-autoscaling:service-namespace"}
SCALING_KEYS["ScalableDimension"] = "application-autoscaling:scalable-dimension"


def of(http: HttpRequest, inventory: Inventory) -> Context:
    """Return the keys of a request."""
    reader = READERS.get(http.service)
    return reader(http, inventory) if reader else {}


def further_operations(http: HttpRequest) -> tuple[str, ...]:
    """Return what else has to be allowed."""
    if http.service != "sts":
        return ()
    return tuple(operation for parameter, operation in FURTHER.items() if parameter in http.form)


def _kms(http: HttpRequest, inventory: Inventory) -> Context:
    pairs = http.arguments.get("EncryptionContext")
    name = str(http.arguments.get("KeyId", ""))
    # "the alias that identifies the KMS key in the request": kms/latest/developerguide/conditions-kms.
    alias = {"kms:requestalias": (name.rpartition(":")[2],)} if "alias/" in name else {}
    return {**alias, **(encryption_context(pairs) if isinstance(pairs, Mapping) else {})}


def _sts(http: HttpRequest, inventory: Inventory) -> Context:
    return {key: (http.form[name],) for name, key in STS_KEYS.items() if name in http.form}


def _iam(http: HttpRequest, inventory: Inventory) -> Context:
    """The boundary is that which a role is to get, or of one that gets something else that which it has.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    """
    form = http.form
    found: dict[str, tuple[str, ...]] = {}
    if http.operation == "CreateServiceLinkedRole":
        found["iam:awsservicename"] = (form.get("AWSServiceName", ""),)
    if http.operation in {"AttachRolePolicy", "DetachRolePolicy"}:
        found["iam:policyarn"] = (form.get("PolicyArn", ""),)
    if http.operation in WITH_BOUNDARY:
        given = http.operation in GIVES_BOUNDARY
        boundary = form.get("PermissionsBoundary") if given else inventory.role_boundary(form.get("RoleName", ""))
        found |= {"iam:permissionsboundary": (boundary,)} if boundary else {}
    return found


def _scaling(http: HttpRequest, inventory: Inventory) -> Context:
    if http.operation.startswith("Describe"):
        return {}
    return {key: (http.arguments[name],) for name, key in SCALING_KEYS.items() if name in http.arguments}


def _ecs(http: HttpRequest, inventory: Inventory) -> Context:
    cluster = http.arguments.get("cluster")
    if not cluster:
        return {}
    return {"ecs:cluster": (f"arn:aws:ecs:{http.region}:{ACCOUNT_ID}:cluster/{cluster.rpartition('/')[2]}",)}


READERS: Mapping[str, Callable[[HttpRequest, Inventory], Context]] = {
    "application-autoscaling": _scaling,
    "ecs": _ecs,
    "iam": _iam,
    "kms": _kms,
    "sts": _sts,
}

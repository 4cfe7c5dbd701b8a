# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers between a task and what it should not reach, each of which can be opened wide for a while."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from tests.e2e.site import STACK, Site
from tests.probes.documents import EndpointPolicy, KeyPolicy
from tests.probes.expectation import ENDPOINTS
from tests.probes.operations import OUR_ACCOUNT, REGION

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ROLES = tuple(f"{STACK}-{REGION}-{purpose}" for purpose in ("task", "execution"))
ANYWHERE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _for(principal: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**EVERYTHING["Statement"][0], "Principal": principal}]}


@contextmanager
def _open_identities(site: Site) -> Iterator[None]:
    iam = site.client("iam")
    for name in ROLES:
        iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))
    try:
        yield
    finally:
        for name in ROLES:
            iam.delete_role_policy(RoleName=name, PolicyName="everything")


@contextmanager
def _no_boundary(site: Site) -> Iterator[None]:
    iam = site.client("iam")
    limits = {name: iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"] for name in ROLES}
    for name in ROLES:
        iam.delete_role_permissions_boundary(RoleName=name)
    try:
        yield
    finally:
        for name, limit in limits.items():
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=limit["PermissionsBoundaryArn"])


@contextmanager
def _open_endpoints(site: Site) -> Iterator[None]:
    with ExitStack() as opened:
        for service in ENDPOINTS:
            opened.enter_context(EndpointPolicy(site, service).having(_for("*")))
        yield


@contextmanager
def _open_key(site: Site) -> Iterator[None]:
    """Leave to IAM who uses the key of the table, as AWS's default policy of a key does."""
    with KeyPolicy(site, "data").having(_for({"AWS": f"arn:aws:iam::{OUR_ACCOUNT}:root"})):
        yield


@contextmanager
def _open_group(site: Site) -> Iterator[None]:
    ec2 = site.client("ec2")
    named = [{"Name": "group-name", "Values": [f"{STACK}-task"]}]
    (group,) = ec2.describe_security_groups(Filters=named)["SecurityGroups"]
    ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=[ANYWHERE])
    try:
        yield
    finally:
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=[ANYWHERE])


LAYERS: Mapping[str, Callable[[Site], AbstractContextManager[None]]] = {
    "identity policy": _open_identities,
    "boundary": _no_boundary,
    "endpoint policy": _open_endpoints,
    "key policy": _open_key,
    "security group": _open_group,
}


@contextmanager
def opened(site: Site, names: Iterable[str]) -> Iterator[None]:
    """Open layers for the length of a block."""
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(LAYERS[name](site))
        yield

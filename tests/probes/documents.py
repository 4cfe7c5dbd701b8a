# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of a deployed stack, each of which can say something else for a while."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.e2e.site import STACK, Site
from tests.probes.operations import OUR_ACCOUNT, REGION
from tests.unit.house.checkout import ROOT
from tests.unit.roles.policies import ENDPOINT_ID, text

Policy = dict[str, Any]


class Document:
    """A document and where it is kept. `layer` is the kind of policy that it is to the authorizer."""

    layer = ""

    def __init__(self, site: Site, name: str) -> None:
        self.name = name
        self._connect(site)
        self.policy = self._get()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Have what `put` has changed put right at the end of a block."""
        try:
            yield
        finally:
            self.put(self.policy)

    @contextmanager
    def having(self, policy: Policy) -> Iterator[None]:
        """Let it say something else in a block."""
        with self.changing():
            self.put(policy)
            yield

    def put(self, policy: Policy) -> None:
        """Let it say something else."""
        raise NotImplementedError

    def _connect(self, site: Site) -> None:
        raise NotImplementedError

    def _get(self) -> Policy:
        raise NotImplementedError


class EndpointPolicy(Document):
    """The policy of the endpoint for a service."""

    layer = "VPC endpoint policy"

    def _connect(self, site: Site) -> None:
        self._ec2 = site.client("ec2")

    def _get(self) -> Policy:
        name = {"Name": "service-name", "Values": [f"com.amazonaws.{REGION}.{self.name}"]}
        ours = {"Name": "tag:palisade:stack", "Values": [STACK]}
        (found,) = self._ec2.describe_vpc_endpoints(Filters=[name, ours])["VpcEndpoints"]
        self._id = found["VpcEndpointId"]
        return dict(json.loads(found["PolicyDocument"]))

    def put(self, policy: Policy) -> None:
        self._ec2.modify_vpc_endpoint(VpcEndpointId=self._id, PolicyDocument=json.dumps(policy))


class ManagedPolicy(Document):
    """A customer-managed policy, of a role or the boundary, by the last part of its name."""

    layer = "identity-based policy"

    def _connect(self, site: Site) -> None:
        self._iam = site.client("iam")
        self.arn = f"arn:aws:iam::{OUR_ACCOUNT}:policy/{STACK}-{REGION}-{self.name}"
        self._first = self._version = self._iam.get_policy(PolicyArn=self.arn)["Policy"]["DefaultVersionId"]

    def _get(self) -> Policy:
        found = self._iam.get_policy_version(PolicyArn=self.arn, VersionId=self._first)
        return dict(found["PolicyVersion"]["Document"])

    def put(self, policy: Policy) -> None:
        """Make another version the default; IAM keeps five, so the one before goes."""
        before = self._version
        if policy == self.policy:
            self._version = self._first
            self._iam.set_default_policy_version(PolicyArn=self.arn, VersionId=self._first)
        else:
            made = self._iam.create_policy_version(
                PolicyArn=self.arn, PolicyDocument=json.dumps(policy), SetAsDefault=True
            )
            self._version = made["PolicyVersion"]["VersionId"]
        if before not in (self._first, self._version):
            self._iam.delete_policy_version(PolicyArn=self.arn, VersionId=before)


class Boundary(ManagedPolicy):
    """The permissions boundary of the stack's roles."""

    layer = "permissions boundary"


class KeyPolicy(Document):
    """The policy of a key, by its purpose."""

    layer = "resource-based policy"

    def _connect(self, site: Site) -> None:
        self._kms = site.client("kms")
        self.arn = key_arns(site)[self.name]

    def _get(self) -> Policy:
        return dict(json.loads(self._kms.get_key_policy(KeyId=self.arn, PolicyName="default")["Policy"]))

    def put(self, policy: Policy) -> None:
        self._kms.put_key_policy(
            KeyId=self.arn, PolicyName="default", Policy=json.dumps(policy), BypassPolicyLockoutSafetyCheck=True
        )


class TrustPolicy(Document):
    """Who may act in a role, by its purpose."""

    layer = "resource-based policy"

    def _connect(self, site: Site) -> None:
        self._iam = site.client("iam")
        self._role = f"{STACK}-{REGION}-{self.name}"

    def _get(self) -> Policy:
        return dict(self._iam.get_role(RoleName=self._role)["Role"]["AssumeRolePolicyDocument"])

    def put(self, policy: Policy) -> None:
        self._iam.update_assume_role_policy(RoleName=self._role, PolicyDocument=json.dumps(policy))


class TablePolicy(Document):
    """The policy of the table. The role `data` does not run here: it is what that role would make of its template."""

    layer = "resource-based policy"

    def _connect(self, site: Site) -> None:
        self._dynamodb = site.client("dynamodb")
        found = site.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        (self.endpoint_id,) = (one["VpcEndpointId"] for one in found if one["ServiceName"].endswith(".dynamodb"))

    def _get(self) -> Policy:
        written = text(ROOT / "roles" / "data" / "templates" / "policies" / "table.json.j2")
        return dict(json.loads(written.replace("shop-prod", STACK).replace(ENDPOINT_ID, self.endpoint_id)))

    def put(self, policy: Policy) -> None:
        arn = f"arn:aws:dynamodb:{REGION}:{OUR_ACCOUNT}:table/{self.name}"
        self._dynamodb.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))


def key_arns(site: Site) -> Mapping[str, str]:
    """Return the keys of the stack by purpose."""
    aliases = site.client("kms").list_aliases()["Aliases"]
    start = f"alias/{STACK}-"
    named = {one["AliasName"].removeprefix(start): one for one in aliases if one["AliasName"].startswith(start)}
    return {purpose: f"arn:aws:kms:{REGION}:{OUR_ACCOUNT}:key/{one['TargetKeyId']}" for purpose, one in named.items()}

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about the policy of a VPC endpoint, as pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import (
    Policy,
    compact,
    differ,
    pretty,
)
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import PLACEHOLDER_ID, is_leaving, state_of

# https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
FULL_ACCESS: Policy = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


@dataclass(frozen=True)
class Wanted:
    """Which endpoint, by id or by VPC and service, and its policy; None means AWS's default."""

    vpc_endpoint_id: str
    vpc_id: str
    service_name: str
    policy: Policy | None

    def __post_init__(self) -> None:
        if not self.vpc_endpoint_id and not (self.vpc_id and self.service_name):
            raise PlanError("name the endpoint by vpc_endpoint_id, or by vpc_id and service: empty strings do not")

    def __str__(self) -> str:
        return self.vpc_endpoint_id or f"for {self.service_name} in {self.vpc_id}"

    @property
    def may_be_yet_to_come(self) -> bool:
        """Tell whether an earlier task could create it: nobody can create a given id."""
        return self.vpc_endpoint_id in ("", PLACEHOLDER_ID)


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as EC2 knows it; one that does not exist has no id, type, state or policy."""

    vpc_endpoint_id: str
    service_name: str
    vpc_endpoint_type: str = ""
    state: str = ""
    policy: Policy | None = None

    def as_result(self) -> dict[str, Any]:
        """Say it as a module returns it."""
        return {
            "vpc_endpoint_id": self.vpc_endpoint_id,
            "service_name": self.service_name,
            "vpc_endpoint_type": self.vpc_endpoint_type,
            "state": self.state,
            "policy": self.policy or {},
            "is_full_access": self.policy is not None and is_full_access(self.policy),
        }

    @property
    def is_gateway(self) -> bool:
        return self.vpc_endpoint_type.lower() == "gateway"

    @property
    def is_available(self) -> bool:
        return self.state == "available"


@dataclass(frozen=True)
class Change:
    """The policy of an endpoint before and after, equal if nothing is to be done."""

    endpoint: Endpoint
    wanted: Wanted
    after: Policy | None

    @property
    def before(self) -> Policy | None:
        return self.endpoint.policy

    def __bool__(self) -> bool:
        return self.before != self.after

    @property
    def request(self) -> dict[str, Any]:
        """Say it as ModifyVpcEndpoint wants it, which documents ResetPolicy for gateway endpoints only."""
        if self.wanted.policy is None and self.endpoint.is_gateway:
            return {"ResetPolicy": True}
        return {"PolicyDocument": compact(self.after or {})}

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Say it as the module returns it, with the same keys in every mode."""
        result: dict[str, Any] = {
            "changed": bool(self),
            "vpc_endpoint_id": self.endpoint.vpc_endpoint_id,
            "service_name": self.endpoint.service_name,
            "vpc_endpoint_type": self.endpoint.vpc_endpoint_type,
            "policy": self.after or {},
        }
        if diff:
            header = f"policy of VPC endpoint {self.wanted}"
            before, after = pretty(self.before or {}), pretty(self.after or {})
            result["diff"] = {"before_header": header, "after_header": header, "before": before, "after": after}
        return result


def read(description: Mapping[str, Any]) -> Endpoint:
    """Read an endpoint as EC2 describes it."""
    # An endpoint whose service knows no policies has none: AWS allows full access through it.
    document = description.get("PolicyDocument")
    return Endpoint(
        vpc_endpoint_id=description["VpcEndpointId"],
        service_name=description["ServiceName"],
        vpc_endpoint_type=description["VpcEndpointType"],
        state=state_of(description),
        policy=json.loads(document) if document else FULL_ACCESS,
    )


def is_full_access(policy: Policy) -> bool:
    """Tell whether a policy is AWS's default, which grants the same in whatever version of the language it is."""
    return not differ({**policy, "Version": FULL_ACCESS["Version"]}, FULL_ACCESS)


def select(found: Sequence[Mapping[str, Any]], wanted: Wanted, check_mode: bool) -> Endpoint:
    """Pick the endpoint that is meant; in check mode it may be one that does not exist yet."""
    alive = [description for description in found if not is_leaving(description)]
    if len(alive) > 1:
        ids = ", ".join(sorted(description["VpcEndpointId"] for description in alive))
        raise PlanError(f"there is more than one VPC endpoint {wanted}: {ids}; choose one by vpc_endpoint_id")
    if alive:
        return read(alive[0])
    if wanted.policy is None or (check_mode and wanted.may_be_yet_to_come):
        return Endpoint(vpc_endpoint_id="", service_name=wanted.service_name)
    raise PlanError(f"there is no VPC endpoint {wanted}; this module sets the policy of one that exists")


def plan(endpoint: Endpoint, wanted: Wanted) -> Change:
    """Compare by meaning; what means the same stays as it is written."""
    return Change(endpoint, wanted, after=endpoint.policy if _is_settled(endpoint, wanted) else _target(wanted))


def _target(wanted: Wanted) -> Policy:
    return FULL_ACCESS if wanted.policy is None else wanted.policy


def _is_settled(endpoint: Endpoint, wanted: Wanted) -> bool:
    if endpoint.policy is None:
        return wanted.policy is None
    if wanted.policy is None:
        return is_full_access(endpoint.policy)
    return not differ(endpoint.policy, wanted.policy)

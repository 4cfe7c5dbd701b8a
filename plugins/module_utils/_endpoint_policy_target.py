# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the policy of one VPC endpoint must be like: one function per rule, each yields what is wrong.

Its type and its service decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._endpoint_policy_rules import CONSIDERATIONS
from ansible_collections.palisade.ecs.plugins.module_utils._policy_patterns import is_about_all, is_about_any
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import Policy, listed, numbered

SUPPORT = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"
LAYERS = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms"
ACTIONS = (
    "https://docs.aws.amazon.com/service-authorization/latest/reference/"
    "reference_policies_actions-resources-contextkeys.html"
)

# Dated 2026-11: whose actions go through which endpoint, where it is known. Other services are not judged.
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "application-autoscaling": ("application-autoscaling",),
    "dynamodb": ("dynamodb",),
    "ec2": ("ec2",),
    "ec2messages": ("ec2messages",),
    "ecr.api": ("ecr",),
    "ecr.dkr": ("ecr",),
    "ecs": ("ecs",),
    "events": ("events",),
    "kms": ("kms",),
    "lambda": ("lambda",),
    "logs": ("logs",),
    "monitoring": ("cloudwatch",),
    "s3": ("s3",),
    "secretsmanager": ("secretsmanager",),
    "sns": ("sns",),
    "sqs": ("sqs",),
    "ssm": ("ssm",),
    "ssmmessages": ("ssmmessages",),
    "sts": ("sts",),
    "xray": ("xray",),
}
# What tells principals apart, in lower case and without what follows a slash.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
PRINCIPAL_KEYS = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:principaltag",
    "aws:userid",
)
NARROWING = re.compile(r"(foranyvalue:)?(arn(equals|like)|string(equals(ignorecase)?|like)|bool)")


@dataclass(frozen=True)
class Target:
    """The endpoint that a policy is for; its type is "" as long as it does not exist."""

    service_name: str
    vpc_endpoint_type: str = ""

    @property
    def is_gateway(self) -> bool:
        return self.vpc_endpoint_type.lower() == "gateway"

    @property
    def service(self) -> str:
        """Return the short name, as `s3` of `com.amazonaws.eu-central-1.s3`, or "" if it has another form."""
        return (re.match(r"(?:cn\.)?com\.amazonaws\.[^.]+\.(.+)", self.service_name) or ["", ""])[1]

    @property
    def layer_objects(self) -> str:
        """Return the ARN of all objects of the bucket that Amazon ECR keeps the layers of images in."""
        region = self.service_name.removeprefix("cn.").split(".")[2]
        starts = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        partition = next((name for start, name in starts.items() if region.startswith(start)), "aws")
        return f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*"


def principals_are_everybody(policy: Policy, target: Target) -> Iterator[str]:
    """AWS: a gateway endpoint needs the Principal "*" everywhere; it takes others and never matches them."""
    for number, statement in numbered(policy) if target.is_gateway else ():
        if statement.get("Principal") not in ("*", {"AWS": "*"}, {"AWS": ["*"]}):
            yield (
                f"statement {number} names principals, which a gateway endpoint cannot tell apart: write "
                '"Principal": "*" and name the role in a condition, "Condition": {"ArnEquals": {"aws:PrincipalArn": '
                f'"<ARN of the role>"}}}}. See {CONSIDERATIONS}'
            )


def principals_are_restricted(policy: Policy, target: Target) -> Iterator[str]:
    """A gateway endpoint that allows everybody needs a condition on who it is, but for the layers of images."""
    for number, statement in numbered(policy) if target.is_gateway else ():
        if statement["Effect"] == "Deny" or _is_restricted(statement):
            continue
        if not (target.service == "s3" and _allows_layers_only(statement, target)):
            yield (
                f"statement {number} allows everybody's requests through: add a condition on the principal, as "
                '"Condition": {"ArnEquals": {"aws:PrincipalArn": "<ARN of the role>"}}; only s3:GetObject on '
                f"ECR's layer bucket goes without, and state: absent is for full access. See {CONSIDERATIONS}"
            )


def layers_get_through(policy: Policy, target: Target) -> Iterator[str]:
    """AWS: ECR signs the addresses of layers itself, so s3:GetObject on its bucket must be allowed to everybody."""
    if not (target.is_gateway and target.service == "s3"):
        return
    layers = target.layer_objects
    allowed = False
    for number, statement in numbered(policy):
        if statement["Effect"] == "Allow":
            allowed = allowed or (not statement.get("Condition") and is_about_all(statement, "s3:getobject", layers))
        elif is_about_any(statement, "s3:getobject", layers):
            yield f"statement {number} denies s3:GetObject on {layers}, {_CUT_OFF}"
    if not allowed:
        yield f"no statement allows s3:GetObject on {layers} without a condition, {_CUT_OFF}"


_CUT_OFF = (
    "without which no image can be pulled through this endpoint, because ECR signs those requests with a principal of "
    f"its own. If none is, confirm with allow_ecr_cut_off: true. See {LAYERS}"
)


def actions_are_of_the_service(policy: Policy, target: Target) -> Iterator[str]:
    """Through an endpoint go the actions of its service only."""
    known = PREFIXES.get(target.service)
    for number, statement in numbered(policy) if known else ():
        for action in [*listed(statement.get("Action", [])), *listed(statement.get("NotAction", []))]:
            if action != "*" and str(action).split(":", 1)[0].lower() not in (known or ()):
                yield (
                    f"statement {number} has the action {action}, but through an endpoint for {target.service} go "
                    f"actions of {' and '.join(known or ())} only. See {ACTIONS}"
                )


def service_has_policies(details: Sequence[Mapping[str, Any]], target: Target) -> Iterator[str]:
    """AWS: some services know no endpoint policies and let everything through. `details` is what EC2 says of it."""
    of_type = [
        detail
        for detail in details
        if target.vpc_endpoint_type.lower() in ("", *(kind["ServiceType"].lower() for kind in detail["ServiceType"]))
    ]
    if of_type and not any(detail.get("VpcEndpointPolicySupported") for detail in of_type):
        yield (
            f"{target.service_name} supports no endpoint policies and would let everything through: restrict it by "
            f"the security groups of the endpoint and by identity policies instead. See {SUPPORT}"
        )


def problems(policy: Policy, target: Target, allow_ecr_cut_off: bool) -> Iterator[str]:
    """Yield everything that is wrong with a policy for this endpoint."""
    yield from actions_are_of_the_service(policy, target)
    yield from principals_are_everybody(policy, target)
    yield from principals_are_restricted(policy, target)
    if not allow_ecr_cut_off:
        yield from layers_get_through(policy, target)


def _is_restricted(statement: Mapping[str, Any]) -> bool:
    """Tell whether a condition holds for some principals only."""
    return any(
        _tells_apart(operator, key) and all(_is_narrow(str(value)) for value in listed(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _tells_apart(operator: str, key: str) -> bool:
    """Look at a test without its value. IfExists and ForAllValues hold for principals that lack the key."""
    name = key.lower().split("/")[0]
    return name in PRINCIPAL_KEYS and NARROWING.fullmatch(operator.lower()) is not None


def _is_narrow(value: str) -> bool:
    return value.lower() != "false" and bool(value.strip("*?"))


def _allows_layers_only(statement: Mapping[str, Any], target: Target) -> bool:
    actions = [str(action).lower() for action in listed(statement.get("Action", []))]
    return actions == ["s3:getobject"] and listed(statement.get("Resource", [])) == [target.layer_objects]

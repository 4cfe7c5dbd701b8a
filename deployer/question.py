# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked in the deployer's name, for any stack: its names give way to placeholders, ids to wildcards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.settings import ACCOUNT_ID, REGION

STACK = "shop-local"
STACK_TAG = "palisade:stack"
PLACEHOLDERS = {"{account}": ACCOUNT_ID, "{region}": REGION, "{stack}": STACK}
# A further service of the stack is named in the inventory, after the stack: whoever may add one, may add any.
FURTHER = {f"{STACK}--styles": "{stack}--*", f"{STACK}-0styles": "{stack}-0*"}
# What AWS gives and nobody can know in advance, by the service of the ARN. Revisions of task definitions count as ids.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ID = re.compile(r"(?<=/)[a-z]+-[0-9a-f]{8,17}$")
_HEX = re.compile(r"/[0-9a-f]{16}(?:/[0-9a-f]{16})*(?:/\*)?$")
_IDS: Mapping[str, re.Pattern[str]] = {
    "acm": _UUID,
    "backup": _UUID,
    "dynamodb": re.compile(r"(?<=/backup/).*$"),
    "ec2": _ID,
    "ecs": re.compile(r"(?<=:)\d+$|(?<=/)\d{19}$|(?<=/)[0-9a-f]{32}$|(?<=/)[A-Za-z0-9_-]{21,22}$"),
    "elasticloadbalancing": _HEX,
    "kms": _UUID,
    "logs": re.compile(r"(?<=:)log-stream:.*$"),
    "route53": re.compile(r"(?<=/)[A-Z0-9]{10,32}$"),
    "sns": _UUID,
    "wafv2": _UUID,
}
WITH_SLASH = frozenset({"elasticloadbalancing"})


class UnknownCallError(ValueError):
    """Calls that the embedded AWS cannot tell the resources of, so that no policy can be made of them."""

    def __init__(self, actions: list[str]) -> None:
        super().__init__(
            f"{', '.join(actions)}: judged without knowing the resources. Teach emulator/authorizer to read them: "
            "deployment_resources.py, ec2_calls.py, s3_calls.py or resources.py."
        )


@dataclass(frozen=True)
class Question:
    """One action on one resource, as the embedded AWS has judged it; keys of the context are lower case."""

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """Return the service of the resource, which is the action's unless a service calls another."""
        return self.action.partition(":")[0]

    @property
    def pattern(self) -> str:
        """Return the resource with placeholders and wildcards."""
        return generalised(self.resource)

    @property
    def makes(self) -> bool:
        """Tell whether the resource is being made, so that it cannot have a tag of anybody's.

        An action that tags could tag what is there, unless a condition key says that it comes with the making.
        """
        tags_only = "Tag" in self.action and not any(key.endswith(":createaction") for key in self.context)
        return self.resource.endswith("/*") and not tags_only

    def tag(self, kind: str) -> str | None:
        """Return the stack that a tag of the request or of the resource names, written as in a policy."""
        found = self.context.get(f"aws:{kind}/{STACK_TAG}")
        return filled_out(found[0]) if found else None


def read(entry: Mapping[str, Any]) -> Question:
    """Return what the embedded AWS has noted."""
    context = {key: tuple(values) for key, values in entry["context"].items()}
    return Question(entry["action"], entry["resource"], context)


def generalised(arn: str) -> str:
    """Return an ARN for any stack."""
    if arn == "*":
        return arn
    _, _, service, rest = arn.split(":", 3)
    if ids := _IDS.get(service):
        rest = ids.sub("/*" if service in WITH_SLASH else "*", rest)
    return f"arn:{{partition}}:{service}:{filled_out(rest)}"


def filled_out(text: str) -> str:
    """Return a text with placeholders in place of the account, the region and the stack that were recorded."""
    for name, pattern in FURTHER.items():
        text = text.replace(name, pattern)
    for placeholder, value in PLACEHOLDERS.items():
        text = text.replace(value, placeholder)
    return re.sub(r"^arn:aws:", "arn:{partition}:", text)

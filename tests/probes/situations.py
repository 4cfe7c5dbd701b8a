# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask, on what, and how: the elements of a question about the policies of a stack, by names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.site import STACK
from tests.probes.operations import OUR_ACCOUNT, REGION

OTHER_ACCOUNT = "111122223333"
PURPOSES = ("task", "execution", "infrastructure", "flow-log", "backup")
KEYS = ("data", "logs", "images")
LOG_GROUPS = {"ours": f"/ecs/{STACK}", "the flow log's": f"/vpc/{STACK}", "the WAF's": f"aws-waf-logs-{STACK}"}
LOG_GROUPS |= {"the insights'": f"/aws/ecs/containerinsights/{STACK}/performance", "another": "/ecs/another"}


def arn(service: str, rest: str, account: str = OUR_ACCOUNT, region: str = REGION) -> str:
    """Return an ARN; the table may be of another account or region."""
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def role_arn(name: str, account: str = OUR_ACCOUNT) -> str:
    """Return the ARN of a role."""
    return arn("iam", f"role/{name}", account, region="")


ROLES = {purpose: role_arn(f"{STACK}-{REGION}-{purpose}") for purpose in PURPOSES}
ROLES |= {"another role": role_arn("another"), "a foreign role": role_arn(f"{STACK}-{REGION}-task", OTHER_ACCOUNT)}
SERVICES = {
    "logs": f"logs.{REGION}.amazonaws.com",
    "cloudwatch": "cloudwatch.amazonaws.com",
    "ecs-tasks": "ecs-tasks.amazonaws.com",
    "ecs": "ecs.amazonaws.com",
    "fargate": "fargate.amazonaws.com",
    "flow logs": "vpc-flow-logs.amazonaws.com",
    "AWS Backup": "backup.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
}


@dataclass(frozen=True)
class Situation:
    """By way of which service a role asks, and the condition keys that come with the request."""

    via: str = ""
    context: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> dict[str, list[str]]:
        """Return the condition keys as a question has them."""
        return {key: [value] for key, value in self.context}


def _by_way_of(service: str, **context: str) -> Situation:
    named = {"kms:ViaService": f"{service}.{REGION}.amazonaws.com"}
    return Situation(service, tuple({**named, **context}.items()))


def _with(**context: str) -> Situation:
    return Situation("", tuple(context.items()))


AS_A_GRANT = {"kms:GrantIsForAWSResource": "true"}
TABLE_NAME = "kms:EncryptionContext:aws:dynamodb:tableName"
DIRECTLY = "directly"
# How a role uses a key.
WAYS: dict[str, Situation] = {
    DIRECTLY: Situation(),
    "directly, for a table": _with(**{TABLE_NAME: STACK}),
    "directly, as a grant": _with(**AS_A_GRANT),
    "through DynamoDB, for the table": _by_way_of("dynamodb", **{TABLE_NAME: STACK}),
    "through DynamoDB, for another table": _by_way_of("dynamodb", **{TABLE_NAME: "another"}),
    "through S3, for the table": _by_way_of("s3", **{TABLE_NAME: STACK}),
}
for _service in ("dynamodb", "backup", "ecr", "secretsmanager", "s3"):
    WAYS[f"through {_service}"] = _by_way_of(_service)
    WAYS[f"through {_service}, as a grant"] = _by_way_of(_service, **AS_A_GRANT)
    WAYS[f"through {_service}, as no service's grant"] = _by_way_of(_service, **{"kms:GrantIsForAWSResource": "false"})

LOG_CONTEXT, TOPIC_CONTEXT = "kms:EncryptionContext:aws:logs:arn", "kms:EncryptionContext:aws:sns:topicArn"
TOPIC = arn("sns", f"{STACK}-alarms")
CLUSTER_CONTEXT = "kms:EncryptionContext:aws:ecs:cluster"
# Whose tasks Fargate encrypts the storage of.
CLUSTERS = {
    "our cluster": (OUR_ACCOUNT, STACK),
    "another cluster": (OUR_ACCOUNT, "another"),
    "another account's cluster": (OTHER_ACCOUNT, STACK),
}


def source(account: str, resource: str) -> dict[str, str]:
    """Return what a service says of the resource on whose behalf it acts."""
    return {"aws:SourceAccount": account, "aws:SourceArn": resource}


ALARM, FOREIGN_ALARM = (arn("cloudwatch", "alarm:cpu", account) for account in (OUR_ACCOUNT, OTHER_ACCOUNT))


def _storage(account: str, cluster: str, operation: str = "") -> Situation:
    """Return with what Fargate uses a key, maybe by a grant of one operation."""
    granted = {"kms:GrantOperations": operation} if operation else {}
    return _with(**{f"{CLUSTER_CONTEXT}Account": account, f"{CLUSTER_CONTEXT}Name": cluster}, **granted)


# With what a service uses a key in its own name.
CONTEXTS: dict[str, Situation] = {
    "with nothing": Situation(),
    **{
        f"for {whose} log group": _with(**{LOG_CONTEXT: arn("logs", f"log-group:{n}")})
        for whose, n in LOG_GROUPS.items()
    },
    **{f"for the storage of {whose}": _storage(*one) for whose, one in CLUSTERS.items()},
    **{f"for the storage of {whose}, to decrypt": _storage(*one, "Decrypt") for whose, one in CLUSTERS.items()},
    "for the storage of our cluster, to encrypt": _storage(*CLUSTERS["our cluster"], "Encrypt"),
    "for an alarm": _with(**source(OUR_ACCOUNT, ALARM), **{TOPIC_CONTEXT: TOPIC}),
    "for an alarm of another account": _with(**source(OTHER_ACCOUNT, FOREIGN_ALARM), **{TOPIC_CONTEXT: TOPIC}),
    "for an alarm, and another account": _with(**source(OTHER_ACCOUNT, ALARM), **{TOPIC_CONTEXT: TOPIC}),
    "for our account, and another's alarm": _with(**source(OUR_ACCOUNT, FOREIGN_ALARM), **{TOPIC_CONTEXT: TOPIC}),
    "for an alarm, to another topic": _with(**source(OUR_ACCOUNT, ALARM), **{TOPIC_CONTEXT: arn("sns", "another")}),
}
ACTING_FOR = {
    "ecs-tasks": ("ecs", f"task/{STACK}/0123"),
    "ecs": ("ecs", f"service/{STACK}/{STACK}"),
    "flow logs": ("ec2", "vpc-flow-log/fl-0123"),
    "AWS Backup": ("backup", "backup-vault:vault"),
}
# On whose behalf a service assumes a role.
SOURCES: dict[str, Situation] = {"for nobody": Situation()}
for _name, (_service, _rest) in ACTING_FOR.items():
    _ours, _theirs = (arn(_service, _rest, account) for account in (OUR_ACCOUNT, OTHER_ACCOUNT))
    SOURCES |= {
        f"for ours of {_name}": _with(**source(OUR_ACCOUNT, _ours)),
        f"for another account's of {_name}": _with(**source(OTHER_ACCOUNT, _theirs)),
        f"for ours of {_name}, and another account": _with(**source(OTHER_ACCOUNT, _ours)),
        f"for our account, and another's of {_name}": _with(**source(OUR_ACCOUNT, _theirs)),
    }
SITUATIONS: Mapping[str, Situation] = {**WAYS, **CONTEXTS, **SOURCES}


@dataclass(frozen=True)
class Question:
    """Whether somebody may do something with something in a situation; all are names but the action."""

    asker: str
    action: str
    resource: str
    situation: str = DIRECTLY

    def asked(self, resources: Mapping[str, str]) -> dict[str, Any]:
        """Return the question as the embedded AWS takes it."""
        situation = SITUATIONS[self.situation]
        who = {"service": SERVICES[self.asker]} if self.asker in SERVICES else {"role_arn": ROLES[self.asker]}
        asked = {**who, "action": self.action, "resource": resources[self.resource], "context": situation.keys}
        return {**asked, "via": situation.via} if situation.via and "role_arn" in who else asked

    def __str__(self) -> str:
        return f"{self.asker} asks for {self.action} on {self.resource} {self.situation}"

# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is asked: every action of the services concerned, on resources of the stack and others, in any situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from botocore.session import get_session

from tests.e2e.site import STACK
from tests.probes.situations import (
    CONTEXTS,
    DIRECTLY,
    OTHER_ACCOUNT,
    ROLES,
    SERVICES,
    SOURCES,
    WAYS,
    Question,
    arn,
)

NOTHING = "nothing"
ELB = "elasticloadbalancing"
# Where the prefix of actions is not the name of the service's model.
MODELS = {ELB: "elbv2"}
# Actions that no operation is named after.
BESIDES = {
    "dynamodb": "ConditionCheckItem PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate "
    "RestoreTableFromAwsBackup StartAwsBackupJob",
    "kms": "ReEncryptFrom ReEncryptTo SynchronizeMultiRegionKey",
    "s3": "GetObjectVersion ListBucketVersions",
    "sts": "TagSession SetSourceIdentity",
}
CONCERNED = ("dynamodb", "ecr", "logs", "kms", ELB)
# What has to be out of reach of every role, whatever it is about.
OTHERS = ("s3", "sts", "iam", "secretsmanager", "ssm", "sns", "sqs", "ecs", "cloudwatch", "backup", "lambda")
ASSUMING = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity")
# Whoever asks is told who he is, even if a policy denies it.
FREE = ("sts:GetCallerIdentity",)
LISTENER = "app/{0}/0123456789abcdef/0123456789abcdef"

RESOURCES: dict[str, str] = {
    NOTHING: "*",
    "our table": arn("dynamodb", f"table/{STACK}"),
    "our index": arn("dynamodb", f"table/{STACK}/index/by-name"),
    "our backup": arn("dynamodb", f"table/{STACK}/backup/0123"),
    "our restored table": arn("dynamodb", f"table/{STACK}.restored"),
    "our restored table's backup": arn("dynamodb", f"table/{STACK}.restored/backup/0123"),
    "another table": arn("dynamodb", "table/another"),
    "another table's backup": arn("dynamodb", "table/another/backup/0123"),
    "another account's table": arn("dynamodb", f"table/{STACK}", OTHER_ACCOUNT),
    "our repository": arn("ecr", f"repository/{STACK}"),
    "another repository": arn("ecr", "repository/another"),
    "another account's repository": arn("ecr", f"repository/{STACK}", OTHER_ACCOUNT),
    "our log stream": arn("logs", f"log-group:/ecs/{STACK}:log-stream:app"),
    "the flow log's stream": arn("logs", f"log-group:/vpc/{STACK}:log-stream:eni"),
    "another log stream": arn("logs", "log-group:/ecs/another:log-stream:app"),
    "another account's log stream": arn("logs", f"log-group:/ecs/{STACK}:log-stream:app", OTHER_ACCOUNT),
    "a log destination": arn("logs", "destination:another"),
    "another key": arn("kms", "key/another"),
    "another account's key": arn("kms", "key/another", OTHER_ACCOUNT),
    "our target group": arn(ELB, f"targetgroup/{STACK}/0123456789abcdef"),
    "our other target group": arn(ELB, f"targetgroup/{STACK}-2/0123456789abcdef"),
    "another target group": arn(ELB, "targetgroup/another"),
    "another account's target group": arn(ELB, f"targetgroup/{STACK}/0123456789abcdef", OTHER_ACCOUNT),
    "our listener": arn(ELB, f"listener/{LISTENER.format(STACK)}"),
    "another listener": arn(ELB, "listener/another"),
    "another account's listener": arn(ELB, f"listener/{LISTENER.format(STACK)}", OTHER_ACCOUNT),
    "our listener rule": arn(ELB, f"listener-rule/{LISTENER.format(STACK)}/0123456789abcdef"),
    "another listener rule": arn(ELB, "listener-rule/another"),
    "another account's rule": arn(ELB, f"listener-rule/{LISTENER.format(STACK)}/01", OTHER_ACCOUNT),
}
# Keys whose ARNs are known when they are there.
KEYS_OF_THE_STACK = {key: f"the {key} key" for key in ("data", "logs", "images")}


@cache
def actions(prefix: str) -> tuple[str, ...]:
    """Return the actions of a service, as policies name them."""
    names = get_session().get_service_model(MODELS.get(prefix, prefix)).operation_names
    return tuple(f"{prefix}:{name}" for name in (*names, *BESIDES.get(prefix, "").split()))


@cache
def resources(prefix: str) -> tuple[str, ...]:
    """Return the names of what a service has."""
    named = tuple(name for name, found in RESOURCES.items() if found.split(":")[2:3] == [prefix])
    return (*named, *KEYS_OF_THE_STACK.values()) if prefix == "kms" else named


def of_a_role(purpose: str) -> Iterator[Question]:
    """Return what a role is tried with."""
    for prefix in CONCERNED:
        situations = tuple(WAYS) if prefix == "kms" else (DIRECTLY,)
        for action in actions(prefix):
            for resource in (*resources(prefix), NOTHING):
                yield from (Question(purpose, action, resource, situation) for situation in situations)
    for prefix in OTHERS:
        yield from (Question(purpose, action, NOTHING) for action in actions(prefix) if action not in FREE)


def of_a_key(key: str) -> Iterator[Question]:
    """Return who tries to use a key, and how."""
    for action in actions("kms"):
        for asker in (*ROLES, *SERVICES):
            yield from (Question(asker, action, f"the {key} key", situation) for situation in (*WAYS, *CONTEXTS))


def of_trust(purpose: str) -> Iterator[Question]:
    """Return who tries to act in a role."""
    for action in ASSUMING:
        for asker in (*ROLES, *SERVICES):
            resource = f"the {purpose} role"
            yield from (Question(asker, f"sts:{action}", resource, situation) for situation in SOURCES)


def all_resources(key_arns: Mapping[str, str]) -> dict[str, str]:
    """Return the ARN of everything by its name, given those of the stack's keys."""
    keys = {KEYS_OF_THE_STACK[key]: found for key, found in key_arns.items()}
    return {**RESOURCES, **keys, **{f"the {purpose} role": found for purpose, found in ROLES.items()}}

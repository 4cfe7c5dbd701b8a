# SPDX-License-Identifier: GPL-3.0-or-later
"""What services call because of a call: the one table of what a permission needs besides itself.

Keys are used in the name of the caller (a forward access session), or in the service's own. Where AWS uses a grant
that it was given before, nothing is called that a policy could deny, so a pull from an encrypted repository has no
entry. Keys that AWS manages let everybody in the account through their service, so they have none either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emulator.authorizer import creations
from emulator.authorizer.call import Context, Need
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID, REGION

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Implied:
    """A call because of another, made by way of a service, by the caller unless `service` names who makes it."""

    need: Need
    via: str = ""
    service: str = ""


@dataclass(frozen=True)
class KeyUse:
    """Which actions on a key a service calls, where the key is named, and in which encryption context.

    `key` names the parameter that has the key, such as SSESpecification.KMSMasterKeyId; without one it is the key that
    the resource is encrypted with. `documented` is where AWS says so; `only_with` names a parameter that must be true.
    """

    via: str
    actions: tuple[str, ...]
    documented: str
    key: str = ""
    context: Callable[[str], Mapping[str, str]] = lambda arn: {}
    by_service: bool = False
    only_with: str = ""


@dataclass(frozen=True)
class RolePass:
    """Which parameter hands a role to which service: iam:PassRole, asked of the caller itself."""

    parameter: str
    service: str


def _table(arn: str) -> Mapping[str, str]:
    name = arn.split("/")[1] if "/" in arn else ""
    return {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": arn.split(":")[4]}


def _named(key: str) -> Callable[[str], Mapping[str, str]]:
    return lambda arn: {key: arn}


def _log_group(arn: str) -> Mapping[str, str]:
    return {"aws:logs:arn": arn.partition(":log-stream:")[0]}


READ_ITEMS = (
    *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan"),
    *("UpdateItem", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"),
)
ALL_USES = (
    *("CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
    *("ReEncryptFrom", "ReEncryptTo"),
)
# "DynamoDB read and write permissions on the target table are necessary", with these in its example.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html
ON_RESTORED = ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
OF_DYNAMODB = "amazondynamodb/latest/developerguide/encryption.usagenotes.html"
OF_LOGS = "AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
OF_SECRETS = "secretsmanager/latest/userguide/security-encryption.html"
OF_SNS = "sns/latest/dg/sns-key-management.html"
OF_SQS = "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
OF_S3 = "AmazonS3/latest/userguide/UsingKMSEncryption.html"
OF_SSM = "kms/latest/developerguide/services-parameter-store.html"
OF_ECR = "AmazonECR/latest/userguide/encryption-at-rest.html"
OF_BACKUP = "aws-backup/latest/devguide/create-a-vault.html"

# DynamoDB decrypts the table's key for each caller, whatever is done with the items; making a table takes more.
_ITEMS = KeyUse("dynamodb", ("Decrypt",), OF_DYNAMODB, context=_table)
_TABLE = KeyUse("dynamodb", ALL_USES, OF_DYNAMODB, "SSESpecification.KMSMasterKeyId", _table)
_SECRET = _named("SecretARN")
_LOG_USES = ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey")
_LOGGED = KeyUse("logs", _LOG_USES, OF_LOGS, "kmsKeyId", _log_group, by_service=True)
_DECRYPTED = KeyUse("ssm", ("Decrypt",), OF_SSM, context=_named("PARAMETER_ARN"), only_with="WithDecryption")

KEY_USES: Mapping[str, KeyUse] = {
    **{f"dynamodb:{name}": _ITEMS for name in READ_ITEMS},
    "dynamodb:CreateTable": _TABLE,
    "dynamodb:UpdateTable": _TABLE,
    # The source is read; who may use the target's key is asked below.
    "dynamodb:RestoreTableToPointInTime": _ITEMS,
    "logs:CreateLogGroup": _LOGGED,
    "logs:AssociateKmsKey": _LOGGED,
    "logs:PutLogEvents": KeyUse("logs", ("GenerateDataKey",), OF_LOGS, context=_log_group, by_service=True),
    "logs:GetLogEvents": KeyUse("logs", ("Decrypt",), OF_LOGS, context=_log_group, by_service=True),
    "logs:FilterLogEvents": KeyUse("logs", ("Decrypt",), OF_LOGS, context=_log_group, by_service=True),
    "secretsmanager:GetSecretValue": KeyUse("secretsmanager", ("Decrypt",), OF_SECRETS, context=_SECRET),
    "secretsmanager:PutSecretValue": KeyUse(
        "secretsmanager", ("GenerateDataKey", "Decrypt"), OF_SECRETS, context=_SECRET
    ),
    "secretsmanager:CreateSecret": KeyUse("secretsmanager", ("GenerateDataKey", "Decrypt"), OF_SECRETS, "KmsKeyId"),
    "secretsmanager:UpdateSecret": KeyUse("secretsmanager", ("GenerateDataKey", "Decrypt"), OF_SECRETS, "KmsKeyId"),
    "ssm:GetParameter": _DECRYPTED,
    "ssm:GetParameters": _DECRYPTED,
    "ssm:PutParameter": KeyUse("ssm", ("Encrypt",), OF_SSM, "KeyId", _named("PARAMETER_ARN")),
    "sns:Publish": KeyUse("sns", ("GenerateDataKey", "Decrypt"), OF_SNS, context=_named("aws:sns:topicArn")),
    "sqs:SendMessage": KeyUse("sqs", ("GenerateDataKey", "Decrypt"), OF_SQS, context=_named("aws:sqs:arn")),
    "sqs:ReceiveMessage": KeyUse("sqs", ("Decrypt",), OF_SQS, context=_named("aws:sqs:arn")),
    "s3:GetObject": KeyUse("s3", ("Decrypt",), OF_S3, context=_named("aws:s3:arn")),
    "s3:PutObject": KeyUse("s3", ("GenerateDataKey",), OF_S3, context=_named("aws:s3:arn")),
    # ECR uses the grants that it makes here for every push and pull, and retires them with the repository.
    "ecr:CreateRepository": KeyUse(
        "ecr",
        ("CreateGrant", "DescribeKey", "RetireGrant"),
        OF_ECR,
        "encryptionConfiguration.kmsKey",
        _named("aws:ecr:arn"),
    ),
    "ecr:DeleteRepository": KeyUse("ecr", ("RetireGrant",), OF_ECR, context=_named("aws:ecr:arn")),
    "backup:CreateBackupVault": KeyUse(
        "backup",
        ("CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKey", "RetireGrant"),
        OF_BACKUP,
        "EncryptionKeyArn",
    ),
}

# With it ECS moves traffic from one target group to another.
_INFRASTRUCTURE = RolePass("loadBalancers.advancedConfiguration.roleArn", "ecs.amazonaws.com")
ROLE_PASSES: Mapping[str, tuple[RolePass, ...]] = {
    "ecs:RegisterTaskDefinition": (
        RolePass("taskRoleArn", "ecs-tasks.amazonaws.com"),
        RolePass("executionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "ecs:RunTask": (
        RolePass("overrides.taskRoleArn", "ecs-tasks.amazonaws.com"),
        RolePass("overrides.executionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "ecs:CreateService": (RolePass("role", "ecs.amazonaws.com"), _INFRASTRUCTURE),
    "ecs:UpdateService": (_INFRASTRUCTURE,),
    "ec2:CreateFlowLogs": (RolePass("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),),
    "backup:CreateBackupSelection": (RolePass("BackupSelection.IamRoleArn", "backup.amazonaws.com"),),
}
# Without it nobody makes a vault, and policies on keys alone do not say so.
ALSO: Mapping[str, str] = {"backup:CreateBackupVault": "backup-storage:MountCapsule"}


def of(need: Need, parameters: Parameters, inventory: Inventory) -> Iterator[Implied]:
    """Return the calls that an action on a resource, called with some parameters, implies."""
    if use := KEY_USES.get(need.action):
        yield from _key_uses(use, need, parameters, inventory)
    for handed in ROLE_PASSES.get(need.action, ()):
        for role in _all_at(parameters, handed.parameter.split(".")):
            yield Implied(Need("iam:PassRole", role, {"iam:passedtoservice": (handed.service,)}))
    if need.action == "ecs:RunTask":
        for role in inventory.task_roles(parameters.get("taskDefinition", "")):
            yield Implied(Need("iam:PassRole", role, {"iam:passedtoservice": ("ecs-tasks.amazonaws.com",)}))
    if target := parameters.get("TargetTableName"):
        yield from _restore(need, target, parameters, inventory)
    yield from (Implied(found) for found in creations.of(need, inventory))
    if need.action in ALSO:
        yield Implied(Need(ALSO[need.action]))


def _restore(need: Need, target: str, parameters: Parameters, inventory: Inventory) -> Iterator[Implied]:
    """Return what DynamoDB does to the table that it restores to, and with its key, by default that of the source."""
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{target}"
    if need.resource == table:
        return
    yield from (Implied(Need(f"dynamodb:{name}", table), "dynamodb") for name in ON_RESTORED)
    given = _at(parameters, "SSESpecificationOverride.KMSMasterKeyId")
    key = inventory.customer_key(given) if given else inventory.encryption_key(need.resource)
    if key and (given or "SSESpecificationOverride" not in parameters):
        yield from _uses(_TABLE, key, table)


def _key_uses(use: KeyUse, need: Need, parameters: Parameters, inventory: Inventory) -> Iterator[Implied]:
    if use.only_with and parameters.get(use.only_with) is not True:
        return
    name = _at(parameters, use.key) if use.key else ""
    key = inventory.customer_key(name) if name else None if use.key else inventory.encryption_key(need.resource)
    if key is not None:
        yield from _uses(use, key, need.resource)


def _uses(use: KeyUse, key: str, resource: str) -> Iterator[Implied]:
    context = dict(encryption_context(use.context(resource) if resource != "*" else {}))
    if use.by_service:
        service = f"{use.via}.{REGION}.amazonaws.com"
    else:
        service = ""
        context |= {"kms:viaservice": (f"{use.via}.{REGION}.amazonaws.com",), "kms:calleraccount": (ACCOUNT_ID,)}
    for action in use.actions:
        grant = {"kms:grantisforawsresource": ("true",)} if action == "CreateGrant" else {}
        yield Implied(Need(f"kms:{action}", key, {**context, **grant}), use.via, service)


def encryption_context(pairs: Mapping[str, str]) -> Context:
    """Return the condition keys of an encryption context.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    if not pairs:
        return {}
    keys = {f"kms:encryptioncontext:{key.lower()}": (value,) for key, value in pairs.items()}
    return {**keys, "kms:encryptioncontextkeys": tuple(pairs)}


def _at(parameters: Parameters, path: str) -> str:
    """Return the text at a path of names."""
    return next(_all_at(parameters, path.split(".")), "")


def _all_at(found: Any, path: Sequence[str]) -> Iterator[str]:
    """Return the texts at a path of names, in all elements of lists on the way."""
    if isinstance(found, list):
        for one in found:
            yield from _all_at(one, path)
    elif path and isinstance(found, Mapping):
        yield from _all_at(found.get(path[0]), path[1:])
    elif not path and isinstance(found, str) and found:
        yield found

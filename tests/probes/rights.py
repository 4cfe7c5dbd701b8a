# SPDX-License-Identifier: GPL-3.0-or-later
"""What each document of the stack lets whom do, written down by hand and not read from it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.probes.situations import PURPOSES, ROLES, WAYS, Question

EVERY = ("*",)
OURS = tuple(name for name in ROLES if name != "a foreign role")


@dataclass(frozen=True)
class Right:
    """Actions on resources in situations, for who asks; `EVERY` stands for all of them.

    Who asks matters to the policies of resources only: others are attached to who they are about.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = EVERY
    situations: tuple[str, ...] = EVERY
    askers: tuple[str, ...] = EVERY

    def covers(self, question: Question) -> bool:
        """Tell whether it gives what a question asks for."""
        return question.action in self.actions and all(
            named == EVERY or one in named
            for named, one in (
                (self.resources, question.resource),
                (self.situations, question.situation),
                (self.askers, question.asker),
            )
        )


def _of(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}:{name}" for name in names.split())


LOG_RESOURCES = ("our log stream", "the flow log's stream", "another log stream")
THROUGH_DYNAMODB = tuple(way for way in WAYS if way.lower().startswith("through dynamodb"))
GRANTED = tuple(way for way in WAYS if way.endswith(", as a grant"))
USES = _of("kms", "Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo")
ADMINISTRATION = _of(
    "kms",
    "CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation "
    "GetKeyPolicy GetKeyRotationStatus ListGrants ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy "
    "RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription",
)
ELB = "elasticloadbalancing"

# By the purpose of a role, and by the Sid of the statement that has to say so.
OF_ROLES: dict[str, dict[str, Right]] = {
    "task": {
        "UseTheTable": Right(_of("dynamodb", "DeleteItem GetItem PutItem Query UpdateItem"), ("our table",)),
        "QueryItsIndexes": Right(("dynamodb:Query",), ("our index",)),
        "DecryptTheTable": Right(("kms:Decrypt",), ("the data key",), ("through DynamoDB, for the table",)),
    },
    "execution": {
        "LogInToTheRegistry": Right(("ecr:GetAuthorizationToken",)),
        "PullTheImage": Right(
            _of("ecr", "BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer"), ("our repository",)
        ),
        "WriteTheLog": Right(_of("logs", "CreateLogStream PutLogEvents"), ("our log stream",)),
    },
    "infrastructure": {
        "LookAtLoadBalancers": Right(
            _of(ELB, "DescribeListeners DescribeRules DescribeTargetGroups DescribeTargetHealth")
        ),
        "MoveTargets": Right(
            _of(ELB, "DeregisterTargets RegisterTargets"), ("our target group", "our other target group")
        ),
        "ShiftTrafficOfListeners": Right(_of(ELB, "ModifyListener"), ("our listener",)),
        "ShiftTrafficOfRules": Right(_of(ELB, "ModifyRule"), ("our listener rule",)),
    },
    "flow-log": {
        "WriteTheFlowLog": Right(
            _of("logs", "CreateLogStream DescribeLogStreams PutLogEvents"), ("the flow log's stream",)
        ),
        "FindTheLogGroup": Right(_of("logs", "DescribeLogGroups"), LOG_RESOURCES),
    },
    "backup": {
        "BackUpTheTable": Right(
            _of("dynamodb", "CreateBackup DescribeTable ListTagsOfResource StartAwsBackupJob"),
            # A pattern for tables is one for what tables have as well.
            ("our table", "our restored table", "our restored table's backup"),
        ),
        "KeepAndRestoreItsBackups": Right(
            _of("dynamodb", "DeleteBackup DescribeBackup RestoreTableFromBackup"),
            ("our backup", "our restored table's backup"),
        ),
        "FillRestoredTables": Right(
            _of(
                "dynamodb",
                "BatchWriteItem DeleteItem GetItem PutItem Query RestoreTableFromAwsBackup "
                "RestoreTableFromBackup Scan UpdateItem",
            ),
            ("our restored table", "our restored table's backup"),
        ),
        "UseTheKeyThroughDynamoDB": Right(USES, ("the data key",), THROUGH_DYNAMODB),
        "DescribeTheKey": Right(("kms:DescribeKey",), ("the data key",)),
        "LetTablesAndBackupsUseTheKey": Right(("kms:CreateGrant",), ("the data key",), GRANTED),
    },
}
# The boundary is the most that any role may do. What the task may do with the key, the backups may as well.
OF_THE_BOUNDARY = {
    sid: right for purpose in PURPOSES for sid, right in OF_ROLES[purpose].items() if sid != "DecryptTheTable"
}
_ADMINISTERED = {"AccountAdministersTheKeyByIAM": Right(ADMINISTRATION, askers=OURS)}
_GRANT = ("kms:CreateGrant",)
_GRANTS_OF_STORAGE = tuple(f"for the storage of our cluster, to {what}" for what in ("decrypt", "encrypt"))
_DATA_KEY = _of("kms", "Decrypt GenerateDataKey")
OF_KEYS: dict[str, dict[str, Right]] = {
    "data": {
        **_ADMINISTERED,
        "UsedThroughDynamoDB": Right(USES, situations=THROUGH_DYNAMODB, askers=OURS),
        "GrantsForTables": Right(_GRANT, situations=("through dynamodb, as a grant",), askers=OURS),
        "UsedThroughBackup": Right(
            _DATA_KEY, situations=tuple(way for way in WAYS if way.startswith("through backup")), askers=OURS
        ),
        "GrantsForVaults": Right(_GRANT, situations=("through backup, as a grant",), askers=OURS),
    },
    "logs": {
        **_ADMINISTERED,
        "LogGroupsOfThisStack": Right(
            (*USES, "kms:DescribeKey"),
            situations=tuple(
                f"for {whose} log group" for whose in ("ours", "the insights'", "the flow log's", "the WAF's")
            ),
            askers=("logs",),
        ),
        "AlarmsToTheTopicOfThisStack": Right(_DATA_KEY, situations=("for an alarm",), askers=("cloudwatch",)),
    },
    "images": {
        **_ADMINISTERED,
        "GrantsForRepositories": Right(_GRANT, situations=("through ecr, as a grant",), askers=OURS),
        "UsedThroughSecretsManager": Right(
            _DATA_KEY, situations=tuple(way for way in WAYS if way.startswith("through secretsmanager")), askers=OURS
        ),
        "StorageOfTasksOfThisCluster": Right(
            ("kms:GenerateDataKeyWithoutPlaintext",),
            situations=("for the storage of our cluster", *_GRANTS_OF_STORAGE),
            askers=("fargate",),
        ),
        # A grant of nothing is one of nothing else, too.
        "GrantsForStorageOfTasksOfThisCluster": Right(
            _GRANT,
            situations=("for the storage of our cluster, to decrypt", "for the storage of our cluster"),
            askers=("fargate",),
        ),
    },
}
_ASSUME = ("sts:AssumeRole",)


def _trust(service: str, *also: str) -> Right:
    return Right(_ASSUME, situations=(f"for ours of {service}", *also), askers=(service,))


# ECS and AWS Backup do not always say on whose behalf they act.
OF_TRUST: dict[str, dict[str, Right]] = {
    "task": {"TasksOfThisAccount": _trust("ecs-tasks", "for ours of ecs")},
    "execution": {"TasksOfThisAccount": _trust("ecs-tasks", "for ours of ecs")},
    "infrastructure": {"ServicesOfThisAccount": _trust("ecs", "for ours of ecs-tasks", "for nobody")},
    "flow-log": {"FlowLogsOfThisAccount": _trust("flow logs")},
    "backup": {"BackupsOfThisAccount": _trust("AWS Backup", "for nobody")},
}

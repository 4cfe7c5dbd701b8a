# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call needs besides its own permission: every entry of the table, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authorizer.authorizer import Authorizer, DeniedError
from emulator.authorizer.call import Call, Need
from emulator.authorizer.implied_calls import ALSO, KEY_USES, ROLE_PASSES, Implied, of
from emulator.settings import ACCOUNT_ID, REGION
from tests.unit.emulator.authorizer.authorizer_world import (
    ACCOUNT,
    KEY,
    OTHER_ACCOUNT,
    ROLE,
    SOURCE,
    TABLE,
    FakeInventory,
    World,
    allow,
    document,
    network,
)

HERE = f"{REGION}:{ACCOUNT_ID}"
LOG_GROUP = f"arn:aws:logs:{HERE}:log-group:/ecs/shop"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:shop-AbCdEf"
PARAMETER = f"arn:aws:ssm:{HERE}:parameter/shop"
TOPIC = f"arn:aws:sns:{HERE}:alarms"
QUEUE = f"arn:aws:sqs:{HERE}:orders"
REPOSITORY = f"arn:aws:ecr:{HERE}:repository/shop"
OBJECT = "arn:aws:s3:::shop/a"
STREAM = f"{LOG_GROUP}:log-stream:web/1"
DATA_KEY = ["kms:GenerateDataKey", "kms:Decrypt"]

# action, resource, parameters; what is called; the encryption context; in whose name
EXPECTED: list[tuple[str, str, dict[str, Any], list[str], dict[str, str], str]] = [
    *[
        (
            f"dynamodb:{operation}",
            TABLE,
            {},
            ["kms:Decrypt"],
            {"aws:dynamodb:tablename": "shop", "aws:dynamodb:subscriberid": ACCOUNT},
            "",
        )
        for operation in (
            *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query"),
            *("Scan", "UpdateItem", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"),
            "RestoreTableToPointInTime",
        )
    ],
    *[
        (
            f"dynamodb:{operation}",
            TABLE,
            {"SSESpecification": {"Enabled": True, "KMSMasterKeyId": KEY}},
            [
                *("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
                *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
            ],
            {"aws:dynamodb:tablename": "shop", "aws:dynamodb:subscriberid": ACCOUNT},
            "",
        )
        for operation in ("CreateTable", "UpdateTable")
    ],
    *[
        (
            f"logs:{operation}",
            f"{LOG_GROUP}:log-stream:",
            {"kmsKeyId": KEY},
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
            {"aws:logs:arn": LOG_GROUP},
            f"logs.{REGION}.amazonaws.com",
        )
        for operation in ("CreateLogGroup", "AssociateKmsKey")
    ],
    (
        "logs:PutLogEvents",
        STREAM,
        {},
        ["kms:GenerateDataKey"],
        {"aws:logs:arn": LOG_GROUP},
        f"logs.{REGION}.amazonaws.com",
    ),
    ("logs:GetLogEvents", STREAM, {}, ["kms:Decrypt"], {"aws:logs:arn": LOG_GROUP}, f"logs.{REGION}.amazonaws.com"),
    ("logs:FilterLogEvents", STREAM, {}, ["kms:Decrypt"], {"aws:logs:arn": LOG_GROUP}, f"logs.{REGION}.amazonaws.com"),
    ("secretsmanager:GetSecretValue", SECRET, {}, ["kms:Decrypt"], {"secretarn": SECRET}, ""),
    ("secretsmanager:PutSecretValue", SECRET, {}, DATA_KEY, {"secretarn": SECRET}, ""),
    ("secretsmanager:CreateSecret", "*", {"KmsKeyId": KEY}, DATA_KEY, {}, ""),
    ("secretsmanager:UpdateSecret", SECRET, {"KmsKeyId": KEY}, DATA_KEY, {}, ""),
    ("ssm:GetParameter", PARAMETER, {"WithDecryption": True}, ["kms:Decrypt"], {"parameter_arn": PARAMETER}, ""),
    ("ssm:GetParameters", PARAMETER, {"WithDecryption": True}, ["kms:Decrypt"], {"parameter_arn": PARAMETER}, ""),
    ("ssm:PutParameter", PARAMETER, {"KeyId": KEY}, ["kms:Encrypt"], {"parameter_arn": PARAMETER}, ""),
    ("sns:Publish", TOPIC, {}, DATA_KEY, {"aws:sns:topicarn": TOPIC}, ""),
    ("sqs:SendMessage", QUEUE, {}, DATA_KEY, {"aws:sqs:arn": QUEUE}, ""),
    ("sqs:ReceiveMessage", QUEUE, {}, ["kms:Decrypt"], {"aws:sqs:arn": QUEUE}, ""),
    ("s3:GetObject", OBJECT, {}, ["kms:Decrypt"], {"aws:s3:arn": OBJECT}, ""),
    ("s3:PutObject", OBJECT, {}, ["kms:GenerateDataKey"], {"aws:s3:arn": OBJECT}, ""),
    (
        "ecr:CreateRepository",
        REPOSITORY,
        {"encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": KEY}},
        ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
        {"aws:ecr:arn": REPOSITORY},
        "",
    ),
    ("ecr:DeleteRepository", REPOSITORY, {}, ["kms:RetireGrant"], {"aws:ecr:arn": REPOSITORY}, ""),
    (
        "backup:CreateBackupVault",
        "*",
        {"EncryptionKeyArn": KEY},
        ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:RetireGrant"],
        {},
        "",
    ),
]


def implied(
    action: str, resource: str, parameters: dict[str, Any] | None = None, key: str | None = KEY
) -> list[Implied]:
    """Return what is called besides, if everything is encrypted with a key."""
    inventory = FakeInventory({resource: key} if key else {})
    return list(of(Need(action, resource), parameters or {}, inventory))


def on_keys(found: list[Implied]) -> list[Implied]:
    return [one for one in found if one.need.action.startswith("kms:")]


def test_every_entry_is_tested() -> None:
    assert [row[0] for row in EXPECTED] == list(dict.fromkeys(row[0] for row in EXPECTED))
    assert {row[0] for row in EXPECTED} == set(KEY_USES)
    assert all(use.documented for use in KEY_USES.values())


@pytest.mark.parametrize(("action", "resource", "parameters", "actions", "context", "service"), EXPECTED)
def test_a_key_is_used(
    action: str, resource: str, parameters: dict[str, Any], actions: list[str], context: dict[str, str], service: str
) -> None:
    found = on_keys(implied(action, resource, parameters))
    assert [(one.need.action, one.need.resource) for one in found] == [(name, KEY) for name in actions]
    for one in found:
        keys = one.need.context
        said = {
            key.removeprefix("kms:encryptioncontext:"): value[0]
            for key, value in keys.items()
            if ":encryptioncontext:" in key
        }
        assert (said, one.service, one.via) == (context, service, action.partition(":")[0])
        assert len(keys.get("kms:encryptioncontextkeys", ())) == len(context)
        via = () if service else (f"{action.partition(':')[0]}.{REGION}.amazonaws.com",)
        assert keys.get("kms:viaservice", ()) == via
        assert ("kms:grantisforawsresource" in keys) is (one.need.action == "kms:CreateGrant")


@pytest.mark.parametrize(("action", "resource", "parameters", "actions", "context", "service"), EXPECTED)
def test_without_a_customers_key_none_is_used(
    action: str, resource: str, parameters: dict[str, Any], actions: list[str], context: dict[str, str], service: str
) -> None:
    assert on_keys(implied(action, resource, {"WithDecryption": True}, key=None)) == []


def test_a_parameter_that_is_not_decrypted_needs_no_key() -> None:
    assert implied("ssm:GetParameter", PARAMETER) == []
    assert implied("ssm:GetParameter", PARAMETER, {"WithDecryption": False}) == []


def test_reading_an_image_or_describing_a_table_needs_no_key() -> None:
    for action, resource in (
        ("ecr:BatchGetImage", REPOSITORY),
        ("dynamodb:DescribeTable", TABLE),
        ("logs:CreateLogStream", STREAM),
    ):
        assert implied(action, resource) == []


MOVES_TRAFFIC = {"loadBalancers": [{}, {"advancedConfiguration": {"roleArn": ROLE}}]}
PASSES = [
    ("ecs:RegisterTaskDefinition", {"taskRoleArn": ROLE}, "ecs-tasks.amazonaws.com"),
    ("ecs:RegisterTaskDefinition", {"executionRoleArn": ROLE}, "ecs-tasks.amazonaws.com"),
    ("ecs:RunTask", {"overrides": {"taskRoleArn": ROLE}}, "ecs-tasks.amazonaws.com"),
    ("ecs:RunTask", {"overrides": {"executionRoleArn": ROLE}}, "ecs-tasks.amazonaws.com"),
    ("ecs:CreateService", {"role": ROLE}, "ecs.amazonaws.com"),
    ("ecs:CreateService", MOVES_TRAFFIC, "ecs.amazonaws.com"),
    ("ecs:UpdateService", MOVES_TRAFFIC, "ecs.amazonaws.com"),
    ("ec2:CreateFlowLogs", {"DeliverLogsPermissionArn": ROLE}, "vpc-flow-logs.amazonaws.com"),
    ("backup:CreateBackupSelection", {"BackupSelection": {"IamRoleArn": ROLE}}, "backup.amazonaws.com"),
]


def passes(action: str, parameters: dict[str, Any]) -> list[Implied]:
    return [one for one in implied(action, "*", parameters) if one.need.action == "iam:PassRole"]


@pytest.mark.parametrize(("action", "parameters", "service"), PASSES)
def test_a_role_is_passed(action: str, parameters: dict[str, Any], service: str) -> None:
    assert passes(action, parameters) == [Implied(Need("iam:PassRole", ROLE, {"iam:passedtoservice": (service,)}))]
    assert passes(action, {}) == []


def test_every_pass_is_tested() -> None:
    assert sum(map(len, ROLE_PASSES.values())) == len(PASSES)
    assert [one.need.action for one in implied("backup:CreateBackupVault", "*")] == list(ALSO.values())


def test_who_runs_a_task_passes_the_roles_of_its_definition() -> None:
    passed = Implied(Need("iam:PassRole", ROLE, {"iam:passedtoservice": ("ecs-tasks.amazonaws.com",)}))
    assert passes("ecs:RunTask", {"taskDefinition": "shop:7"}) == [passed]


COPY = TABLE.replace("shop", "copy")
ON_COPY = {"aws:dynamodb:tablename": "copy", "aws:dynamodb:subscriberid": ACCOUNT}


@pytest.mark.parametrize(
    ("override", "source_key", "used"),
    [
        ({}, KEY, True),
        ({}, None, False),
        ({"SSESpecificationOverride": {"Enabled": True, "KMSMasterKeyId": KEY}}, None, True),
        ({"SSESpecificationOverride": {"Enabled": False}}, KEY, False),
    ],
)
def test_a_restore_writes_to_its_target_and_uses_the_targets_key(
    override: dict[str, Any], source_key: str | None, used: bool
) -> None:
    parameters = {"SourceTableName": "shop", "TargetTableName": "copy", **override}
    found = implied("dynamodb:RestoreTableToPointInTime", TABLE, parameters, source_key)
    on_target = [one for one in found if one.need.resource == COPY]
    names = ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
    assert on_target == [Implied(Need(f"dynamodb:{name}", COPY), "dynamodb") for name in names]
    grants = [one.need for one in on_keys(found) if one.need.action == "kms:CreateGrant"]
    assert len(grants) == used
    for grant in grants:
        said = {key.removeprefix("kms:encryptioncontext:"): value[0] for key, value in grant.context.items()}
        assert said.items() >= ON_COPY.items()
        assert grant.context["kms:viaservice"] == (f"dynamodb.{REGION}.amazonaws.com",)
    # Of a restore from a backup the target is named as well, and asked for once.
    assert implied("dynamodb:RestoreTableFromBackup", COPY, {"TargetTableName": "copy"}, None) == []


GET = Call("dynamodb", (Need("dynamodb:GetItem", TABLE),))
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
DELEGATES = document(allow("kms:*", Principal=ROOT))
VIA = {"StringEquals": {"kms:ViaService": f"dynamodb.{REGION}.amazonaws.com"}}
OF_THE_TABLE = {"StringEquals": {"kms:EncryptionContext:aws:dynamodb:tableName": "shop"}}
OF_ANOTHER = {"StringEquals": {"kms:EncryptionContext:aws:dynamodb:tableName": "other"}}


def denial(world: World, call: Call = GET) -> str:
    try:
        Authorizer(network, world.account).check(SOURCE, call)
    except DeniedError as error:
        return str(error)
    return ""


def encrypted(*statements: dict[str, Any], key_policy: str = DELEGATES) -> World:
    """Return a world in which the table is encrypted, and the role has policies besides that of the table."""
    policies = (document(allow("dynamodb:*")), *(document(one) for one in statements))
    return World(policies, resources={KEY: key_policy}, keys={TABLE: KEY})


@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        (allow("kms:Decrypt"), True),
        (allow("kms:Encrypt"), False),
        (allow("kms:Decrypt", Condition=VIA), True),
        (allow("kms:Decrypt", Condition={"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}), False),
        (allow("kms:Decrypt", Condition=OF_THE_TABLE), True),
        (allow("kms:Decrypt", Condition=OF_ANOTHER), False),
        (allow("kms:Decrypt", Condition={"Bool": {"aws:ViaAWSService": "true"}}), True),
        (allow("kms:Decrypt", Condition={"Bool": {"aws:ViaAWSService": "false"}}), False),
        (
            allow("kms:Decrypt", Condition={"ForAnyValue:StringEquals": {"aws:CalledVia": "dynamodb.amazonaws.com"}}),
            True,
        ),
        # A service does not come through the caller's VPC.
        (allow("kms:Decrypt", Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}), False),
        (allow("kms:Decrypt", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}), True),
        (allow("kms:Decrypt", Condition={"StringEquals": {"kms:CallerAccount": OTHER_ACCOUNT}}), False),
    ],
)
def test_an_encrypted_table_needs_its_key(statement: dict[str, Any], passes: bool) -> None:
    said = denial(encrypted(statement))
    assert (said == "") is passes
    assert passes or said.endswith(f"{KEY} because no identity-based policy allows the kms:Decrypt action")


def test_the_keys_policy_decides_too() -> None:
    decrypt = allow("kms:Decrypt")
    only_ours = document(
        allow("kms:Decrypt", Principal=ROOT, Condition={**VIA, "ArnEquals": {"aws:PrincipalArn": ROLE}})
    )
    assert denial(encrypted(decrypt, key_policy=only_ours)) == ""
    others = document(allow("kms:Decrypt", Principal=ROOT, Condition={"ArnEquals": {"aws:PrincipalArn": f"{ROLE}s"}}))
    assert "no resource-based policy allows the kms:Decrypt" in denial(encrypted(decrypt, key_policy=others))
    assert denial(World((document(allow("dynamodb:*")),))) == ""


PUT_LOG = Call("dynamodb", (Need("logs:PutLogEvents", STREAM),))


@pytest.mark.parametrize(
    ("service", "group", "passes"),
    [
        (f"logs.{REGION}.amazonaws.com", LOG_GROUP, True),
        ("logs.us-east-1.amazonaws.com", LOG_GROUP, False),
        (f"logs.{REGION}.amazonaws.com", f"{LOG_GROUP}-other", False),
    ],
)
def test_logs_are_encrypted_in_the_services_own_name(service: str, group: str, passes: bool) -> None:
    condition = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}}
    key_policy = document(allow("kms:GenerateDataKey*", Principal={"Service": service}, Condition=condition))
    world = World((document(allow("logs:*")),), resources={KEY: key_policy}, keys={STREAM: KEY})
    said = denial(world, PUT_LOG)
    assert (said == "") is passes
    assert passes or said.startswith(
        f"User: logs.{REGION}.amazonaws.com is not authorized to perform: kms:GenerateDataKey"
    )


def test_passing_a_role_is_the_callers_own_call() -> None:
    register = Call("dynamodb", (Need("ecs:RegisterTaskDefinition"),), parameters={"taskRoleArn": ROLE})
    to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    register_only = document(allow("ecs:*"))
    assert (
        denial(World((register_only, document(allow("iam:PassRole", Resource=ROLE, Condition=to_ecs)))), register) == ""
    )
    assert "iam:PassRole" in denial(World((register_only,)), register)
    elsewhere = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    assert denial(World((register_only, document(allow("iam:PassRole", Resource=ROLE, Condition=elsewhere)))), register)

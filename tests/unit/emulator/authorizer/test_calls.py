# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests of the other services ask for, and what any request may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.authorizer.call import HttpRequest, Need
from emulator.authorizer.reading import read_call
from tests.unit.emulator.authorizer.captured_requests import HERE, KEY, REGION, SECRET, Inventory, call, pairs


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "endpoint", "needs"),
    [
        ("ecr", "get_authorization_token", {}, "ecr.api", [("ecr:GetAuthorizationToken", "*")]),
        (
            "ecr",
            "list_tags_for_resource",
            {"resourceArn": f"arn:aws:ecr:{HERE}:repository/shop"},
            "ecr.api",
            [("ecr:ListTagsForResource", f"arn:aws:ecr:{HERE}:repository/shop")],
        ),
        (
            "ecr",
            "describe_repositories",
            {},
            "ecr.api",
            [("ecr:DescribeRepositories", f"arn:aws:ecr:{HERE}:repository/*")],
        ),
        (
            "ecr",
            "batch_get_image",
            {"repositoryName": "shop", "imageIds": [{"imageTag": "1"}]},
            "ecr.api",
            [("ecr:BatchGetImage", f"arn:aws:ecr:{HERE}:repository/shop")],
        ),
        (
            "ecr",
            "batch_get_image",
            {"repositoryName": "shop", "registryId": "111122223333", "imageIds": [{"imageTag": "1"}]},
            "ecr.api",
            [("ecr:BatchGetImage", "arn:aws:ecr:eu-central-1:111122223333:repository/shop")],
        ),
        (
            "logs",
            "create_log_stream",
            {"logGroupName": "/ecs/shop", "logStreamName": "a/b"},
            "logs",
            [("logs:CreateLogStream", f"arn:aws:logs:{HERE}:log-group:/ecs/shop:log-stream:a/b")],
        ),
        (
            "logs",
            "describe_log_groups",
            {},
            "logs",
            [("logs:DescribeLogGroups", "*")],
        ),
        ("kms", "encrypt", {"KeyId": "alias/shop", "Plaintext": b"x"}, "kms", [("kms:Encrypt", KEY)]),
        ("kms", "describe_key", {"KeyId": KEY}, "kms", [("kms:DescribeKey", KEY)]),
        ("kms", "decrypt", {"CiphertextBlob": b"ours"}, "kms", [("kms:Decrypt", KEY)]),
        # KMS has to say that it does not exist.
        ("kms", "describe_key", {"KeyId": "alias/none"}, "kms", [("kms:DescribeKey", "*")]),
        (
            "kms",
            "create_alias",
            {"AliasName": "alias/new", "TargetKeyId": "1234"},
            "kms",
            [("kms:CreateAlias", KEY), ("kms:CreateAlias", f"arn:aws:kms:{HERE}:alias/new")],
        ),
        (
            "sts",
            "assume_role",
            {
                "RoleArn": "arn:aws:iam::123456789012:role/a",
                "RoleSessionName": "me",
                "Tags": [{"Key": "team", "Value": "blue"}],
                "SourceIdentity": "ada",
            },
            "sts",
            [
                ("sts:AssumeRole", "arn:aws:iam::123456789012:role/a"),
                ("sts:TagSession", "arn:aws:iam::123456789012:role/a"),
                ("sts:SetSourceIdentity", "arn:aws:iam::123456789012:role/a"),
            ],
        ),
        (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": "shop/database"},
            "secretsmanager",
            [("secretsmanager:GetSecretValue", SECRET)],
        ),
        (
            "ssm",
            "get_parameters",
            {"Names": ["/shop/a", "b"]},
            "ssm",
            [("ssm:GetParameters", f"arn:aws:ssm:{HERE}:parameter/{name}") for name in ("shop/a", "b")],
        ),
        ("sts", "get_caller_identity", {}, "sts", [("sts:GetCallerIdentity", "*")]),
        (
            "sts",
            "assume_role",
            {"RoleArn": "arn:aws:iam::123456789012:role/other", "RoleSessionName": "me"},
            "sts",
            [("sts:AssumeRole", "arn:aws:iam::123456789012:role/other")],
        ),
        (
            "sqs",
            "send_message",
            {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/123456789012/orders", "MessageBody": "x"},
            "sqs",
            [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:orders")],
        ),
        (
            "sns",
            "publish",
            {"TopicArn": f"arn:aws:sns:{HERE}:alarms", "Message": "x"},
            "sns",
            [("sns:Publish", f"arn:aws:sns:{HERE}:alarms")],
        ),
        ("cloudwatch", "list_metrics", {}, "monitoring", [("cloudwatch:ListMetrics", "*")]),
        ("dynamodbstreams", "list_streams", {}, "dynamodb-streams", [("dynamodb:ListStreams", "*")]),
    ],
)
def test_other_services_name_their_resources(
    service: str, operation: str, parameters: Mapping[str, Any], endpoint: str, needs: list[tuple[str, str]]
) -> None:
    found = call(service, operation, **parameters)
    assert (found.service, pairs(found), found.understood) == (endpoint, needs, True)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action"),
    [
        # Only the ciphertext of a key that is here tells which it is.
        ("kms", "decrypt", {"CiphertextBlob": b"x"}, "kms:Decrypt"),
        # Two actions on two keys.
        ("kms", "re_encrypt", {"CiphertextBlob": b"ours", "DestinationKeyId": KEY}, "kms:ReEncrypt"),
        ("ecs", "list_attributes", {"targetType": "container-instance"}, "ecs:ListAttributes"),
        ("lambda", "list_functions", {}, "lambda:ListFunctions"),
        ("s3", "get_bucket_metrics_configuration", {"Bucket": "ours", "Id": "all"}, "s3:UnknownAction"),
        ("dynamodb", "import_table", None, "dynamodb:ImportTable"),
    ],
)
def test_what_is_not_known_says_so(
    service: str, operation: str, parameters: Mapping[str, Any] | None, action: str
) -> None:
    if parameters is None:
        http = HttpRequest(service, REGION, "POST", "", "/", headers={"x-amz-target": "DynamoDB_20120810.ImportTable"})
        found = read_call(http, Inventory())
    else:
        found = call(service, operation, **parameters)
    assert found.needs == (Need(action),)
    assert not found.understood


def test_endpoints_are_of_their_own_region() -> None:
    found = read_call(HttpRequest("ecr", "us-east-1", "POST", "", "/"), Inventory())
    assert (found.region, found.destination) == ("us-east-1", "ecr.api in us-east-1")
    assert call("ecr", "get_authorization_token").destination == "ecr.api"


def test_a_request_fixes_keys_of_its_own() -> None:
    encrypted = call("kms", "encrypt", KeyId="1234", Plaintext=b"x", EncryptionContext={"Shop": "blue"})
    assert encrypted.needs[0].context == {
        "kms:encryptioncontext:shop": ("blue",),
        "kms:encryptioncontextkeys": ("Shop",),
    }
    role = "arn:aws:iam::123456789012:role/a"
    assumed = call("sts", "assume_role", RoleArn=role, RoleSessionName="me", ExternalId="xy")
    assert assumed.needs[0].context == {"sts:externalid": ("xy",), "sts:rolesessionname": ("me",)}
    assert call("kms", "encrypt", KeyId="1234", Plaintext=b"x").needs[0].context == {}


def test_operations_of_rest_protocols_have_names() -> None:
    found = call("backup", "create_backup_vault", BackupVaultName="shop", EncryptionKeyArn=KEY)
    assert found.needs == (Need("backup:CreateBackupVault", f"arn:aws:backup:{HERE}:backup-vault:shop"),)
    assert found.parameters["EncryptionKeyArn"] == KEY
    selection = {"SelectionName": "all", "IamRoleArn": "arn:aws:iam::123456789012:role/backup"}
    found = call("backup", "create_backup_selection", BackupPlanId="1", BackupSelection=selection)
    assert found.needs == (Need("backup:CreateBackupSelection", f"arn:aws:backup:{HERE}:backup-plan:1"),)

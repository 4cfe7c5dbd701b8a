# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests ask for, as botocore really writes them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.session import Session

from emulator.authorizer.call import Call, HttpRequest, Need
from emulator.authorizer.reading import read_call

REGION = "eu-central-1"
HERE = f"{REGION}:123456789012"
TABLE = f"arn:aws:dynamodb:{HERE}:table/shop"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:shop/database-AbCdEf"
KEY = f"arn:aws:kms:{HERE}:key/1234"
ITEM = {"pk": {"S": "cup"}, "sk": {"N": "1"}}


class Inventory:
    """One table with one index, one bucket, one secret, one key."""

    def partition_key(self, table: str, index: str) -> str | None:
        return {("shop", ""): "pk", ("shop", "by-order"): "order"}.get((table, index))

    def bucket_account(self, bucket: str) -> str | None:
        return "123456789012" if bucket == "ours" else None

    def secret_arn(self, name: str) -> str | None:
        return SECRET if name == "shop/database" else None

    def key_arn(self, name: str) -> str | None:
        return KEY if name in {"1234", "alias/shop"} else None

    def ciphertext_key(self, ciphertext: str) -> str | None:
        return KEY if ciphertext == "b3Vycw==" else None

    def customer_key(self, name: str) -> str | None:
        return KEY if name == KEY else None

    def encryption_key(self, arn: str) -> str | None:
        return None

    def role_arn(self, name: str) -> str | None:
        return None

    def role_boundary(self, name: str) -> str | None:
        return None

    def associated(self, association: str) -> tuple[str, ...]:
        return ()

    def tags(self, arn: str) -> Mapping[str, str]:
        return {}


class Client:
    """A client of botocore that sends nothing."""

    def __init__(self, service: str, addressing: str) -> None:
        session = Session()
        session.set_credentials("ASIA", "secret", "token")
        self.signing_name = session.get_service_model(service).signing_name
        config = Config(s3={"addressing_style": addressing}, inject_host_prefix=False)
        self.client = session.create_client(service, region_name=REGION, config=config)
        self.client.meta.events.register("before-send", self._send)
        self.sent: HttpRequest | None = None

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        parts = urlsplit(str(request.url))
        headers = {
            str(name).lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        body: Any = request.body
        body = body.read() if hasattr(body, "read") else body
        self.sent = HttpRequest(
            service=self.signing_name,
            region=REGION,
            method=str(request.method),
            host=parts.netloc,
            path=parts.path,
            query=parts.query,
            headers=headers,
            body=(body.encode() if isinstance(body, str) else body) or b"",
        )
        raise _SentError


class _SentError(Exception):
    """Ends a call once its request is known."""


@functools.cache
def client_of(service: str, addressing: str = "path") -> Client:
    return Client(service, addressing)


def call(service: str, operation: str, addressing: str = "path", **parameters: Any) -> Call:
    """Read the request of an operation."""
    client = client_of(service, addressing)
    with pytest.raises(_SentError):
        getattr(client.client, operation)(**parameters)
    assert client.sent is not None
    return read_call(client.sent, Inventory())


def pairs(found: Call) -> list[tuple[str, str]]:
    return [(need.action, need.resource) for need in found.needs]


@pytest.mark.parametrize(
    ("operation", "parameters", "needs"),
    [
        ("get_item", {"TableName": "shop", "Key": ITEM}, [("GetItem", TABLE)]),
        ("get_item", {"TableName": TABLE, "Key": ITEM}, [("GetItem", TABLE)]),
        ("put_item", {"TableName": "shop", "Item": ITEM}, [("PutItem", TABLE)]),
        ("scan", {"TableName": "shop"}, [("Scan", TABLE)]),
        ("query", {"TableName": "shop", "IndexName": "by-order"}, [("Query", f"{TABLE}/index/by-order")]),
        ("describe_table", {"TableName": "shop"}, [("DescribeTable", TABLE)]),
        ("list_tables", {}, [("ListTables", "*")]),
        ("list_tags_of_resource", {"ResourceArn": TABLE}, [("ListTagsOfResource", TABLE)]),
        (
            "batch_get_item",
            {"RequestItems": {"shop": {"Keys": [ITEM]}, "other": {"Keys": [ITEM]}}},
            [("BatchGetItem", TABLE), ("BatchGetItem", TABLE.replace("shop", "other"))],
        ),
        (
            "batch_write_item",
            {"RequestItems": {"shop": [{"PutRequest": {"Item": ITEM}}], "other": [{"DeleteRequest": {"Key": ITEM}}]}},
            [("BatchWriteItem", TABLE), ("BatchWriteItem", TABLE.replace("shop", "other"))],
        ),
        (
            "transact_write_items",
            {
                "TransactItems": [
                    {"Put": {"TableName": "shop", "Item": ITEM}},
                    {"Delete": {"TableName": "other", "Key": ITEM}},
                    {"ConditionCheck": {"TableName": "shop", "Key": ITEM, "ConditionExpression": "a = b"}},
                ]
            },
            [("PutItem", TABLE), ("DeleteItem", TABLE.replace("shop", "other")), ("ConditionCheckItem", TABLE)],
        ),
        ("transact_get_items", {"TransactItems": [{"Get": {"TableName": "shop", "Key": ITEM}}]}, [("GetItem", TABLE)]),
    ],
)
def test_every_table_of_a_request_is_asked_for(
    operation: str, parameters: Mapping[str, Any], needs: list[tuple[str, str]]
) -> None:
    found = call("dynamodb", operation, **parameters)
    assert pairs(found) == [(f"dynamodb:{action}", resource) for action, resource in needs]
    assert (found.service, found.understood) == ("dynamodb", True)


@pytest.mark.parametrize(
    ("operation", "parameters", "values"),
    [
        ("get_item", {"Key": ITEM}, ("cup",)),
        ("put_item", {"Item": {**ITEM, "pk": {"N": "7"}}}, ("7",)),
        ("query", {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "cup"}}}, ("cup",)),
        (
            "query",
            {
                "KeyConditionExpression": "#a = :a and sk = :b",
                "ExpressionAttributeNames": {"#a": "pk"},
                "ExpressionAttributeValues": {":a": {"S": "cup"}, ":b": {"N": "1"}},
            },
            ("cup",),
        ),
        (
            "query",
            {
                "IndexName": "by-order",
                "KeyConditionExpression": "pk = :a and order = :b",
                "ExpressionAttributeValues": {":a": {"S": "cup"}, ":b": {"S": "o-1"}},
            },
            ("o-1",),
        ),
        ("scan", {}, ()),
    ],
)
def test_partition_keys_are_a_condition(operation: str, parameters: Mapping[str, Any], values: tuple[str, ...]) -> None:
    (need,) = call("dynamodb", operation, TableName="shop", **parameters).needs
    assert need.context.get("dynamodb:leadingkeys", ()) == values


def test_the_keys_of_a_batch_are_all_there() -> None:
    items = [{"PutRequest": {"Item": {**ITEM, "pk": {"S": name}}}} for name in ("cup", "pot", "cup")]
    (need,) = call("dynamodb", "batch_write_item", RequestItems={"shop": items}).needs
    assert need.context["dynamodb:leadingkeys"] == ("cup", "pot")


def test_attributes_are_a_condition() -> None:
    (need,) = call(
        "dynamodb",
        "update_item",
        TableName="shop",
        Key=ITEM,
        UpdateExpression="SET stock = stock - :n, #p.cents = :p REMOVE note",
        ConditionExpression="attribute_exists(pk) AND size(tags) > :n",
        ExpressionAttributeNames={"#p": "price"},
        ExpressionAttributeValues={":n": {"N": "1"}, ":p": {"N": "2"}},
        ReturnValues="ALL_NEW",
    ).needs
    assert need.context["dynamodb:attributes"] == ("note", "pk", "price", "sk", "stock", "tags")
    assert need.context["dynamodb:returnvalues"] == ("ALL_NEW",)


@pytest.mark.parametrize(
    ("statement", "need"),
    [
        ('SELECT * FROM "shop" WHERE pk = ?', ("PartiQLSelect", TABLE)),
        ('select * from shop."by-order" where a = 1', ("PartiQLSelect", f"{TABLE}/index/by-order")),
        ("INSERT INTO \"shop\" VALUE {'pk': ?}", ("PartiQLInsert", TABLE)),
        ('UPDATE "shop" SET a = 1 WHERE pk = ?', ("PartiQLUpdate", TABLE)),
        ("DELETE FROM shop WHERE pk = ?", ("PartiQLDelete", TABLE)),
        ("EXPLAIN shop", ("PartiQLUnknown", "*")),
    ],
)
def test_partiql_names_its_table_but_is_never_fully_understood(statement: str, need: tuple[str, str]) -> None:
    found = call("dynamodb", "execute_statement", Statement=statement)
    assert pairs(found) == [(f"dynamodb:{need[0]}", need[1])]
    assert not found.understood


@pytest.mark.parametrize(
    ("operation", "parameters", "needs"),
    [
        ("list_buckets", {}, [("ListAllMyBuckets", "")]),
        ("list_objects_v2", {"Bucket": "ours", "Prefix": "a/"}, [("ListBucket", "ours")]),
        ("head_bucket", {"Bucket": "ours"}, [("ListBucket", "ours")]),
        ("create_bucket", {"Bucket": "ours"}, [("CreateBucket", "ours")]),
        ("get_bucket_policy", {"Bucket": "ours"}, [("GetBucketPolicy", "ours")]),
        ("delete_bucket_policy", {"Bucket": "ours"}, [("DeleteBucketPolicy", "ours")]),
        ("delete_bucket_encryption", {"Bucket": "ours"}, [("PutEncryptionConfiguration", "ours")]),
        ("get_object", {"Bucket": "ours", "Key": "a/b c.txt"}, [("GetObject", "ours/a/b c.txt")]),
        ("get_object", {"Bucket": "ours", "Key": "a", "VersionId": "1"}, [("GetObjectVersion", "ours/a")]),
        ("head_object", {"Bucket": "ours", "Key": "a"}, [("GetObject", "ours/a")]),
        ("put_object", {"Bucket": "ours", "Key": "a", "Body": b"x"}, [("PutObject", "ours/a")]),
        ("delete_object", {"Bucket": "ours", "Key": "a"}, [("DeleteObject", "ours/a")]),
        ("get_object_tagging", {"Bucket": "ours", "Key": "a"}, [("GetObjectTagging", "ours/a")]),
        ("create_multipart_upload", {"Bucket": "ours", "Key": "a"}, [("PutObject", "ours/a")]),
        (
            "abort_multipart_upload",
            {"Bucket": "ours", "Key": "a", "UploadId": "1"},
            [("AbortMultipartUpload", "ours/a")],
        ),
        (
            "delete_objects",
            {"Bucket": "ours", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}},
            [("DeleteObject", "ours/a"), ("DeleteObject", "ours/b")],
        ),
        (
            "copy_object",
            {"Bucket": "ours", "Key": "a", "CopySource": {"Bucket": "theirs", "Key": "b"}},
            [("PutObject", "ours/a"), ("GetObject", "theirs/b")],
        ),
    ],
)
@pytest.mark.parametrize("addressing", ["path", "virtual"])
def test_s3_by_path_and_by_host(
    addressing: str, operation: str, parameters: Mapping[str, Any], needs: list[tuple[str, str]]
) -> None:
    found = call("s3", operation, addressing, **parameters)
    expected = [(f"s3:{action}", f"arn:aws:s3:::{resource}" if resource else "*") for action, resource in needs]
    assert (pairs(found), found.service, found.understood) == (expected, "s3", True)


def test_a_buckets_account_is_known_only_of_ours() -> None:
    (ours,) = call("s3", "list_objects_v2", Bucket="ours", Prefix="a/").needs
    assert ours.context == {"aws:resourceaccount": ("123456789012",), "s3:prefix": ("a/",)}
    (theirs,) = call("s3", "list_objects_v2", Bucket="theirs").needs
    assert "aws:resourceaccount" not in theirs.context


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "endpoint", "needs"),
    [
        ("ecr", "get_authorization_token", {}, "ecr.api", [("ecr:GetAuthorizationToken", "*")]),
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


def test_a_malformed_request_is_no_crash() -> None:
    body = b'{"TransactItems": [{"Put": {}}, "x"]}'
    headers = {"x-amz-target": "DynamoDB_20120810.TransactWriteItems"}
    found = read_call(HttpRequest("dynamodb", REGION, "POST", "", "/", headers=headers, body=body), Inventory())
    assert (found.needs, found.understood) == ((Need("dynamodb:TransactWriteItems"),), False)


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


def test_a_copy_within_the_account_stays_in_it() -> None:
    source = {"Bucket": "ours", "Key": "b"}
    assert call("s3", "copy_object", Bucket="ours", Key="a", CopySource=source).needs[1].context == {
        "aws:resourceaccount": ("123456789012",)
    }

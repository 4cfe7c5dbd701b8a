# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of moto: identities with all that is attached to them, policies of resources, and their keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from emulator.authorizer.iam_state import IamState
from emulator.authorizer.identities import ALLOW_ALL, DENY_ALL
from emulator.authorizer.inventory import MotoInventory
from emulator.authorizer.policy import Principal
from emulator.authorizer.resource_policies import MotoResourcePolicies
from emulator.control_plane.gate import IDENTITIES, Gate
from emulator.settings import ACCOUNT_ID, REGION

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
OTHER = POLICY.replace("s3", "sqs")
TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}'
SESSION = Principal(f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/shop/1", ACCOUNT_ID)
Client = Callable[[str], Any]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield lambda service: boto3.client(service, region_name=REGION)


@pytest.fixture
def iam(client: Client) -> Any:
    return client("iam")


def role(iam: Any, **options: Any) -> str:
    made = iam.create_role(RoleName="shop", AssumeRolePolicyDocument=POLICY, **options)
    return str(made["Role"]["Arn"])


def test_a_role_has_inline_and_managed_policies_boundary_and_tags(iam: Any) -> None:
    boundary = iam.create_policy(PolicyName="limit", PolicyDocument=OTHER)["Policy"]["Arn"]
    arn = role(iam, Path="/apps/", PermissionsBoundary=boundary, Tags=[{"Key": "team", "Value": "blue"}])
    managed = iam.create_policy(PolicyName="use", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.put_role_policy(RoleName="shop", PolicyName="inline", PolicyDocument=OTHER)
    iam.attach_role_policy(RoleName="shop", PolicyArn=managed)
    found = IamState(Gate()).of(SESSION)
    assert found
    assert (found.arn, found.policies, found.boundary, found.tags) == (arn, (OTHER, POLICY), OTHER, {"team": "blue"})


def test_of_a_managed_policy_the_default_version_counts(iam: Any) -> None:
    role(iam)
    managed = iam.create_policy(PolicyName="use", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="shop", PolicyArn=managed)
    for default, expected in ((False, POLICY), (True, OTHER)):
        iam.create_policy_version(PolicyArn=managed, PolicyDocument=OTHER, SetAsDefault=default)
        found = IamState(Gate()).of(SESSION)
        assert found
        assert found.policies == (expected,)


def test_a_boundary_that_is_not_here_allows_nothing(iam: Any) -> None:
    role(iam, PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess")
    found = IamState(Gate()).of(SESSION)
    assert found
    assert found.boundary == DENY_ALL


def test_a_user_has_the_policies_of_its_groups(iam: Any) -> None:
    arn = iam.create_user(UserName="ada")["User"]["Arn"]
    iam.create_group(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="inline", PolicyDocument=POLICY)
    iam.put_user_policy(UserName="ada", PolicyName="inline", PolicyDocument=OTHER)
    ada = Principal(arn, ACCOUNT_ID)
    assert IamState(Gate()).of(ada).policies == (OTHER,)  # type: ignore[union-attr]
    iam.add_user_to_group(GroupName="staff", UserName="ada")
    assert IamState(Gate()).of(ada).policies == (OTHER, POLICY)  # type: ignore[union-attr]


@pytest.mark.usefixtures("iam")
def test_who_is_not_there_has_nothing_and_the_root_user_everything() -> None:
    state = IamState(Gate())
    assert state.of(SESSION).policies == ()  # type: ignore[union-attr]
    assert state.of(Principal(f"arn:aws:iam::{ACCOUNT_ID}:user/none", ACCOUNT_ID)).policies == ()  # type: ignore[union-attr]
    assert state.of(Principal(f"arn:aws:iam::{ACCOUNT_ID}:root", ACCOUNT_ID)).policies == (ALLOW_ALL,)  # type: ignore[union-attr]
    assert state.of(Principal("", "", "logs.amazonaws.com")) is None
    assert state.of(Principal("arn:aws:sts::111122223333:assumed-role/a/b", "111122223333")) is None


def test_what_was_read_is_kept_until_something_is_written(iam: Any) -> None:
    gate = Gate()
    state = IamState(gate)
    arn = role(iam)
    before, trust = state.of(SESSION), state.trust(arn)
    iam.put_role_policy(RoleName="shop", PolicyName="inline", PolicyDocument=OTHER)
    iam.update_assume_role_policy(RoleName="shop", PolicyDocument=TRUST)
    assert (state.of(SESSION), state.trust(arn)) == (before, trust)
    gate.writes[IDENTITIES] += 1
    assert state.of(SESSION).policies == (OTHER,)  # type: ignore[union-attr]
    assert state.trust(arn) == TRUST
    assert state.trust(f"{arn}s") is None


def table(client: Client) -> str:
    made = client("dynamodb").create_table(
        TableName="shop",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    arn = str(made["TableDescription"]["TableArn"])
    client("dynamodb").put_resource_policy(ResourceArn=arn, Policy=POLICY)
    return arn


def bucket(client: Client) -> str:
    client("s3").create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": REGION})
    client("s3").put_bucket_policy(Bucket="shop", Policy=POLICY)
    return "arn:aws:s3:::shop"


def key(client: Client) -> str:
    return str(client("kms").create_key(Policy=POLICY)["KeyMetadata"]["Arn"])


def queue(client: Client) -> str:
    client("sqs").create_queue(QueueName="shop", Attributes={"Policy": POLICY})
    return f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:shop"


def topic(client: Client) -> str:
    arn = str(client("sns").create_topic(Name="shop")["TopicArn"])
    client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=POLICY)
    return arn


def secret(client: Client) -> str:
    arn = str(client("secretsmanager").create_secret(Name="shop", SecretString="x")["ARN"])
    client("secretsmanager").put_resource_policy(SecretId=arn, ResourcePolicy=POLICY)
    return arn


def repository(client: Client) -> str:
    arn = str(client("ecr").create_repository(repositoryName="shop")["repository"]["repositoryArn"])
    client("ecr").set_repository_policy(repositoryName="shop", policyText=POLICY)
    return arn


def trusting(client: Client) -> str:
    return role(client("iam"))


@pytest.mark.parametrize("make", [table, bucket, key, queue, topic, secret, repository, trusting])
def test_the_policy_of_a_resource(client: Client, make: Callable[[Client], str]) -> None:
    policies = MotoResourcePolicies(IamState(Gate()).trust)
    arn = make(client)
    assert json.loads(policies.of(arn) or "") == json.loads(POLICY)
    assert policies.of(f"{arn}s") is None
    assert policies.of(arn.replace(ACCOUNT_ID, "111122223333").replace("s3:::shop", "s3:::theirs")) is None


def test_a_policy_holds_for_what_is_in_the_resource(client: Client) -> None:
    policies = MotoResourcePolicies(IamState(Gate()).trust)
    assert policies.of(f"{bucket(client)}/a/b") == POLICY
    arn = table(client)
    assert policies.of(f"{arn}/index/by-order") == POLICY
    client("dynamodb").delete_table(TableName="shop")
    assert policies.of(arn) is None


def encrypted_table(client: Client, name: str) -> str:
    made = client("dynamodb").create_table(
        TableName="encrypted",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": name},
    )
    return f"{made['TableDescription']['TableArn']}/index/by-order"


def encrypted_bucket(client: Client, name: str) -> str:
    bucket(client)
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": name}}
    client("s3").put_bucket_encryption(Bucket="shop", ServerSideEncryptionConfiguration={"Rules": [default]})
    return "arn:aws:s3:::shop/a"


def encrypted_queue(client: Client, name: str) -> str:
    client("sqs").create_queue(QueueName="shop", Attributes={"KmsMasterKeyId": name})
    return f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:shop"


def encrypted_topic(client: Client, name: str) -> str:
    return str(client("sns").create_topic(Name="shop", Attributes={"KmsMasterKeyId": name})["TopicArn"])


def encrypted_secret(client: Client, name: str) -> str:
    return str(client("secretsmanager").create_secret(Name="shop", SecretString="x", KmsKeyId=name)["ARN"])


def encrypted_repository(client: Client, name: str) -> str:
    encryption = {"encryptionType": "KMS", "kmsKey": name}
    made = client("ecr").create_repository(repositoryName="shop", encryptionConfiguration=encryption)
    return str(made["repository"]["repositoryArn"])


def encrypted_group(client: Client, name: str) -> str:
    client("logs").create_log_group(logGroupName="/ecs/shop", kmsKeyId=name)
    return f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:/ecs/shop:log-stream:web/1"


def encrypted_parameter(client: Client, name: str) -> str:
    client("ssm").put_parameter(Name="/shop/a", Value="x", Type="SecureString", KeyId=name)
    return f"arn:aws:ssm:{REGION}:{ACCOUNT_ID}:parameter/shop/a"


ENCRYPTED = [
    *(encrypted_table, encrypted_bucket, encrypted_queue, encrypted_topic, encrypted_secret, encrypted_repository),
    *(encrypted_group, encrypted_parameter),
]


@pytest.mark.parametrize("make", ENCRYPTED)
def test_the_key_of_a_resource(client: Client, make: Callable[[Client, str], str]) -> None:
    name = key(client)
    assert MotoInventory().encryption_key(make(client, name)) == name


@pytest.mark.parametrize("make", [table, bucket, queue, topic, secret, repository])
def test_a_resource_without_a_customers_key(client: Client, make: Callable[[Client], str]) -> None:
    assert MotoInventory().encryption_key(make(client)) is None


def test_a_key_of_aws_is_nobodys(client: Client) -> None:
    client("dynamodb").create_table(
        TableName="managed",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        SSESpecification={"Enabled": True, "SSEType": "KMS"},
    )
    assert MotoInventory().encryption_key(f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/managed") is None


def test_keys_by_every_name_but_those_of_aws(client: Client) -> None:
    arn = key(client)
    client("kms").create_alias(AliasName="alias/shop", TargetKeyId=arn)
    inventory = MotoInventory()
    short = arn.rpartition("/")[2]
    alias = f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:alias/shop"
    assert {inventory.customer_key(name) for name in (arn, short, "alias/shop", alias)} == {arn}
    assert inventory.customer_key("alias/aws/sns") is None
    assert inventory.customer_key("alias/none") is None
    theirs = arn.replace(ACCOUNT_ID, "111122223333").replace(short, "1234")
    assert inventory.customer_key(theirs) == theirs


def test_a_ciphertext_knows_its_key(client: Client) -> None:
    arn = key(client)
    blob = client("kms").encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
    assert MotoInventory().ciphertext_key(base64.b64encode(blob).decode()) == arn
    assert MotoInventory().ciphertext_key("eA==") is None
    assert MotoInventory().ciphertext_key("not base64") is None

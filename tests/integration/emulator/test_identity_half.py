# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of roles and resources: real calls, as roles, from the place of a task. Each has its control."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_account import EVERYTHING, make_role
from tests.integration.emulator.emulator_network import PrivateNetwork
from tests.integration.emulator.emulator_site import REGION, Emulator, Json, running

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-task"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/shop"
BUCKET = "arn:aws:s3:::shop-files"
BECAUSE_IDENTITY = "because no identity-based policy allows the"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def policy(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **one} for one in statements]}


def denial(call: Callable[[], Any]) -> str:
    """Return the message of a call that a policy denies."""
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}
    return str(caught.value.response["Error"]["Message"])


class Actor:
    """A role in the place of a task, whose policies change."""

    def __init__(self, emulator: Emulator, network: PrivateNetwork) -> None:
        self.iam = emulator.client("iam")
        self._network = network

    def may(self, *statements: Json) -> None:
        """Give the role these permissions and no others."""
        document = json.dumps(policy(*statements))
        self.iam.put_role_policy(RoleName="shop-task", PolicyName="policy0", PolicyDocument=document)

    def client(self, service: str, **options: Any) -> Any:
        return self._network.client(service, ROLE, **options)

    def get(self) -> Any:
        """Read an item."""
        return self.client("dynamodb").get_item(TableName="shop", Key={"pk": {"S": "cup"}})


@pytest.fixture(scope="module")
def network(emulator: Emulator) -> PrivateNetwork:
    network = PrivateNetwork(emulator)
    network.nat()
    return network


@pytest.fixture(scope="module", autouse=True)
def resources(emulator: Emulator) -> None:
    make_role(emulator.client("iam"), "shop-task")
    emulator.client("dynamodb").create_table(
        TableName="shop",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    place = {"LocationConstraint": REGION}
    emulator.client("s3").create_bucket(Bucket="shop-files", CreateBucketConfiguration=place)


@pytest.fixture
def actor(emulator: Emulator, network: PrivateNetwork) -> Iterator[Actor]:
    found = Actor(emulator, network)
    found.may(*EVERYTHING["Statement"])
    yield found
    with_boundary = found.iam.get_role(RoleName="shop-task")["Role"].get("PermissionsBoundary")
    if with_boundary:
        found.iam.delete_role_permissions_boundary(RoleName="shop-task")


def test_what_a_role_is_not_allowed_it_cannot_do(actor: Actor) -> None:
    assert actor.get()
    actor.may({"Action": "dynamodb:GetItem", "Resource": TABLE})
    assert actor.get()
    message = denial(lambda: actor.client("dynamodb").scan(TableName="shop"))
    assert message.endswith(f"dynamodb:Scan on resource: {TABLE} {BECAUSE_IDENTITY} dynamodb:Scan action")
    actor.may({"Action": "dynamodb:*", "Resource": f"{TABLE}s"})
    assert BECAUSE_IDENTITY in denial(actor.get)
    actor.may({"Action": "*"}, {"Effect": "Deny", "Action": "dynamodb:GetItem"})
    assert denial(actor.get).endswith("with an explicit deny in an identity-based policy")


def test_managed_policies_count_in_their_default_version(actor: Actor) -> None:
    actor.may({"Action": "sqs:ListQueues"})
    denial(actor.get)
    use = json.dumps(policy({"Action": "dynamodb:GetItem"}))
    arn = actor.iam.create_policy(PolicyName="use", PolicyDocument=use)["Policy"]["Arn"]
    denial(actor.get)
    actor.iam.attach_role_policy(RoleName="shop-task", PolicyArn=arn)
    assert actor.get()
    nothing = json.dumps(policy({"Action": "sqs:ListQueues"}))
    actor.iam.create_policy_version(PolicyArn=arn, PolicyDocument=nothing, SetAsDefault=True)
    assert BECAUSE_IDENTITY in denial(actor.get)
    actor.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert actor.get()
    actor.iam.detach_role_policy(RoleName="shop-task", PolicyArn=arn)
    denial(actor.get)


def test_a_boundary_is_the_most_that_a_role_may_do(actor: Actor) -> None:
    limit = json.dumps(policy({"Action": "s3:*"}))
    arn = actor.iam.create_policy(PolicyName="limit", PolicyDocument=limit)["Policy"]["Arn"]
    assert actor.get()
    actor.iam.put_role_permissions_boundary(RoleName="shop-task", PermissionsBoundary=arn)
    message = denial(actor.get)
    assert message.endswith("because no permissions boundary allows the dynamodb:GetItem action")
    wider = json.dumps(policy({"Action": ["s3:*", "dynamodb:*"]}))
    actor.iam.create_policy_version(PolicyArn=arn, PolicyDocument=wider, SetAsDefault=True)
    assert actor.get()
    denies = json.dumps(policy({"Action": "*"}, {"Effect": "Deny", "Action": "dynamodb:*"}))
    actor.iam.create_policy_version(PolicyArn=arn, PolicyDocument=denies, SetAsDefault=True)
    assert denial(actor.get).endswith("with an explicit deny in a permissions boundary")


def test_a_tables_policy_lets_in_and_keeps_out(emulator: Emulator, actor: Actor) -> None:
    dynamodb = emulator.client("dynamodb")

    def put(*statements: Json) -> None:
        dynamodb.put_resource_policy(ResourceArn=TABLE, Policy=json.dumps(policy(*statements)))

    try:
        put({"Effect": "Deny", "Principal": "*", "Action": "dynamodb:GetItem"})
        assert denial(actor.get).endswith("with an explicit deny in a resource-based policy")
        actor.may({"Action": "sqs:ListQueues"})
        put({"Principal": {"AWS": ROLE}, "Action": "dynamodb:GetItem"})
        assert actor.get()
        put({"Principal": ROOT, "Action": "dynamodb:GetItem"})
        assert BECAUSE_IDENTITY in denial(actor.get)
    finally:
        dynamodb.delete_resource_policy(ResourceArn=TABLE)


def test_a_bucket_lets_others_in_or_not(emulator: Emulator, network: PrivateNetwork, actor: Actor) -> None:
    s3 = emulator.client("s3")
    s3.put_object(Bucket="shop-files", Key="a", Body=b"x")
    foreign, own = network.client("s3", None), actor.client("s3")
    assert own.get_object(Bucket="shop-files", Key="a")
    message = denial(lambda: foreign.get_object(Bucket="shop-files", Key="a"))
    assert message.endswith("because no resource-based policy allows the s3:GetObject action")
    lets_in = policy({"Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"})
    s3.put_bucket_policy(Bucket="shop-files", Policy=json.dumps(lets_in))
    assert foreign.get_object(Bucket="shop-files", Key="a")
    assert own.get_object(Bucket="shop-files", Key="a")
    tls = {"Bool": {"aws:SecureTransport": "true"}}
    closed = policy({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{BUCKET}/*", "Condition": tls})
    s3.put_bucket_policy(Bucket="shop-files", Policy=json.dumps(closed))
    assert "explicit deny in a resource-based policy" in denial(lambda: own.get_object(Bucket="shop-files", Key="a"))


def test_a_key_is_used_only_if_its_policy_allows(emulator: Emulator, actor: Actor) -> None:
    kms = emulator.client("kms")
    arn = kms.create_key(Policy=json.dumps(policy({"Principal": ROOT, "Action": "kms:*"})))["KeyMetadata"]["Arn"]
    blob = actor.client("kms").encrypt(KeyId=arn, Plaintext=b"x", EncryptionContext={"shop": "blue"})["CiphertextBlob"]

    def decrypt() -> Any:
        return actor.client("kms").decrypt(CiphertextBlob=blob, EncryptionContext={"shop": "blue"})

    assert decrypt()["Plaintext"] == b"x"
    for context, passes in (("blue", True), ("red", False)):
        condition = {"StringEquals": {"kms:EncryptionContext:shop": context}}
        only = policy({"Principal": ROOT, "Action": "kms:*", "Condition": condition})
        kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps(only))
        if passes:
            assert decrypt()
        else:
            assert denial(decrypt).endswith(f"{arn} because no resource-based policy allows the kms:Decrypt action")


def test_an_encrypted_table_takes_its_key(emulator: Emulator, actor: Actor) -> None:
    key = emulator.client("kms").create_key()["KeyMetadata"]["Arn"]
    emulator.client("dynamodb").create_table(
        TableName="encrypted",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )

    def get() -> Any:
        return actor.client("dynamodb").get_item(TableName="encrypted", Key={"pk": {"S": "cup"}})

    actor.may({"Action": "dynamodb:*"})
    assert denial(get).endswith(f"kms:Decrypt on resource: {key} {BECAUSE_IDENTITY} kms:Decrypt action")
    for via, passes in (("dynamodb", True), ("s3", False)):
        condition = {"StringEquals": {"kms:ViaService": f"{via}.{REGION}.amazonaws.com"}}
        actor.may({"Action": "dynamodb:*"}, {"Action": "kms:Decrypt", "Resource": key, "Condition": condition})
        assert get() if passes else denial(get)


def test_who_assumes_a_role_stays_in_its_place(emulator: Emulator, network: PrivateNetwork, actor: Actor) -> None:
    iam = emulator.client("iam")
    trust = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole"}]}
    )
    arn = iam.create_role(RoleName="next", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    place = json.dumps(policy({"Action": "dynamodb:*", "Condition": {"Null": {"aws:SourceIp": "false"}}}))
    iam.put_role_policy(RoleName="next", PolicyName="use", PolicyDocument=json.dumps(policy({"Action": "dynamodb:*"})))

    def assume(**options: Any) -> Any:
        keys = actor.client("sts").assume_role(RoleArn=arn, RoleSessionName="chained", **options)["Credentials"]
        named = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return lambda: emulator.client("dynamodb", **named).get_item(TableName="shop", Key={"pk": {"S": "cup"}})

    get = assume()
    assert get()
    iam.put_role_policy(RoleName="next", PolicyName="use", PolicyDocument=json.dumps(policy({"Action": "sqs:*"})))
    assert "assumed-role/next/chained is not authorized" in denial(get)
    iam.put_role_policy(RoleName="next", PolicyName="use", PolicyDocument=place)
    assert get()
    # The gateway endpoint is on the chained session's way, too.
    nothing = policy({"Effect": "Deny", "Principal": "*", "Action": "*"})
    endpoint = network.gateway("dynamodb", nothing)
    assert "explicit deny in a VPC endpoint policy" in denial(get)
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    limited = assume(Policy=json.dumps(policy({"Action": "sqs:*"})))
    assert denial(limited).endswith("because no session policy allows the dynamodb:GetItem action")
    assert get()
    actor.may({"Action": "dynamodb:*"})
    assert BECAUSE_IDENTITY in denial(assume)
    for_services = json.loads(trust)
    for_services["Statement"][0]["Principal"] = {"Service": "ecs-tasks.amazonaws.com"}
    iam.update_assume_role_policy(RoleName="next", PolicyDocument=json.dumps(for_services))
    actor.may({"Action": "*"})
    assert denial(assume).endswith("because no role trust policy allows the sts:AssumeRole action")


def test_no_other_way_leads_to_keys_without_a_place(emulator: Emulator, actor: Actor) -> None:
    sts = actor.client("sts")
    assert "Cannot call GetSessionToken" in denial(sts.get_session_token)
    assert "Cannot call GetFederationToken" in denial(lambda: sts.get_federation_token(Name="me"))
    web = {"RoleArn": ROLE, "RoleSessionName": "me", "WebIdentityToken": "four"}
    assert "Not authorized" in denial(lambda: sts.assume_role_with_web_identity(**web))
    assert emulator.client("sts").get_session_token()


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("judged"), PALISADE_DEPLOYER_JUDGED="on") as emulator:
        yield emulator


def user(emulator: Emulator, name: str, *statements: Json) -> dict[str, str]:
    """Make a user with permissions, and return keys."""
    iam = emulator.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="use", PolicyDocument=json.dumps(policy(*statements)))
    keys = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"]}


def test_a_deployer_is_judged_when_switched_on(judged: Emulator, emulator: Emulator) -> None:
    for site, is_judged in ((judged, True), (emulator, False)):
        keys = user(site, "ada", {"Action": ["ec2:DescribeVpcs", "ecs:*"]})
        assert site.client("ec2", **keys).describe_vpcs()
        subnets = site.client("ec2", **keys).describe_subnets
        assert BECAUSE_IDENTITY in denial(subnets) if is_judged else subnets()
        backup = site.client("backup", **keys).list_backup_vaults
        assert "backup:ListBackupVaults" in denial(backup) if is_judged else backup()
        # The account's own keys are nobody's that IAM knows.
        assert site.client("ec2").describe_subnets()


def test_a_deployer_has_to_pass_roles(judged: Emulator) -> None:
    container = {"name": "app", "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop:1", "memory": 512}
    wanted = {"family": "shop", "taskRoleArn": ROLE, "containerDefinitions": [container]}
    keys = user(judged, "bob", {"Action": "ecs:*"})
    assert "iam:PassRole" in denial(lambda: judged.client("ecs", **keys).register_task_definition(**wanted))
    to_ecs = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    passes = {"Action": "iam:PassRole", "Resource": ROLE, "Condition": to_ecs}
    keys = user(judged, "eve", {"Action": "ecs:*"}, passes)
    assert judged.client("ecs", **keys).register_task_definition(**wanted)


def test_a_deployers_keys_end_and_its_sessions_are_limited(judged: Emulator) -> None:
    iam = judged.client("iam")
    keys = user(judged, "kim", {"Action": "*"})
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole"}]}
    arn = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="deploy", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
    limit = json.dumps(policy({"Action": "ec2:DescribeVpcs"}))
    given = judged.client("sts", **keys).assume_role(RoleArn=arn, RoleSessionName="kim", Policy=limit)["Credentials"]
    session = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    assert judged.client("ec2", **session).describe_vpcs()
    assert "no session policy allows" in denial(judged.client("ec2", **session).describe_subnets)
    with pytest.raises(ClientError, match="AuthFailure"):
        judged.client("ec2", **{**session, "aws_session_token": "another"}).describe_vpcs()
    iam.update_access_key(UserName="kim", AccessKeyId=keys["aws_access_key_id"], Status="Inactive")
    with pytest.raises(ClientError, match="AuthFailure"):
        judged.client("ec2", **keys).describe_vpcs()

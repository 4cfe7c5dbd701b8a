# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls from inside a VPC: real ones, as roles, from the place of a task. Each has its control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.integration.emulator.emulator_account import make_role
from tests.integration.emulator.emulator_network import VPC_RANGE, PrivateNetwork, allow, position
from tests.integration.emulator.emulator_site import REGION, Emulator, Json

ROLE = "arn:aws:iam::123456789012:role/shop-task"
OTHER_ROLE = "arn:aws:iam::123456789012:role/other"
TABLE = f"arn:aws:dynamodb:{REGION}:123456789012:table/shop"
LAYER_BUCKET = f"prod-{REGION}-starport-layer-bucket"
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module", autouse=True)
def roles(emulator: Emulator) -> None:
    for role in (ROLE, OTHER_ROLE):
        make_role(emulator.client("iam"), role.rpartition("/")[2])


@pytest.fixture(scope="module", autouse=True)
def table(emulator: Emulator) -> None:
    for name in ("shop", "other"):
        emulator.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )


@pytest.fixture
def network(emulator: Emulator) -> PrivateNetwork:
    return PrivateNetwork(emulator)


def get(network: PrivateNetwork, role: str = ROLE, name: str = "shop") -> Any:
    return network.client("dynamodb", role).get_item(TableName=name, Key={"pk": {"S": "cup"}})


def denial(call: Callable[[], Any], code: str = "AccessDeniedException") -> str:
    """Return the message of a call that a policy denies."""
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code
    return str(caught.value.response["Error"]["Message"])


def obstacle(emulator: Emulator, call: Callable[[], Any]) -> str:
    """Return what the log says about a call that gets no answer."""
    with pytest.raises(ConnectionClosedError):
        call()
    lines = (emulator.run_dir / "logs" / "emulator.log").read_text().splitlines()
    return next(line for line in reversed(lines) if " cannot reach " in line)


def test_through_the_endpoint_its_policy_decides(network: PrivateNetwork) -> None:
    own = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
    endpoint = network.gateway("dynamodb", allow(Action="dynamodb:GetItem", Resource=TABLE, Condition=own))
    assert get(network)["ResponseMetadata"]["HTTPStatusCode"] == 200
    because = "because no VPC endpoint policy allows the dynamodb:GetItem action"
    assert f"on resource: {TABLE} {because}" in denial(lambda: get(network, OTHER_ROLE))
    assert f"on resource: {TABLE.replace('shop', 'other')} {because}" in denial(lambda: get(network, name="other"))
    assert "dynamodb:Scan" in denial(lambda: network.client("dynamodb", ROLE).scan(TableName="shop"))
    network.set_policy(endpoint, NOTHING)
    assert "with an explicit deny in a VPC endpoint policy" in denial(lambda: get(network))


def test_a_batch_is_judged_by_all_its_tables(network: PrivateNetwork) -> None:
    network.gateway("dynamodb", allow(Resource=TABLE))
    client = network.client("dynamodb", ROLE)
    keys = {"Keys": [{"pk": {"S": "cup"}}]}
    assert client.batch_get_item(RequestItems={"shop": keys})["UnprocessedKeys"] == {}
    message = denial(lambda: client.batch_get_item(RequestItems={"shop": keys, "other": keys}))
    assert "dynamodb:BatchGetItem on resource: arn:aws:dynamodb:eu-central-1:123456789012:table/other" in message


def test_the_endpoint_and_its_vpc_are_conditions(network: PrivateNetwork) -> None:
    endpoint = network.gateway("dynamodb")
    for equal, unequal, key, value in (
        ("StringEquals", "StringNotEquals", "aws:SourceVpce", endpoint),
        ("StringEquals", "StringNotEquals", "aws:SourceVpc", network.vpc),
        ("IpAddress", "NotIpAddress", "aws:VpcSourceIp", VPC_RANGE),
    ):
        network.set_policy(endpoint, allow(Condition={equal: {key: value}}))
        assert get(network)
        network.set_policy(endpoint, allow(Condition={unequal: {key: value}}))
        denial(lambda: get(network))


def test_without_a_route_calls_pass_by_the_endpoint(network: PrivateNetwork) -> None:
    network.nat()
    network.gateway("dynamodb", NOTHING, RouteTableIds=[])
    assert get(network)
    network.gateway("dynamodb", NOTHING)
    denial(lambda: get(network))


def test_without_any_way_nobody_answers(emulator: Emulator, network: PrivateNetwork) -> None:
    said = obstacle(emulator, lambda: get(network))
    assert f"cannot reach dynamodb (route table): {network.tasks} has neither an endpoint for dynamodb" in said
    network.gateway("dynamodb")
    assert get(network)


def test_a_deleted_nat_gateway_leaves_a_black_hole(emulator: Emulator, network: PrivateNetwork) -> None:
    nat = network.nat()
    assert get(network)
    network.ec2.delete_nat_gateway(NatGatewayId=nat)
    assert f"(route table): the route of {network.tasks} to {nat} is a black hole" in obstacle(
        emulator, lambda: get(network)
    )


def test_answers_need_an_entry_of_the_network_acl(emulator: Emulator, network: PrivateNetwork) -> None:
    network.gateway("dynamodb")
    network.acl((32768, 65535, "0.0.0.0/0"))
    assert get(network)
    # What a gateway endpoint answers comes from public addresses.
    network.acl((32768, 65535, VPC_RANGE))
    assert "(network ACL): acl-" in obstacle(emulator, lambda: get(network))
    network.acl((443, 443, "0.0.0.0/0"))
    assert "in to ports 32768-60999" in obstacle(emulator, lambda: get(network))


def test_an_interface_endpoint_answers_from_inside(emulator: Emulator, network: PrivateNetwork) -> None:
    network.interface("logs")
    network.acl((32768, 65535, VPC_RANGE))
    logs = network.client("logs", ROLE)
    assert logs.describe_log_groups()
    network.acl((443, 443, VPC_RANGE))
    assert "(network ACL)" in obstacle(emulator, logs.describe_log_groups)


def test_the_tasks_group_has_to_let_out(emulator: Emulator, network: PrivateNetwork) -> None:
    endpoint = network.gateway("dynamodb")
    assert get(network)
    network.close_group()
    assert "(security group): sg-" in obstacle(emulator, lambda: get(network))
    lists = network.ec2.describe_managed_prefix_lists()["PrefixLists"]
    (prefix_list,) = [one["PrefixListId"] for one in lists if one["PrefixListName"].endswith(".dynamodb")]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": prefix_list}]}
    network.ec2.authorize_security_group_egress(GroupId=network.task_group, IpPermissions=[https])
    assert get(network)
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert "(route table)" in obstacle(emulator, lambda: get(network))


def test_the_endpoints_group_has_to_let_in(emulator: Emulator, network: PrivateNetwork) -> None:
    network.interface("sts")
    sts = network.client("sts", ROLE)
    assert "assumed-role/shop-task" in sts.get_caller_identity()["Arn"]
    https = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": VPC_RANGE}]}]
    network.ec2.revoke_security_group_ingress(GroupId=network.endpoint_group, IpPermissions=https)
    assert f"(security group): {network.endpoint_group} of vpce-" in obstacle(emulator, sts.get_caller_identity)


def test_without_its_private_name_an_interface_endpoint_is_not_used(
    emulator: Emulator, network: PrivateNetwork
) -> None:
    network.interface("sts", NOTHING, PrivateDnsEnabled=False)
    sts = network.client("sts", ROLE)
    assert "cannot reach sts" in obstacle(emulator, sts.get_caller_identity)
    network.nat()
    assert sts.get_caller_identity()
    network.interface("sts", NOTHING)
    assert "explicit deny in a VPC endpoint policy" in denial(sts.get_caller_identity, "AccessDenied")


def test_another_vpcs_endpoint_is_of_no_use(emulator: Emulator, network: PrivateNetwork) -> None:
    neighbour = PrivateNetwork(emulator)
    for service in ("sts", "logs"):
        neighbour.interface(service)
    neighbour.gateway("dynamodb")
    assert "(route table)" in obstacle(emulator, network.client("sts", ROLE).get_caller_identity)
    assert "(route table)" in obstacle(emulator, lambda: get(network))
    assert neighbour.client("sts", ROLE).get_caller_identity()
    assert get(neighbour)


def test_another_region_is_not_behind_the_endpoint(network: PrivateNetwork) -> None:
    network.interface("sts", NOTHING)
    network.nat()
    assert network.client("sts", ROLE, region_name="us-east-1").get_caller_identity()
    denial(network.client("sts", ROLE).get_caller_identity, "AccessDenied")


def test_layers_are_signed_by_somebody_else(network: PrivateNetwork) -> None:
    layers = f"arn:aws:s3:::{LAYER_BUCKET}/*"
    endpoint = network.gateway("s3", allow(Action="s3:GetObject", Resource=layers))
    foreign = network.client("s3", None)

    def layer(bucket: str = LAYER_BUCKET) -> Any:
        return foreign.get_object(Bucket=bucket, Key="layer")

    # Allowed by the policy, but the bucket is Amazon's.
    with pytest.raises(ClientError, match="NoSuchBucket"):
        layer()
    assert "s3:GetObject on resource: arn:aws:s3:::ours/layer" in denial(lambda: layer("ours"), "AccessDenied")
    own = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
    network.set_policy(endpoint, allow(Action="s3:GetObject", Resource=layers, Condition=own))
    assert "because no VPC endpoint policy allows the s3:GetObject action" in denial(layer, "AccessDenied")


def test_a_presigned_address_is_its_signers(emulator: Emulator, network: PrivateNetwork) -> None:
    endpoint = network.gateway("s3", NOTHING)
    address = network.client("s3", ROLE).generate_presigned_url("get_object", Params={"Bucket": "ours", "Key": "a"})
    path = address.removeprefix(emulator.endpoint)

    def status() -> int:
        try:
            return emulator.get(path)[0]
        except ValueError as error:  # S3 answers in XML
            return 403 if "AccessDenied" in error.doc else 404

    assert status() == 403
    network.set_policy(endpoint, allow())
    assert status() == 404


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role_arn": "shop-task"}, "not the ARN of a role"),
        ({"role_arn": ROLE + "s"}, "which does not exist"),
        ({"subnet_id": "subnet-0"}, "does not exist"),
        ({"security_group_ids": ["sg-0"]}, "expected groups of vpc-"),
        ({"security_group_ids": []}, "expected groups of vpc-"),
        ({"role": ROLE}, "expected an object with"),
    ],
)
def test_a_position_that_cannot_be_says_why(
    emulator: Emulator, network: PrivateNetwork, change: Json, message: str
) -> None:
    good = {"role_arn": ROLE, "subnet_id": network.tasks, "security_group_ids": [network.task_group]}
    assert position(emulator, good)[0] == 200
    status, answer = position(emulator, {**good, **change})
    assert (status, message in answer["message"]) == (400, True), answer

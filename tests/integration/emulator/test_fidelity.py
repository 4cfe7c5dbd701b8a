# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to answer as AWS does; ECS and VPC endpoints have files of their own."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


@pytest.fixture(scope="module")
def ec2(emulator: Emulator) -> Any:
    return emulator.client("ec2")


@pytest.fixture(scope="module")
def vpc(ec2: Any) -> str:
    return str(ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture(scope="module")
def subnets(ec2: Any, vpc: str) -> list[str]:
    cidrs = (("10.8.0.0/24", "eu-central-1a"), ("10.8.1.0/24", "eu-central-1b"))
    created = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone) for cidr, zone in cidrs]
    return [item["Subnet"]["SubnetId"] for item in created]


def test_the_region_has_three_zones_and_the_account_its_number(emulator: Emulator, ec2: Any) -> None:
    zones = [zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]]
    assert zones == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    assert emulator.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_table_has_an_id_for_life(emulator: Emulator) -> None:
    dynamodb = emulator.client("dynamodb")
    created = dynamodb.create_table(
        TableName="shop",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )["TableDescription"]["TableId"]
    assert dynamodb.describe_table(TableName="shop")["Table"]["TableId"] == created
    assert dynamodb.delete_table(TableName="shop")["TableDescription"]["TableId"] == created


def test_a_nat_gateway_is_tagged_under_its_own_type(ec2: Any, subnets: list[str]) -> None:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.create_tags(Resources=[gateway], Tags=[{"Key": "Name", "Value": "shop"}])
    (tag,) = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [gateway]}])["Tags"]
    assert tag["ResourceType"] == "natgateway"


def test_interfaces_have_addresses_of_their_subnets(ec2: Any, vpc: str, subnets: list[str]) -> None:
    interfaces = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.eu-central-1.sts",
        VpcEndpointType="Interface",
        SubnetIds=subnets,
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["NetworkInterfaceIds"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[1], AllocationId=ec2.allocate_address(Domain="vpc")["AllocationId"])
    interfaces.append(nat["NatGateway"]["NatGatewayAddresses"][0]["NetworkInterfaceId"])
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=interfaces)["NetworkInterfaces"]
    addresses = [one["PrivateIpAddress"] for one in found]
    places = [one["SubnetId"] for one in found]
    assert [address.rpartition(".")[0] for address in addresses] == [
        {subnets[0]: "10.8.0", subnets[1]: "10.8.1"}[place] for place in places
    ]
    assert len(set(addresses)) == 3


def test_a_route_of_a_new_table_has_an_origin(ec2: Any, vpc: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]
    assert [route["Origin"] for route in table["Routes"]] == ["CreateRouteTable"]


def test_rules_for_prefix_lists_keep_their_description(ec2: Any, vpc: str) -> None:
    group = ec2.create_security_group(GroupName="shop", Description="shop", VpcId=vpc)["GroupId"]
    prefix_list = {"PrefixListId": "pl-12345678", "Description": "to the table"}
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [prefix_list]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule])
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissionsEgress"]
    assert [entry for item in rules for entry in item["PrefixListIds"]] == [prefix_list]


def test_an_update_of_descriptions_is_confirmed(ec2: Any, vpc: str) -> None:
    group = ec2.create_security_group(GroupName="described", Description="shop", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    described = [{**rule, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}]}]
    answer = ec2.update_security_group_rule_descriptions_ingress(GroupId=group, IpPermissions=described)
    assert answer["Return"] is True


@pytest.mark.parametrize("chained", [True, False])
def test_an_imported_certificate_is_returned_as_it_was(emulator: Emulator, chained: bool) -> None:
    acm, tls = emulator.client("acm"), emulator.run_dir / "tls"
    certificate, chain = ((tls / name).read_text() for name in ("localhost.crt", "chain.pem"))
    optional = {"CertificateChain": chain} if chained else {}
    key = (tls / "localhost.key").read_bytes()
    arn = acm.import_certificate(Certificate=certificate, PrivateKey=key, **optional)["CertificateArn"]
    found = acm.get_certificate(CertificateArn=arn)
    assert (found["Certificate"], found.get("CertificateChain", "")) == (certificate, chain if chained else "")
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"


def manifest(layer: str) -> str:
    layers = [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": f"sha256:{layer * 64}", "size": 1}]
    return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": layers})


@pytest.mark.parametrize("mutability", ["IMMUTABLE", "MUTABLE"])
def test_untagged_images_live_side_by_side_under_the_digest_of_their_manifest(
    emulator: Emulator, mutability: str
) -> None:
    ecr, name = emulator.client("ecr"), f"shop-{mutability.lower()}"
    ecr.create_repository(repositoryName=name, imageTagMutability=mutability)
    digests = set()
    for layer in "ab":
        image = ecr.put_image(repositoryName=name, imageManifest=manifest(layer))["image"]
        digests.add("sha256:" + hashlib.sha256(manifest(layer).encode()).hexdigest())
        assert image["imageId"]["imageDigest"] in digests
        with pytest.raises(ecr.exceptions.ImageAlreadyExistsException):
            ecr.put_image(repositoryName=name, imageManifest=manifest(layer))
    assert {image["imageDigest"] for image in ecr.list_images(repositoryName=name)["imageIds"]} == digests


def test_an_immutable_tag_stays_where_it_is(emulator: Emulator) -> None:
    ecr = emulator.client("ecr")
    ecr.create_repository(repositoryName="tagged", imageTagMutability="IMMUTABLE")
    ecr.put_image(repositoryName="tagged", imageManifest=manifest("a"), imageTag="v1")
    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        ecr.put_image(repositoryName="tagged", imageManifest=manifest("b"), imageTag="v1")


@pytest.fixture(scope="module")
def balancer(emulator: Emulator, subnets: list[str]) -> str:
    created = emulator.client("elbv2").create_load_balancer(Name="attributes", Subnets=subnets)
    return str(created["LoadBalancers"][0]["LoadBalancerArn"])


def test_a_load_balancer_has_its_attributes_from_the_start(emulator: Emulator, balancer: str) -> None:
    described = emulator.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=balancer)["Attributes"]
    attributes = {item["Key"]: item["Value"] for item in described}
    expected = {
        "idle_timeout.timeout_seconds": "60",
        "routing.http2.enabled": "true",
        "deletion_protection.enabled": "false",
        "load_balancing.cross_zone.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "false",
    }
    assert attributes.items() >= expected.items()


def test_a_load_balancer_that_is_protected_is_kept(emulator: Emulator, subnets: list[str]) -> None:
    elbv2 = emulator.client("elbv2")
    arn = elbv2.create_load_balancer(Name="protected", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    for protected in ("true", "false"):
        attributes = [{"Key": "deletion_protection.enabled", "Value": protected}]
        elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
        if protected == "true":
            with pytest.raises(elbv2.exceptions.OperationNotPermittedException):
                elbv2.delete_load_balancer(LoadBalancerArn=arn)
    elbv2.delete_load_balancer(LoadBalancerArn=arn)


def test_a_rule_may_name_several_paths_and_hosts(emulator: Emulator, balancer: str) -> None:
    elbv2 = emulator.client("elbv2")
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    listener = elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=fixed)
    arn = listener["Listeners"][0]["ListenerArn"]
    conditions = [
        {"Field": "path-pattern", "Values": ["/a/*", "/b/*"]},
        {"Field": "host-header", "Values": ["a.example.org", "b.example.org"]},
    ]
    rule = elbv2.create_rule(ListenerArn=arn, Priority=1, Conditions=conditions, Actions=fixed)["Rules"][0]
    assert [condition["Values"] for condition in rule["Conditions"]] == [item["Values"] for item in conditions]
    too_long = [{"Field": "path-pattern", "Values": ["/a", "/" + "x" * 128]}]
    with pytest.raises(ClientError, match="too long"):
        elbv2.create_rule(ListenerArn=arn, Priority=2, Conditions=too_long, Actions=fixed)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to answer as AWS does: the logs of a load balancer, and the roles that services make."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator

BUCKET = "access-logs"
GRANT: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/123456789012/*",
}
REGIONAL = {**GRANT, "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/111122223333/*"}
ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


@pytest.fixture(scope="module")
def balancer(emulator: Emulator) -> str:
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    places = enumerate(("eu-central-1a", "eu-central-1b"))
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{n}.0/24", AvailabilityZone=zone) for n, zone in places]
    ids = [one["Subnet"]["SubnetId"] for one in made]
    answer = emulator.client("elbv2").create_load_balancer(Name="logged", Subnets=ids)
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def turn_on(emulator: Emulator, balancer: str) -> str:
    """Turn access logs on and return the code of the error, if there is one."""
    attributes = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": BUCKET}
    pairs = [{"Key": key, "Value": value} for key, value in attributes.items()]
    try:
        emulator.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=pairs)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_access_logs_go_to_a_bucket_that_takes_them(emulator: Emulator, balancer: str) -> None:
    s3, refused = emulator.client("s3"), "InvalidConfigurationRequest"
    assert turn_on(emulator, balancer) == refused
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert turn_on(emulator, balancer) == refused
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [REGIONAL]}))
    assert turn_on(emulator, balancer) == refused
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [GRANT]}))
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=ENCRYPTED)
    assert turn_on(emulator, balancer) == refused
    attributes = emulator.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=balancer)["Attributes"]
    assert {"Key": "access_logs.s3.enabled", "Value": "false"} in attributes
    s3.delete_bucket_encryption(Bucket=BUCKET)
    assert turn_on(emulator, balancer) == ""
    (written,) = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert written["Key"] == "AWSLogs/123456789012/ELBAccessLogTestFile"


def test_services_make_their_roles_when_they_are_used_first(emulator: Emulator, balancer: str) -> None:
    iam = emulator.client("iam")
    found = iam.get_role(RoleName="AWSServiceRoleForElasticLoadBalancing")["Role"]
    assert found["Path"] == "/aws-service-role/elasticloadbalancing.amazonaws.com/"
    ecs, scaling = emulator.client("ecs"), emulator.client("application-autoscaling")
    for _ in range(2):
        ecs.create_cluster(clusterName="first")
    assert iam.get_role(RoleName="AWSServiceRoleForECS")["Role"]["Arn"].endswith("/AWSServiceRoleForECS")
    name = "AWSServiceRoleForApplicationAutoScaling_ECSService"
    ecs.register_task_definition(family="first", containerDefinitions=[{"name": "a", "image": "b", "memory": 64}])
    ecs.create_service(cluster="first", serviceName="first", taskDefinition="first", desiredCount=0)
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/first/first",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=0,
        MaxCapacity=1,
    )
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "ecs.application-autoscaling.amazonaws.com"}

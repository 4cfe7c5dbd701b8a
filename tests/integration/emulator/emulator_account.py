# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service needs around it, made through boto3 as a user would."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.integration.emulator.emulator_site import REGION, Emulator, Json, eventually

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def make_role(iam: Any, name: str, *policies: Json, **options: Any) -> str:
    """Make a role that ECS tasks may have, with policies of its own, by default one that allows everything."""
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **options)
    for number, policy in enumerate(policies or (EVERYTHING,)):
        iam.put_role_policy(RoleName=name, PolicyName=f"policy{number}", PolicyDocument=json.dumps(policy))
    return str(role["Role"]["Arn"])


class Account:
    """A network, a role, a repository with the stand-in's image, a load balancer and a cluster."""

    def __init__(self, emulator: Emulator, application: Path) -> None:
        self.emulator = emulator
        self._application = application
        self.ec2, self.ecs, self.elbv2 = (emulator.client(name) for name in ("ec2", "ecs", "elbv2"))
        self.vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [self._subnet(number, zone) for number, zone in enumerate("abc")]
        self._lead_out()
        self.ecs.create_cluster(clusterName="shop")

    def _subnet(self, number: int, zone: str) -> str:
        subnet = self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
        )
        return str(subnet["Subnet"]["SubnetId"])

    def _lead_out(self) -> None:
        """Give the subnets a NAT gateway: without a way to the registry no task starts."""
        public = self._subnet(8, "a")
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = self.ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
        outer = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=outer, SubnetId=public)
        of_the_vpc = [{"Name": "vpc-id", "Values": [self.vpc]}, {"Name": "association.main", "Values": ["true"]}]
        main = self.ec2.describe_route_tables(Filters=of_the_vpc)["RouteTables"][0]["RouteTableId"]
        everywhere = {"DestinationCidrBlock": "0.0.0.0/0"}
        self.ec2.create_route(RouteTableId=outer, GatewayId=gateway, **everywhere)
        self.ec2.create_route(RouteTableId=main, NatGatewayId=nat, **everywhere)

    @cached_property
    def role(self) -> str:
        return make_role(self.emulator.client("iam"), "shop-task")

    @cached_property
    def image(self) -> str:
        self.emulator.client("ecr").create_repository(repositoryName="shop", imageTagMutability="IMMUTABLE")
        return str(self.publish()["image"])

    def publish(self) -> Json:
        """Publish the stand-in's image."""
        output = self.emulator.must("publish", "--repository", "shop", "--application", str(self._application))
        answer: Json = json.loads(output.splitlines()[-1])
        return answer

    @cached_property
    def balancer(self) -> str:
        arn = self.elbv2.create_load_balancer(Name="shop", Subnets=self.subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        return str(arn)

    @cached_property
    def certificate(self) -> str:
        tls = self.emulator.run_dir / "tls"
        imported = self.emulator.client("acm").import_certificate(
            Certificate=(tls / "localhost.crt").read_bytes(),
            PrivateKey=(tls / "localhost.key").read_bytes(),
            CertificateChain=(tls / "chain.pem").read_bytes(),
        )
        return str(imported["CertificateArn"])

    def target_group(self, name: str, delay: int = 1) -> str:
        """Make a target group with fast health checks."""
        arn = self.elbv2.create_target_group(
            Name=name,
            Protocol="HTTPS",
            Port=8443,
            VpcId=self.vpc,
            TargetType="ip",
            HealthCheckPath="/healthz",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        delays = [{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}]
        self.elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=delays)
        return str(arn)

    def listener(self, target_group: str) -> str:
        """Make the HTTPS listener forward to a target group."""
        listener = self.elbv2.create_listener(
            LoadBalancerArn=self.balancer,
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": self.certificate}],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
        )
        return str(listener["Listeners"][0]["ListenerArn"])

    def rule(self, listener: str, priority: int, target_group: str, path: str) -> None:
        """Forward a path to a target group."""
        self.elbv2.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=[{"Type": "forward", "TargetGroupArn": target_group}],
        )

    def definition(self, family: str = "shop", environment: dict[str, str] | None = None, **container: Any) -> str:
        """Register a task definition of one container."""
        content = {
            "name": "app",
            "image": self.image,
            "portMappings": [{"containerPort": 8443}],
            "environment": [{"name": name, "value": value} for name, value in (environment or {}).items()],
            **container,
        }
        registered = self.ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            taskRoleArn=self.role,
            executionRoleArn=self.role,
            containerDefinitions=[content],
        )
        return str(registered["taskDefinition"]["taskDefinitionArn"])

    def service(self, name: str, definition: str, desired: int, target_group: str | None = None, **more: Any) -> Json:
        """Create a service."""
        balancers = [{"targetGroupArn": target_group, "containerName": "app", "containerPort": 8443}]
        created: Json = self.ecs.create_service(
            cluster="shop",
            serviceName=name,
            taskDefinition=definition,
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": self.subnets}},
            **{"loadBalancers": balancers if target_group else [], **more},
        )["service"]
        return created

    def describe(self, name: str) -> Json:
        """Return a service."""
        found: Json = self.ecs.describe_services(cluster="shop", services=[name])["services"][0]
        return found

    def update(self, name: str, **changes: Any) -> Json:
        """Change a service."""
        updated: Json = self.ecs.update_service(cluster="shop", service=name, **changes)["service"]
        return updated

    def steady(self, name: str, seconds: float = 60) -> Json:
        """Wait until a service's rollout is over and its counts are right."""

        def check() -> Json | None:
            service = self.describe(name)
            (primary, *older) = service["deployments"]
            over = primary["rolloutState"] == "COMPLETED" and not older
            return service if over and service["runningCount"] == service["desiredCount"] else None

        found: Json = eventually(check, f"{name} is steady", seconds)
        return found

    def remove(self, name: str) -> None:
        """Delete a service and wait until it is gone."""
        self.ecs.delete_service(cluster="shop", service=name, force=True)
        eventually(lambda: self.describe(name)["status"] == "INACTIVE", f"{name} is inactive")

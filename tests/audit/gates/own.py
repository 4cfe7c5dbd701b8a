# SPDX-License-Identifier: GPL-3.0-or-later
"""What no tool looks at: AWS's own controls that are newer than the tools, judged on the exported template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.audit.finding import Finding, Result
from tests.audit.gates.subject import Subject
from tests.audit.state.reading import Item

TOOL = "palisade"
VERSION = "1"
# Each yields (logical id, is it right) for every resource that the check is about.
Check = Callable[[Item], Iterator[tuple[str, bool]]]
ROOT = ("", "0", "root")


def judge(subject: Subject) -> Result:
    """Return what the checks say of the template."""
    resources = subject.template["Resources"]
    findings = tuple(
        Finding(TOOL, check.__name__, name, not right, (check.__doc__ or "").strip())
        for check in CHECKS
        for name, right in check(resources)
    )
    return Result(TOOL, VERSION, len({finding.resource for finding in findings}), "resources", findings)


def _of(resources: Item, kind: str) -> Iterator[tuple[str, Any]]:
    for name, resource in resources.items():
        if resource["Type"] == f"AWS::{kind}":
            yield name, resource["Properties"]


def targets_over_tls(resources: Item) -> Iterator[tuple[str, bool]]:
    """ELB.21, ELB.22: traffic and health checks reach the targets over TLS."""
    for name, group in _of(resources, "ElasticLoadBalancingV2::TargetGroup"):
        yield name, group["Protocol"] == group["HealthCheckProtocol"] == "HTTPS"


def containers_not_root(resources: Item) -> Iterator[tuple[str, bool]]:
    """ECS.20: the task definition names a user other than root."""
    for name, definition in _of(resources, "ECS::TaskDefinition"):
        yield name, all(item.get("User", "").split(":")[0] not in ROOT for item in definition["ContainerDefinitions"])


def roles_of_task_differ(resources: Item) -> Iterator[tuple[str, bool]]:
    """CKV_AWS_249: the application does not have the rights of the agent that starts it."""
    for name, definition in _of(resources, "ECS::TaskDefinition"):
        task, execution = definition.get("TaskRoleArn"), definition.get("ExecutionRoleArn")
        yield name, task is not None and task != execution


def execute_command_off(resources: Item) -> Iterator[tuple[str, bool]]:
    """CKV_AWS_223, CKV_AWS_224: nobody opens a shell in a task."""
    for name, service in _of(resources, "ECS::Service"):
        yield name, not service.get("EnableExecuteCommand", False)


def platform_latest(resources: Item) -> Iterator[tuple[str, bool]]:
    """ECS.10: Fargate's newest platform; tools look only at services with a launch type, not at capacity providers."""
    for name, service in _of(resources, "ECS::Service"):
        yield name, service.get("PlatformVersion", "LATEST") == "LATEST"


def registry_by_endpoints(resources: Item) -> Iterator[tuple[str, bool]]:
    """EC2.55, EC2.56: the VPC has interface endpoints for both APIs of ECR."""
    services = [item["ServiceName"].rpartition("com.amazonaws.")[2] for _, item in _of(resources, "EC2::VPCEndpoint")]
    kinds = {service.split(".", 1)[-1] for service in services}
    for name, _ in _of(resources, "EC2::VPC"):
        yield name, {"ecr.api", "ecr.dkr"} <= kinds


def endpoint_policies_not_open(resources: Item) -> Iterator[tuple[str, bool]]:
    """SEC05: no endpoint has the default policy, which lets everybody do everything."""
    for name, endpoint in _of(resources, "EC2::VPCEndpoint"):
        statements = (endpoint.get("PolicyDocument") or {"Statement": [{"Action": "*"}]})["Statement"]
        yield name, all(statement.get("Action") != "*" for statement in statements)


def roles_have_boundary(resources: Item) -> Iterator[tuple[str, bool]]:
    """SEC03: every role has a permissions boundary."""
    for name, role in _of(resources, "IAM::Role"):
        yield name, "PermissionsBoundary" in role


def group_rules_described(resources: Item) -> Iterator[tuple[str, bool]]:
    """CKV_AWS_23: every rule says what it is for; checkov looks at egress only where a template has it inline."""
    for name, group in _of(resources, "EC2::SecurityGroup"):
        rules = group["SecurityGroupIngress"] + group["SecurityGroupEgress"]
        yield name, all(rule.get("Description") for rule in rules)


def egress_restricted(resources: Item) -> Iterator[tuple[str, bool]]:
    """CKV_AWS_382: no group lets everything out to everywhere."""
    for name, group in _of(resources, "EC2::SecurityGroup"):
        everywhere = [rule for rule in group["SecurityGroupEgress"] if rule.get("CidrIp") == "0.0.0.0/0"]
        yield name, not any(rule["IpProtocol"] == "-1" for rule in everywhere)


def service_scales(resources: Item) -> Iterator[tuple[str, bool]]:
    """REL07: the number of tasks follows the load, and two are the least."""
    for name, target in _of(resources, "ApplicationAutoScaling::ScalableTarget"):
        yield name, 2 <= target.get("MinCapacity", 0) < target["MaxCapacity"]


def resources_tagged(resources: Item) -> Iterator[tuple[str, bool]]:
    """DynamoDB.5, ECR.4: tables say to which stack they belong."""
    for name, table in _of(resources, "DynamoDB::Table"):
        yield name, any(tag["Key"] == "palisade:stack" for tag in table.get("Tags", []))


CHECKS: tuple[Check, ...] = (
    targets_over_tls,
    containers_not_root,
    roles_of_task_differ,
    execute_command_off,
    platform_latest,
    registry_by_endpoints,
    endpoint_policies_not_open,
    roles_have_boundary,
    group_rules_described,
    egress_restricted,
    service_scales,
    resources_tagged,
)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The service, its tasks and what scales it as CloudFormation writes them."""

from __future__ import annotations

from tests.audit.state.reading import Item, State
from tests.audit.template.resource import Resource, Resources, capitalised, tags, take, without_nothing

DEFINITION = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "pidMode",
    "ipcMode",
    "runtimePlatform",
    "volumes",
    "ephemeralStorage",
    "containerDefinitions",
)
SERVICE = (
    "serviceName",
    "desiredCount",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "deploymentConfiguration",
    "networkConfiguration",
    "healthCheckGracePeriodSeconds",
    "schedulingStrategy",
    "enableECSManagedTags",
    "propagateTags",
    "enableExecuteCommand",
    "availabilityZoneRebalancing",
)


def resources(state: State) -> Resources:
    """Return clusters, task definitions, services and scaling."""
    for cluster in state["clusters"]:
        yield _cluster(cluster)
    for definition in state["task_definitions"]:
        known = {definition["taskDefinitionArn"]: ""}
        yield Resource("AWS::ECS::TaskDefinition", definition["family"], _definition(definition), known)
    for service in state["services"]:
        yield _service(service)
    for target in state["scalable_targets"]:
        wanted = take(target, "ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity")
        yield Resource("AWS::ApplicationAutoScaling::ScalableTarget", target["ResourceId"], wanted)
    for policy in state["scaling_policies"]:
        wanted = take(
            policy,
            "PolicyName",
            "PolicyType",
            "ServiceNamespace",
            "ResourceId",
            "ScalableDimension",
            "TargetTrackingScalingPolicyConfiguration",
        )
        yield Resource("AWS::ApplicationAutoScaling::ScalingPolicy", policy["PolicyName"], wanted)


def _cluster(cluster: Item) -> Resource:
    wanted = {
        "ClusterName": cluster["clusterName"],
        "ClusterSettings": capitalised(cluster.get("settings", [])),
        "Configuration": capitalised(cluster.get("configuration") or {}),
        "CapacityProviders": cluster.get("capacityProviders", []),
    }
    known = {cluster["clusterArn"]: "Arn"}
    return Resource("AWS::ECS::Cluster", cluster["clusterName"], without_nothing(wanted) | tags(cluster), known)


def _definition(definition: Item) -> Item:
    wanted: Item = capitalised(take(definition, *DEFINITION))
    for container in wanted["ContainerDefinitions"]:
        # Zero stands for "no share of its own", which a template leaves out.
        if container.get("Cpu") == 0:
            del container["Cpu"]
    return wanted


def _service(service: Item) -> Resource:
    wanted: Item = capitalised(take(service, *SERVICE))
    configuration = wanted["DeploymentConfiguration"]
    if "AlarmNames" not in configuration.get("Alarms", {"AlarmNames": []}):
        # AWS answers with alarms that are off; a template cannot say so, since it has to name them.
        del configuration["Alarms"]
    wanted["LoadBalancers"] = capitalised(service["loadBalancers"])
    wanted |= {"Cluster": service["clusterArn"], "TaskDefinition": service["taskDefinition"]}
    return Resource("AWS::ECS::Service", service["serviceName"], wanted | tags(service))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Load balancers and web ACLs as CloudFormation writes them."""

from __future__ import annotations

import base64
from typing import Any

from tests.audit.state.reading import Item, State
from tests.audit.template.resource import Resource, Resources, tags, take, without_nothing

# What the API answers and a template does not say.
COMPUTED = ("Capacity", "LabelNamespace", "ManagedByFirewallManager")


def resources(state: State) -> Resources:
    """Return load balancers with listeners and target groups, and web ACLs with what they protect and log."""
    for balancer in state["load_balancers"]:
        yield _load_balancer(balancer)
    names = {item["LoadBalancerArn"]: item["LoadBalancerName"] for item in state["load_balancers"]}
    for listener in state["listeners"]:
        yield _listener(names[listener["LoadBalancerArn"]], listener)
    for group in state["target_groups"]:
        yield _target_group(group)
    for acl in state["web_acls"]:
        yield _web_acl(acl)
        for resource in acl["ResourceArns"]:
            both = {"WebACLArn": acl["ARN"], "ResourceArn": resource}
            yield Resource("AWS::WAFv2::WebACLAssociation", f"{acl['Name']} {names.get(resource, resource)}", both)
    acls = {acl["ARN"]: acl["Name"] for acl in state["web_acls"]}
    for logging in state["web_acl_logging"]:
        wanted = take(logging, "ResourceArn", "LogDestinationConfigs", "RedactedFields", "LoggingFilter")
        name = acls.get(logging["ResourceArn"], str(logging["ResourceArn"]))
        yield Resource("AWS::WAFv2::LoggingConfiguration", name, wanted)


def _load_balancer(balancer: Item) -> Resource:
    wanted = take(balancer, "Scheme", "Type", "SecurityGroups", "IpAddressType", Name="LoadBalancerName") | {
        "Subnets": [zone["SubnetId"] for zone in balancer["AvailabilityZones"]],
        "LoadBalancerAttributes": [pair for pair in balancer["Attributes"] if pair["Value"] != ""],
    }
    known = {balancer["LoadBalancerArn"]: ""}
    name = balancer["LoadBalancerName"]
    return Resource("AWS::ElasticLoadBalancingV2::LoadBalancer", name, wanted | tags(balancer), known)


def _listener(balancer: str, listener: Item) -> Resource:
    wanted = take(listener, "LoadBalancerArn", "Port", "Protocol", "Certificates", "SslPolicy")
    wanted["DefaultActions"] = [
        take(action, "Type", "Order", "TargetGroupArn", "RedirectConfig", "FixedResponseConfig", "ForwardConfig")
        for action in listener["DefaultActions"]
    ]
    known = {listener["ListenerArn"]: ""}
    return Resource("AWS::ElasticLoadBalancingV2::Listener", f"{balancer} {listener['Port']}", wanted, known)


def _target_group(group: Item) -> Resource:
    wanted = take(
        group,
        "Protocol",
        "ProtocolVersion",
        "Port",
        "VpcId",
        "TargetType",
        "HealthCheckEnabled",
        "HealthCheckProtocol",
        "HealthCheckPort",
        "HealthCheckPath",
        "HealthCheckIntervalSeconds",
        "HealthCheckTimeoutSeconds",
        "HealthyThresholdCount",
        "UnhealthyThresholdCount",
        "Matcher",
        Name="TargetGroupName",
    )
    attributes = {"TargetGroupAttributes": group["Attributes"]}
    known = {group["TargetGroupArn"]: ""}
    name = group["TargetGroupName"]
    return Resource("AWS::ElasticLoadBalancingV2::TargetGroup", name, wanted | attributes, known)


def _web_acl(acl: Item) -> Resource:
    wanted = take(acl, "Name", "Scope", "Description", "DefaultAction", "VisibilityConfig", "CustomResponseBodies")
    rules: list[Any] = [_rule(rule) for rule in acl.get("Rules", [])]
    known = {acl["ARN"]: "Arn"}
    return Resource("AWS::WAFv2::WebACL", acl["Name"], wanted | without_nothing({"Rules": rules}), known)


def _rule(value: Any) -> Any:
    """Search strings are bytes in the API and text, plain or base64, in a template."""
    if isinstance(value, list):
        return [_rule(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if not isinstance(value, dict):
        return value
    return {
        "SearchStringBase64" if isinstance(item, bytes) else key: _rule(item)
        for key, item in value.items()
        if key not in COMPUTED
    }

# SPDX-License-Identifier: GPL-3.0-or-later
"""The network as CloudFormation writes it."""

from __future__ import annotations

from tests.audit.state.reading import Item, State
from tests.audit.template.resource import Resource, Resources, document, tag, tags, take, without_nothing


def resources(state: State) -> Resources:
    """Return everything that lies in a VPC, except its security groups."""
    yield from map(_vpc, state["vpcs"])
    yield from map(_subnet, state["subnets"])
    for gateway in state["internet_gateways"]:
        yield from _internet_gateway(gateway)
    yield from map(_nat_gateway, state["nat_gateways"])
    yield from map(_address, state["addresses"])
    zones = subnet_names(state)
    for table in state["route_tables"]:
        yield from _route_table(table, zones)
    yield from map(_endpoint, state["vpc_endpoints"])
    yield from map(_flow_log, state["flow_logs"])


def subnet_names(state: State) -> dict[str, str]:
    """Return each subnet's name by its id."""
    return {subnet["SubnetId"]: _name(subnet, "SubnetId") for subnet in state["subnets"]}


def _name(item: Item, id_key: str) -> str:
    return tag(item, "Name") or str(item[id_key])


def _vpc(vpc: Item) -> Resource:
    wanted = take(vpc, "CidrBlock", "EnableDnsSupport", "EnableDnsHostnames", "InstanceTenancy")
    return Resource("AWS::EC2::VPC", _name(vpc, "VpcId"), wanted | tags(vpc), {vpc["VpcId"]: ""})


def _subnet(subnet: Item) -> Resource:
    wanted = take(subnet, "VpcId", "CidrBlock", "AvailabilityZone", "MapPublicIpOnLaunch")
    return Resource("AWS::EC2::Subnet", _name(subnet, "SubnetId"), wanted | tags(subnet), {subnet["SubnetId"]: ""})


def _internet_gateway(gateway: Item) -> Resources:
    name, gateway_id = _name(gateway, "InternetGatewayId"), gateway["InternetGatewayId"]
    yield Resource("AWS::EC2::InternetGateway", name, tags(gateway), {gateway_id: ""})
    for attachment in gateway["Attachments"]:
        both = {"VpcId": attachment["VpcId"], "InternetGatewayId": gateway_id}
        yield Resource("AWS::EC2::VPCGatewayAttachment", name, both)


def _nat_gateway(gateway: Item) -> Resource:
    address = gateway["NatGatewayAddresses"][0]
    wanted = take(gateway, "SubnetId", "ConnectivityType") | take(address, "AllocationId") | tags(gateway)
    return Resource("AWS::EC2::NatGateway", _name(gateway, "NatGatewayId"), wanted, {gateway["NatGatewayId"]: ""})


def _address(address: Item) -> Resource:
    known = {address["AllocationId"]: "AllocationId"}
    return Resource("AWS::EC2::EIP", _name(address, "AllocationId"), take(address, "Domain") | tags(address), known)


def _route_table(table: Item, zones: dict[str, str]) -> Resources:
    name, table_id = _name(table, "RouteTableId"), table["RouteTableId"]
    subnets = [item["SubnetId"] for item in table["Associations"] if item.get("SubnetId")]
    if any(item.get("Main") for item in table["Associations"]) and not subnets:
        # CloudFormation neither makes nor changes the main table; no subnet of ours uses it.
        return
    yield Resource("AWS::EC2::RouteTable", name, take(table, "VpcId") | tags(table), {table_id: ""})
    for subnet in subnets:
        both = {"RouteTableId": table_id, "SubnetId": subnet}
        yield Resource("AWS::EC2::SubnetRouteTableAssociation", f"{name} {zones[subnet]}", both)
    for route in table["Routes"]:
        # Gateway endpoints write their own routes, and the one inside the VPC is always there.
        if route.get("GatewayId") == "local" or "DestinationPrefixListId" in route:
            continue
        wanted = take(route, "DestinationCidrBlock", "DestinationIpv6CidrBlock", "GatewayId", "NatGatewayId")
        to = route.get("DestinationCidrBlock", route.get("DestinationIpv6CidrBlock"))
        yield Resource("AWS::EC2::Route", f"{name} {to}", {"RouteTableId": table_id} | wanted)


def _endpoint(endpoint: Item) -> Resource:
    wanted = take(endpoint, "VpcId", "ServiceName", "VpcEndpointType", "RouteTableIds", "SubnetIds") | without_nothing(
        {
            "SecurityGroupIds": [group["GroupId"] for group in endpoint.get("Groups", [])],
            "PrivateDnsEnabled": endpoint.get("PrivateDnsEnabled"),
            "PolicyDocument": document(endpoint.get("PolicyDocument")),
        }
    )
    name = _name(endpoint, "VpcEndpointId")
    return Resource("AWS::EC2::VPCEndpoint", name, wanted | tags(endpoint), {endpoint["VpcEndpointId"]: ""})


def _flow_log(flow_log: Item) -> Resource:
    wanted = take(
        flow_log,
        "ResourceId",
        "TrafficType",
        "LogDestinationType",
        "LogDestination",
        "LogGroupName",
        "LogFormat",
        "DeliverLogsPermissionArn",
        "MaxAggregationInterval",
    )
    if wanted.get("LogDestination"):
        wanted.pop("LogGroupName", None)  # AWS answers with both; a template names one.
    kind = {"ResourceType": {"vpc": "VPC", "eni-": "NetworkInterface", "subnet": "Subnet"}[_kind(flow_log)]}
    return Resource("AWS::EC2::FlowLog", _name(flow_log, "FlowLogId"), wanted | kind | tags(flow_log))


def _kind(flow_log: Item) -> str:
    return next(kind for kind in ("vpc", "eni-", "subnet") if flow_log["ResourceId"].startswith(kind))

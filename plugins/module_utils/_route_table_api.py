# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2 about route tables, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._route_table_plan import ANYWHERE, target_argument
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import call, list_all, tag_specifications

NOT_YET = (
    "InvalidRouteTableID.NotFound",
    "InvalidSubnetID.NotFound",
    "InvalidInternetGatewayID.NotFound",
    "InvalidNatGatewayID.NotFound",
    "InvalidGatewayID.NotFound",
)


def list_route_tables(client: Any, vpc_id: str) -> list[dict[str, Any]]:
    """List the route tables of a VPC."""
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    what = f"list the route tables of {vpc_id}"
    return list_all(client, what, "describe_route_tables", "RouteTables", Filters=filters)


def create_route_table(client: Any, vpc_id: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """Create a route table."""
    specifications = tag_specifications("route-table", tags)
    what = f"create a route table in {vpc_id}"
    answer = call(client, what, "create_route_table", VpcId=vpc_id, TagSpecifications=specifications)
    return {**answer["RouteTable"], "Tags": [tag for one in specifications for tag in one["Tags"]]}


def set_default_route(client: Any, table_id: str, action: str, target: str) -> None:
    """Create, replace or delete the route to anywhere; a replacement leaves no moment without one."""
    arguments = {"RouteTableId": table_id, "DestinationCidrBlock": ANYWHERE}
    what = f"{action} the default route of {table_id}"
    if action == "delete":
        call(client, what, "delete_route", **arguments)
    else:
        call(client, what, f"{action}_route", NOT_YET, **arguments, **target_argument(target))


def associate(client: Any, table_id: str, subnet_id: str) -> None:
    """Give a subnet, which has had the VPC's main table, a table of its own."""
    what = f"attach {table_id} to {subnet_id}"
    call(client, what, "associate_route_table", NOT_YET, RouteTableId=table_id, SubnetId=subnet_id)


def move(client: Any, association_id: str, table_id: str) -> None:
    """Give the subnet of an association another table, without a moment in which it has the main one."""
    what = f"attach {table_id} in place of {association_id}"
    call(
        client,
        what,
        "replace_route_table_association",
        NOT_YET,
        AssociationId=association_id,
        RouteTableId=table_id,
    )


def disassociate(client: Any, association_id: str) -> None:
    """Give the subnet of an association the VPC's main table."""
    call(client, f"remove {association_id}", "disassociate_route_table", AssociationId=association_id)


def delete_route_table(client: Any, table_id: str) -> None:
    """Delete a route table that no subnet has."""
    call(client, f"delete route table {table_id}", "delete_route_table", RouteTableId=table_id)

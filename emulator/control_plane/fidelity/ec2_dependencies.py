# SPDX-License-Identifier: GPL-3.0-or-later
"""What EC2 refuses to delete because something else depends on it."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import EC2Backend

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _keep_groups_in_use(EC2Backend)
    _keep_subnets_in_use(EC2Backend)
    _keep_networks_in_use(EC2Backend)


def _violation(what: str) -> AwsError:
    return AwsError("DependencyViolation", f"{what} has dependencies and cannot be deleted.")


def _keep_groups_in_use(backend_class: Any) -> None:
    """AWS: keeps a group that an interface has or a rule of another group names. moto: deletes it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
    """
    original = backend_class.delete_security_group

    def delete_security_group(backend: Any, name: Any = None, group_id: Any = None) -> Any:
        if group_id and (_has_interface(backend, group_id) or _is_named(backend, group_id)):
            raise _violation(f"resource {group_id}")
        return original(backend, name, group_id)

    backend_class.delete_security_group = delete_security_group


def _has_interface(backend: Any, group_id: str) -> bool:
    return any(group.id == group_id for one in backend.enis.values() for group in one.group_set)


def _is_named(backend: Any, group_id: str) -> bool:
    others = (group for groups in backend.groups.values() for group in groups.values() if group.id != group_id)
    rules = (rule for group in others for rule in (*group.ingress_rules, *group.egress_rules))
    return any(rule.source_group.get("GroupId") == group_id for rule in rules)


def _keep_subnets_in_use(backend_class: Any) -> None:
    """AWS: keeps a subnet that has an interface. moto: deletes it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html
    """
    original = backend_class.delete_subnet

    def delete_subnet(backend: Any, subnet_id: str) -> Any:
        if any(one.subnet.id == subnet_id for one in backend.enis.values()):
            raise _violation(f"The subnet '{subnet_id}'")
        return original(backend, subnet_id)

    backend_class.delete_subnet = delete_subnet


def _keep_networks_in_use(backend_class: Any) -> None:
    """AWS: keeps a VPC with an internet gateway or a group besides the default one. moto: deletes it.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html
    """
    original = backend_class.delete_vpc

    def delete_vpc(backend: Any, vpc_id: str) -> Any:
        gateways = [one for one in backend.internet_gateways.values() if one.vpc and one.vpc.id == vpc_id]
        groups = [one for one in backend.groups[vpc_id].values() if one.name != "default"]
        if gateways or groups:
            raise _violation(f"The vpc '{vpc_id}'")
        done = original(backend, vpc_id)
        # Its default network ACL goes with it, which moto leaves.
        for acl in [one for one in backend.network_acls.values() if one.vpc_id == vpc_id]:
            del backend.network_acls[acl.id]
        return done

    backend_class.delete_vpc = delete_vpc

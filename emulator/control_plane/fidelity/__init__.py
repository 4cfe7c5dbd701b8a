# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto differs from AWS in what the collection relies on: one file per service, a test for every patch."""

from __future__ import annotations

import functools

from emulator.control_plane.fidelity import (
    access_log,
    acm,
    acm_import,
    backup,
    dynamodb,
    dynamodb_recovery,
    dynamodb_restore,
    dynamodb_transactions,
    dynamodb_update,
    ec2,
    ec2_dependencies,
    ecr,
    ecs_cluster,
    ecs_service,
    ecs_service_deployment,
    ecs_task,
    elbv2,
    endpoint_service,
    fargate_quota,
    flow_log,
    iam,
    iam_policies,
    iam_simulation,
    kms,
    nat_gateway,
    network_acl,
    network_interface,
    recovery_points,
    scalable_target,
    scaling_policy,
    security_group,
    service_linked_role,
    table_backups,
    vpc_endpoint,
    wafv2,
)


@functools.cache
def apply() -> None:
    """Install every patch, once per process."""
    for service in (
        access_log,
        acm,
        acm_import,
        backup,
        dynamodb,
        dynamodb_update,
        dynamodb_recovery,
        dynamodb_restore,
        dynamodb_transactions,
        ec2,
        ec2_dependencies,
        ecr,
        ecs_cluster,
        ecs_service,
        ecs_service_deployment,
        ecs_task,
        elbv2,
        endpoint_service,
        fargate_quota,
        flow_log,
        iam,
        iam_policies,
        iam_simulation,
        kms,
        nat_gateway,
        network_acl,
        network_interface,
        recovery_points,
        scalable_target,
        scaling_policy,
        security_group,
        service_linked_role,
        table_backups,
        vpc_endpoint,
        wafv2,
    ):
        service.apply()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Service-linked roles as AWS makes them."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.ecs.models import EC2ContainerServiceBackend
from moto.elbv2.models import ELBv2Backend
from moto.iam.models import iam_backends

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
MADE_BY = (
    (EC2ContainerServiceBackend, "create_cluster", "ecs.amazonaws.com", "ECS"),
    (ELBv2Backend, "create_load_balancer", "elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing"),
    (
        ApplicationAutoscalingBackend,
        "register_scalable_target",
        "ecs.application-autoscaling.amazonaws.com",
        "ApplicationAutoScaling_ECSService",
    ),
)


def apply() -> None:
    """Install the patches."""
    for backend_class, operation, service, name in MADE_BY:
        _make_at_first_use(backend_class, operation, service, f"AWSServiceRoleFor{name}")


def _make_at_first_use(backend_class: Any, operation: str, service: str, name: str) -> None:
    """AWS: makes the role by which a service works in an account when it is used first. moto: never does.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles-for-clusters.html
    """
    original = getattr(backend_class, operation)

    def call(backend: Any, *arguments: Any, **options: Any) -> Any:
        iam = iam_backends[backend.account_id]["aws"]
        if not any(role.name == name for role in iam.roles.values()):
            iam.create_role(
                name, _trust(service), f"/aws-service-role/{service}/", None, "", [], "3600", linked_service=service
            )
        return original(backend, *arguments, **options)

    setattr(backend_class, operation, call)


def _trust(service: str) -> str:
    statement = f'{{"Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole"}}'
    return f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'

# SPDX-License-Identifier: GPL-3.0-or-later
"""Elastic Load Balancing as AWS answers it."""

from __future__ import annotations

from typing import Any

from moto.elbv2.models import ELBv2Backend, FakeHealthStatus, FakeLoadBalancer

from emulator.control_plane.fidelity.error import AwsError

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
APPLICATION_ATTRIBUTES = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.prefix": "",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
REASONS = {
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
    "initial": ("Elb.RegistrationInProgress", "Target registration is in progress"),
    "unhealthy": ("Target.FailedHealthChecks", "Health checks failed"),
    "unused": ("Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
    "healthy": (None, None),
}


def apply() -> None:
    """Install the patches."""
    _give_default_attributes(FakeLoadBalancer)
    _tell_true_health(ELBv2Backend, FakeHealthStatus)
    _allow_several_values(ELBv2Backend)
    _keep_what_is_protected(ELBv2Backend)


def _keep_what_is_protected(backend_class: Any) -> None:
    """AWS: deletes no load balancer that is protected from it. moto: does.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
    """
    original = backend_class.delete_load_balancer

    def delete_load_balancer(backend: Any, arn: str) -> None:
        balancer = backend.load_balancers.get(arn)
        if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
            message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
            raise AwsError("OperationNotPermitted", message)
        original(backend, arn)

    backend_class.delete_load_balancer = delete_load_balancer


def _give_default_attributes(balancer_class: Any) -> None:
    """AWS: an ALB has all its attributes from the start. moto: a few, and cross-zone `false`, which no ALB has."""
    original = balancer_class.__init__

    def __init__(balancer: Any, *arguments: Any, **options: Any) -> None:
        original(balancer, *arguments, **options)
        if balancer.type == "application":
            balancer.attrs = {**balancer.attrs, **APPLICATION_ATTRIBUTES}

    balancer_class.__init__ = __init__


def _tell_true_health(backend_class: Any, status_class: Any) -> None:
    """AWS: targets are initial, healthy, unhealthy or draining. moto: healthy at once, gone when deregistered.

    The scheduler keeps `observed` on each target group it serves: target id -> (port, state, answer).
    """
    original = backend_class.describe_target_health

    def describe_target_health(backend: Any, target_group_arn: str, targets: list[dict[str, Any]]) -> Any:
        group = backend.target_groups.get(target_group_arn)
        observed = getattr(group, "observed", {})
        wanted = [target["Id"] for target in targets or []]
        answer = [
            status_class(target_id, port, _check_port(group, port), state, *(answer or REASONS[state]))
            for target_id, (port, state, answer) in observed.items()
            if not wanted or target_id in wanted
        ]
        others = [target for target in targets or _registered(group) if target["Id"] not in observed]
        return answer + (original(backend, target_group_arn, others) if others or group is None else [])

    backend_class.describe_target_health = describe_target_health


def _registered(group: Any) -> list[dict[str, Any]]:
    return list(group.targets.values()) if group is not None else []


def _check_port(group: Any, port: int) -> str:
    return str(port) if group.health_check_port == "traffic-port" else str(group.health_check_port)


def _allow_several_values(backend_class: Any) -> None:
    """AWS: up to five condition values per rule. moto: one per `host-header` and `path-pattern` condition."""
    for name in ("_validate_host_header_condition", "_validate_path_pattern_condition"):
        setattr(backend_class, name, _one_value_at_a_time(getattr(backend_class, name)))


def _one_value_at_a_time(validate: Any) -> Any:
    def validate_each(backend: Any, condition: dict[str, Any]) -> None:
        for value in condition.get("Values") or [None]:
            validate(backend, {**condition, "Values": [value]} if value else condition)

    return validate_each

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read moto's ELBv2 state into plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .model import (
    Action,
    Certificate,
    Condition,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    OtherAction,
    Redirect,
    Rule,
    Snapshot,
    Target,
    TargetGroup,
)

# Attributes that change what targets receive, with the one value that is emulated.
_ONLY_EMULATED = {
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
}
Certificates = Callable[[str], tuple[bytes, bytes]]


def snapshot(backend: Any, targets: Mapping[str, Sequence[Target]], certificates: Certificates) -> Snapshot:
    """Read moto's ELBv2 backend; call it under the lock that guards the backend.

    `targets` maps a target group's ARN to its endpoints. `certificates` gives the PEM chain and PEM key of a
    certificate ARN and raises LookupError for one that does not exist: the listener is then served without it.
    """
    problems: list[str] = []
    listeners = [
        _listener(load_balancer, listener, certificates, problems)
        for load_balancer in backend.load_balancers.values()
        for listener in load_balancer.listeners.values()
    ]
    groups = [_target_group(group, targets.get(group.arn, ())) for group in backend.target_groups.values()]
    return Snapshot(tuple(listeners), tuple(groups), tuple(problems))


def _listener(load_balancer: Any, listener: Any, certificates: Certificates, problems: list[str]) -> Listener:
    attributes = load_balancer.attrs
    return Listener(
        arn=listener.arn,
        kind=load_balancer.type,
        port=int(listener.port or 0),
        protocol=listener.protocol,
        tls_policy=listener.ssl_policy or "",
        certificates=_certificates(listener, certificates, problems) if listener.protocol == "HTTPS" else (),
        rules=tuple(_rule(rule) for rule in listener._non_default_rules.values()),
        default=_action(listener.default_actions),
        idle_timeout=int(attributes.get("idle_timeout.timeout_seconds", 60)),
        http2_enabled=_is_true(attributes.get("routing.http2.enabled", "true")),
        invalid_headers_dropped=_is_true(attributes.get("routing.http.drop_invalid_header_fields.enabled", "false")),
        ignored_attributes=tuple(f"{name} {attributes[name]}" for name in _ignored(attributes)),
    )


def _ignored(attributes: Mapping[str, Any]) -> list[str]:
    """Name the attributes that are not as emulated."""
    return [name for name, value in _ONLY_EMULATED.items() if str(attributes.get(name, value)).lower() != value]


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _certificates(listener: Any, certificates: Certificates, problems: list[str]) -> tuple[Certificate, ...]:
    """Read the default certificate first, then those chosen by server name."""
    found = []
    for arn in dict.fromkeys(arn for arn in (listener.certificate, *listener.certificates) if arn):
        try:
            found.append(Certificate(*certificates(arn)))
        except LookupError:
            problems.append(f"{listener.arn}: the certificate {arn} does not exist")
    return tuple(found)


def _rule(rule: Any) -> Rule:
    conditions = tuple(_condition(condition) for condition in rule.conditions)
    return Rule(rule.arn, int(rule.priority), conditions, _action(rule.actions))


def _condition(condition: dict[str, Any]) -> Condition:
    settings: dict[str, Any] = next((value for key, value in condition.items() if key.endswith("Config")), {})
    values = condition.get("Values") or settings.get("Values") or []
    pairs = tuple((str(v.get("Key", "")), str(v["Value"])) if isinstance(v, dict) else ("", str(v)) for v in values)
    return Condition(condition["Field"], settings.get("HttpHeaderName", ""), pairs)


def _action(actions: Sequence[Any]) -> Action:
    """Read the last action: the only one unless the listener authenticates, which is not emulated."""
    ordered = sorted((action.data for action in actions), key=lambda data: int(data.get("Order", 0)))
    if not ordered:
        return OtherAction("none")
    for data in ordered:
        if data["Type"].startswith("authenticate"):
            return OtherAction(data["Type"])
    return _terminal_action(ordered[-1])


def _terminal_action(data: dict[str, Any]) -> Action:
    if data["Type"] == "redirect":
        return _redirect(data["RedirectConfig"])
    if data["Type"] == "fixed-response":
        response = data["FixedResponseConfig"]
        content_type = response.get("ContentType") or "text/plain"
        return FixedResponse(int(response["StatusCode"]), content_type, response.get("MessageBody") or "")
    if data["Type"] == "forward":
        settings = data.get("ForwardConfig", {})
        groups = settings.get("TargetGroups") or [{"TargetGroupArn": data["TargetGroupArn"]}]
        weights = tuple((group["TargetGroupArn"], int(group.get("Weight", 1))) for group in groups)
        sticky = settings.get("TargetGroupStickinessConfig", {}).get("Enabled", "false")
        return Forward(weights, _is_true(sticky))
    return OtherAction(data["Type"])


def _redirect(settings: dict[str, Any]) -> Redirect:
    return Redirect(
        protocol=settings.get("Protocol", "#{protocol}"),
        host=settings.get("Host", "#{host}"),
        port=str(settings.get("Port", "#{port}")),
        path=settings.get("Path", "/#{path}"),
        query=settings.get("Query", "#{query}"),
        status=settings["StatusCode"],
    )


def _target_group(group: Any, targets: Sequence[Target]) -> TargetGroup:
    return TargetGroup(
        arn=group.arn,
        kind=group.target_type,
        protocol=group.protocol or "",
        protocol_version=group.protocol_version or "HTTP1",
        algorithm=group.attributes.get("load_balancing.algorithm.type", "round_robin"),
        sticky=_is_true(group.attributes.get("stickiness.enabled", "false")),
        slow_start=int(group.attributes.get("slow_start.duration_seconds", 0)),
        health_check=_health_check(group) if group.health_check_enabled else None,
        targets=tuple(targets),
    )


def _health_check(group: Any) -> HealthCheck:
    port = group.health_check_port
    matcher = getattr(group, "matcher", None) or {}
    return HealthCheck(
        protocol=group.health_check_protocol or "",
        port=None if port in (None, "traffic-port") else int(port),
        path=group.health_check_path or "/",
        matcher=str(matcher.get("HttpCode") or matcher.get("GrpcCode") or "200"),
        interval=int(group.health_check_interval_seconds),
        timeout=int(group.health_check_timeout_seconds),
        healthy_threshold=int(group.healthy_threshold_count),
        unhealthy_threshold=int(group.unhealthy_threshold_count),
    )

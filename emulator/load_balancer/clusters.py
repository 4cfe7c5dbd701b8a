# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Target groups as Envoy's clusters, their targets as endpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .model import HealthCheck, NotEmulatedError, Target, TargetGroup

_TYPE = "type.googleapis.com/envoy"
_ALGORITHMS = {"round_robin": "ROUND_ROBIN", "least_outstanding_requests": "LEAST_REQUEST"}
_CONNECT_TIMEOUT = "10s"
# Envoy's own limit of 1024 would show as 503; an ALB has none.
_UNLIMITED = 1_000_000


def check_emulated(group: TargetGroup) -> None:
    """Refuse a target group that cannot be served at all."""
    if group.kind != "ip":
        raise NotEmulatedError(f"target type {group.kind}")
    if group.protocol not in ("HTTP", "HTTPS"):
        raise NotEmulatedError(f"target protocol {group.protocol}")
    if group.protocol_version != "HTTP1":
        raise NotEmulatedError(f"protocol version {group.protocol_version}")


def ignored_settings(group: TargetGroup) -> list[str]:
    """Name the settings of a target group that change nothing here."""
    check = group.health_check
    settings = {
        f"algorithm {group.algorithm} (taken as round_robin)": group.algorithm not in _ALGORITHMS,
        "stickiness": group.sticky,
        "slow start": group.slow_start > 0,
        "a health check by another protocol than the targets'": check is not None and check.protocol != group.protocol,
    }
    return [name for name, ignored in settings.items() if ignored]


def cluster(group: TargetGroup, idle_timeout: int, endpoints: Path) -> dict[str, Any]:
    """Form the cluster of a target group, whose endpoints are in a file of their own."""
    resource: dict[str, Any] = {
        "@type": f"{_TYPE}.config.cluster.v3.Cluster",
        "name": group.name,
        "type": "EDS",
        "connect_timeout": _CONNECT_TIMEOUT,
        "eds_cluster_config": {"eds_config": file_source(endpoints)},
        "lb_policy": _ALGORITHMS.get(group.algorithm, "ROUND_ROBIN"),
        "ignore_health_on_host_removal": True,
        "common_lb_config": {
            # An ALB sends to unhealthy targets only when there is no healthy one; Envoy's default is less than half.
            "healthy_panic_threshold": {"value": 1},
            "ignore_new_hosts_until_first_hc": True,
            # What is told of a target's health is what is done: Envoy would hold a second change back for a second.
            "update_merge_window": "0s",
        },
        "circuit_breakers": {"thresholds": [_no_limits()]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": f"{_TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions",
                # The ALB's idle timeout holds on this side too: a server that closes earlier races with it, as on AWS.
                "common_http_protocol_options": {"idle_timeout": f"{idle_timeout}s"},
                "explicit_http_config": {"http_protocol_options": {}},
            }
        },
    }
    if group.health_check:
        resource["health_checks"] = [_health_check(group.health_check)]
    if group.protocol == "HTTPS":
        resource["transport_socket"] = _tls_without_validation()
    return resource


def _no_limits() -> dict[str, int]:
    names = ("max_connections", "max_pending_requests", "max_requests", "max_retries")
    return dict.fromkeys(names, _UNLIMITED)


def _health_check(check: HealthCheck) -> dict[str, Any]:
    interval = f"{check.interval}s"
    return {
        "timeout": f"{check.timeout}s",
        "interval": interval,
        "no_traffic_interval": interval,
        "no_traffic_healthy_interval": interval,
        "unhealthy_interval": interval,
        "unhealthy_threshold": check.unhealthy_threshold,
        "healthy_threshold": check.healthy_threshold,
        "initial_jitter": "0.1s",
        "reuse_connection": False,
        "http_health_check": {
            "path": check.path,
            "expected_statuses": status_ranges(check.matcher),
            # Otherwise one unexpected status is enough, whatever the threshold.
            "retriable_statuses": [{"start": 100, "end": 600}],
            "request_headers_to_add": [
                {
                    "header": {"key": "user-agent", "value": "ELB-HealthChecker/2.0"},
                    "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                }
            ],
        },
    }


def status_ranges(matcher: str) -> list[dict[str, int]]:
    """Translate "200,301-399" into ranges whose end is exclusive."""
    ranges = []
    for part in matcher.split(","):
        first, _, last = part.strip().partition("-")
        ranges.append({"start": int(first), "end": int(last or first) + 1})
    return ranges


def _tls_without_validation() -> dict[str, Any]:
    """Speak TLS to targets and accept any certificate, as an ALB does."""
    versions = {"tls_minimum_protocol_version": "TLSv1_2", "tls_maximum_protocol_version": "TLSv1_3"}
    return {
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": f"{_TYPE}.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "common_tls_context": {"tls_params": versions},
        },
    }


def endpoints(group: TargetGroup) -> dict[str, Any]:
    """Form the endpoints of a target group: those that take new requests.

    A draining target is left out instead of marked DRAINING: Envoy sends new requests to DRAINING endpoints when no
    other endpoint is healthy, an ALB never does. Requests in flight to an endpoint that leaves are finished.
    """
    zones: dict[str, list[dict[str, Any]]] = {}
    for target in sorted((t for t in group.targets if not t.draining), key=lambda t: (t.zone, t.address, t.port)):
        zones.setdefault(target.zone, []).append({"endpoint": _endpoint(target, group.health_check)})
    return {
        "@type": f"{_TYPE}.config.endpoint.v3.ClusterLoadAssignment",
        "cluster_name": group.name,
        "endpoints": [{"locality": {"zone": zone}, "lb_endpoints": found} for zone, found in zones.items()],
    }


def _endpoint(target: Target, check: HealthCheck | None) -> dict[str, Any]:
    # An ALB's health check carries the target's own address as Host.
    health: dict[str, Any] = {"hostname": f"{target.address}:{target.port}"}
    if check and check.port:
        health = {"hostname": f"{target.address}:{check.port}", "port_value": check.port}
    address = {"socket_address": {"address": target.address, "port_value": target.port}}
    return {"address": address, "health_check_config": health}


def file_source(path: Path) -> dict[str, Any]:
    """Form the source of a resource that Envoy reads from a file and reads again when the file is replaced."""
    return {"path_config_source": {"path": str(path)}, "resource_api_version": "V3"}

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Which VPC endpoints a network gets: computed from the features in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

GATEWAYS = ("dynamodb", "s3")
# Without these no task starts: its image, and the log that the driver awslogs opens first.
ALWAYS = ("ecr.api", "ecr.dkr", "logs")
FEATURES = {
    "kms": "kms",
    "secretsmanager": "secretsmanager",
    "sts": "sts",
    "cloudwatch": "monitoring",
    "exec": "ssmmessages",
}
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
NOT_FOR_FARGATE = ("ecs", "ecs-agent", "ecs-telemetry")
# EC2 goes on listing an endpoint for a while after its deletion.
GONE = ("deleting", "deleted", "expired", "failed", "rejected")
Facts = Mapping[str, Any]


def wanted_endpoints(features: Sequence[str], extra: Sequence[str], region: str) -> list[dict[str, Any]]:
    """Return the endpoints as dictionaries of short_name, type and the names that the service may have.

    Raises NetworkProblem for an unknown feature and for services that must not or need not have an interface endpoint.
    """
    unknown = [feature for feature in features if feature not in FEATURES]
    if unknown:
        raise NetworkProblem(f"network_features has {', '.join(unknown)}; expected some of {', '.join(FEATURES)}.")
    short = [_short_name(service, region) for service in extra]
    for service in short:
        _refuse(service)
    interfaces = [*ALWAYS, *(FEATURES[feature] for feature in FEATURES if feature in features), *short]
    return [
        {"short_name": name, "type": kind, "service_names": _full_names(name, region)}
        for kind, names in (("Gateway", GATEWAYS), ("Interface", tuple(dict.fromkeys(interfaces))))
        for name in names
    ]


def _short_name(service: str, region: str) -> str:
    for prefix in (f"cn.com.amazonaws.{region}.", f"com.amazonaws.{region}."):
        if service.startswith(prefix):
            return service.removeprefix(prefix)
    return service


def _refuse(service: str) -> None:
    if service in NOT_FOR_FARGATE:
        raise NetworkProblem(
            f"network_extra_endpoints has {service}, which tasks on Fargate do not use: they reach ECS by a way of "
            "Fargate's own. The endpoint would be paid for and stay idle. Leave it out."
        )
    if service in GATEWAYS:
        raise NetworkProblem(
            f"network_extra_endpoints has {service}, which is always reached through a gateway endpoint, free of "
            "charge. Leave it out."
        )


def _full_names(short_name: str, region: str) -> list[str]:
    if "amazonaws" in short_name:
        return [short_name]
    name = f"com.amazonaws.{region}.{short_name}"
    # In China some services have the prefix and some do not.
    return [name, f"cn.{name}"] if region.startswith("cn-") else [name]


def resolved_endpoints(wanted: Sequence[Facts], services: Sequence[Facts], region: str) -> list[dict[str, Any]]:
    """Return the endpoints with the name of their service and its zones, as AWS describes services.

    Raises NetworkProblem naming each service that the region does not have.
    """
    resolved, missing = [], []
    for endpoint in wanted:
        found = [service for service in services if _serves(service, endpoint)]
        if not found:
            missing.append(f"{endpoint['short_name']} ({endpoint['type']})")
            continue
        name, zones = found[0]["service_name"], found[0]["availability_zones"]
        resolved.append({**endpoint, "service_name": name, "zones": zones})
    if missing:
        raise NetworkProblem(
            f"{region} has no endpoint service {', '.join(missing)}. Correct network_features or "
            "network_extra_endpoints: expected services that `aws ec2 describe-vpc-endpoint-services` lists there."
        )
    return resolved


def _serves(service: Facts, endpoint: Facts) -> bool:
    kinds = [one["service_type"] for one in service["service_type"]]
    return service["service_name"] in endpoint["service_names"] and endpoint["type"] in kinds


def surplus_endpoints(endpoints: Sequence[Facts], wanted: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return those of the stack's endpoints that are no longer asked for."""
    keep = {(endpoint["service_name"], endpoint["type"]) for endpoint in wanted}
    return [
        {"service_name": one["service_name"], "type": one["vpc_endpoint_type"]}
        for one in endpoints
        if one["state"].lower() not in GONE and (one["service_name"], one["vpc_endpoint_type"]) not in keep
    ]

# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS clusters as AWS answers them."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _list_capacity_providers(Cluster)
    _create_once(EC2ContainerServiceBackend)
    _refuse_to_delete_what_is_used(EC2ContainerServiceBackend)


def _list_capacity_providers(cluster_class: Any) -> None:
    """AWS: both lists are always there. moto: no key unless given, and `ecs_cluster` reads it always."""
    original = cluster_class.__init__

    def __init__(cluster: Any, *arguments: Any, **options: Any) -> None:
        original(cluster, *arguments, **options)
        cluster.capacity_providers = cluster.capacity_providers or []
        cluster.default_capacity_provider_strategy = cluster.default_capacity_provider_strategy or []

    cluster_class.__init__ = __init__


def _create_once(backend_class: Any) -> None:
    """AWS: CreateCluster returns an active cluster of that name as it is. moto: replaces it by an empty one."""
    original = backend_class.create_cluster

    def create_cluster(backend: Any, cluster_name: str, *arguments: Any, **options: Any) -> Any:
        known = backend.clusters.get(cluster_name)
        active = known is not None and known.status == "ACTIVE"
        return known if active else original(backend, cluster_name, *arguments, **options)

    backend_class.create_cluster = create_cluster


def _refuse_to_delete_what_is_used(backend_class: Any) -> None:
    """AWS: a cluster with services or tasks cannot be deleted. moto: it can."""
    original = backend_class.delete_cluster

    def delete_cluster(backend: Any, cluster_str: str) -> Any:
        cluster = backend._get_cluster(cluster_str)
        services = [service for service in backend.services.values() if service.cluster_name == cluster.name]
        if any(service.status == "ACTIVE" for service in services):
            raise AwsError(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        if any(task.last_status != "STOPPED" for task in backend.tasks.get(cluster.name, {}).values()):
            raise AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        return original(backend, cluster_str)

    backend_class.delete_cluster = delete_cluster

# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS tasks as AWS answers them."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs import models
from moto.ecs.responses import EC2ContainerServiceResponse


def apply() -> None:
    """Install the patches."""
    NetworkInterface.private_dns_name = None
    _begin_in_provisioning(models)
    _need_no_memory_per_container(models.EC2ContainerServiceBackend)
    _list_by_default_what_shall_run(models)
    _describe_one_cluster(models.EC2ContainerServiceBackend)
    _report_missing_tasks(EC2ContainerServiceResponse)
    _stop_in_steps(models)


def _begin_in_provisioning(models: Any) -> None:
    """AWS: a task has an id of 32 digits, begins in PROVISIONING, and has an address of its subnet.

    Its containers' ARNs are their own. moto: the id is a UUID, the task begins RUNNING, every DescribeTasks moves it on
    towards STOPPED, its address is random and outside the subnet, it fails unless the VPC has DNS host names, and its
    container's ARNs are built from the task definition's.
    """
    original = models.Task.__init__

    def __init__(task: Any, *arguments: Any, **options: Any) -> None:
        cluster = options.get("cluster") or arguments[0]
        backend = options["backend"]
        ec2 = models.ec2_backends[backend.account_id][cluster.region_name]
        network = (options.get("networking_configuration") or {}).get("awsvpcConfiguration")
        if network:
            network.setdefault("securityGroups", [])
            subnet = ec2.get_subnet(network["subnets"][0])
            models.random_private_ip = lambda: subnet.get_available_subnet_ip(task)
        original(task, *arguments, **options)
        task.id = task.id.replace("-", "")
        task._transitions = [("PROVISIONING", "PROVISIONING")]
        task.last_status = "PROVISIONING"
        _own_containers(task)

    models.Task.__init__ = __init__


def _need_no_memory_per_container(backend_class: Any) -> None:
    """AWS: a task's memory is enough. moto: RunTask fails with HTTP 500 unless every container has its own, too."""
    original = backend_class._calculate_task_resource_requirements

    def requirements(definition: Any) -> Any:
        containers = [{"memory": 0, **container} for container in definition.container_definitions]
        return original(SimpleNamespace(container_definitions=containers))

    backend_class._calculate_task_resource_requirements = staticmethod(requirements)


def _own_containers(task: Any) -> None:
    for attachment in task.attachments:
        attachment["details"] = [detail for detail in attachment["details"] if detail["value"] is not None]
    for container in task.containers:
        container.task_arn = task.task_arn
        container.container_arn = f"{task.task_arn.replace(':task/', ':container/')}/{uuid.uuid4()}"
        container.runtime_id = f"{task.id}-{uuid.uuid4().int % 10**10}"
        container.exitCode = None
        container.health_status = "UNKNOWN"
        container.last_status = "PENDING"
        container.network_interfaces = [
            {"attachmentId": attachment["id"], "privateIpv4Address": detail["value"]}
            for attachment in task.attachments
            for detail in attachment["details"]
            if detail["name"] == "privateIPv4Address"
        ]


def _list_by_default_what_shall_run(models: Any) -> None:
    """AWS: ListTasks defaults to desiredStatus RUNNING and filters by service. moto: all tasks, of any service."""

    def list_tasks(  # noqa: PLR0913, PLR0917 (moto's signature)
        backend: Any,
        cluster_str: str | None = None,
        container_instance: str | None = None,
        family: str | None = None,
        started_by: str | None = None,
        service_name: str | None = None,
        desiredStatus: str | None = None,
    ) -> list[Any]:
        clusters = [backend._get_cluster(cluster_str).name] if cluster_str else list(backend.tasks)
        service = backend._get_service(cluster_str, service_name.split("/")[-1]).name if service_name else None
        return [
            task
            for cluster in clusters
            for task in backend.tasks.get(cluster, {}).values()
            if task.desired_status == (desiredStatus or "RUNNING")
            and service in (None, task.group.removeprefix("service:"))
            and family in (None, task.task_definition_arn.split("/")[-1].rpartition(":")[0])
            and started_by in (None, task.started_by)
            and container_instance in (None, task.container_instance_arn)
        ]

    models.EC2ContainerServiceBackend.list_tasks = list_tasks


def _describe_one_cluster(backend_class: Any) -> None:
    """AWS: DescribeTasks knows the tasks of one cluster. moto: finds those of all."""

    def describe_tasks(backend: Any, cluster_str: str, tasks: list[str]) -> list[Any]:
        known = backend.tasks.get(backend._get_cluster(cluster_str).name, {})
        wanted = {task.split("/")[-1] for task in tasks}
        return [task for task in known.values() if task.id in wanted]

    backend_class.describe_tasks = describe_tasks


def _report_missing_tasks(response_class: Any) -> None:
    """AWS: an unknown task is a failure MISSING in the answer. moto: it is left out."""
    original = response_class.describe_tasks

    def describe_tasks(response: Any) -> Any:
        answer = original(response)
        found = {task.id for task in answer.result["tasks"]}
        arn = f"arn:aws:ecs:{response.region}:{response.current_account}:task/"
        cluster = response._get_param("cluster", "default").split("/")[-1]
        missing = [task for task in response._get_param("tasks", []) if task.split("/")[-1] not in found]
        answer.result["failures"] = [
            {"arn": task if task.startswith("arn:") else f"{arn}{cluster}/{task}", "reason": "MISSING"}
            for task in missing
        ]
        return answer

    response_class.describe_tasks = describe_tasks


def _stop_in_steps(models: Any) -> None:
    """AWS: StopTask asks the task to stop; it is STOPPED when its process has ended. moto: STOPPED at once."""

    def stop_task(backend: Any, cluster_str: str, task_str: str, reason: str | None) -> Any:
        task = backend.tasks.get(backend._get_cluster(cluster_str).name, {}).get(_arn(backend, cluster_str, task_str))
        if task is None:
            raise models.InvalidParameterException("The referenced task was not found.")
        if task.desired_status != "STOPPED":
            task.desired_status = "STOPPED"
            task.stop_code = "UserInitiated"
            task.stopped_reason = reason or "Task stopped by user"
        return task

    models.EC2ContainerServiceBackend.stop_task = stop_task


def _arn(backend: Any, cluster: str, task: str) -> str:
    tasks = backend.tasks.get(cluster.rsplit("/", maxsplit=1)[-1], {})
    return next((arn for arn in tasks if arn.split("/")[-1] == task.rsplit("/", maxsplit=1)[-1]), task)

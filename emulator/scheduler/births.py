# SPDX-License-Identifier: GPL-3.0-or-later
"""New tasks: moto's record, and everything needed to start a process for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from ipaddress import IPv4Address
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs.models import Task

from emulator.authorizer.authorizer import Authorizer
from emulator.authorizer.network import Position
from emulator.control_plane.fidelity import ecs_shifting
from emulator.scheduler import memory
from emulator.scheduler.addresses import Addresses, AddressesExhaustedError
from emulator.scheduler.capacity import next_provider
from emulator.scheduler.container import Surroundings, command
from emulator.scheduler.container_check import check_of
from emulator.scheduler.execution_role import ExecutionRole
from emulator.scheduler.phase import Life
from emulator.scheduler.pull import StartError, find, parse
from emulator.scheduler.roles import check_roles
from emulator.scheduler.secret_values import secret_value
from emulator.scheduler.storage import check_storage
from emulator.scheduler.task import RunningTask
from emulator.scheduler.task_logs import stream_of
from emulator.settings import ACCOUNT_ID, REGION, Settings

STOP_SECONDS = 30
LONGEST_STOP_SECONDS = 120
# Of the range for documentation: what a service sees of a task with a public address of its own.
PUBLIC_ADDRESS = "203.0.113.10"


class Births:
    """Make tasks; call under the lock."""

    def __init__(self, settings: Settings, addresses: Addresses, authorizer: Authorizer) -> None:
        self._settings = settings
        self._addresses = addresses
        self._authorizer = authorizer
        self._age = 0

    def for_service(
        self, backend: Any, service: Any, deployment: dict[str, Any], subnet: str, used: Collection[str]
    ) -> RunningTask:
        """Make a task of a deployment of a service in a subnet."""
        definition = backend.describe_task_definition(deployment["taskDefinition"])
        cluster = backend.clusters[service.cluster_name]
        network = deployment["networkConfiguration"].get("awsvpcConfiguration", {})
        record = Task(
            cluster=cluster,
            task_definition=definition,
            container_instance_arn=None,
            resource_requirements=None,
            backend=backend,
            group=f"service:{service.name}",
            launch_type=deployment["launchType"] or "",
            started_by=deployment["id"],
            tags=_tags(service, definition),
            networking_configuration={"awsvpcConfiguration": {**network, "subnets": [subnet]}},
            platform_version=deployment["platformVersion"],
            capacity_provider_name=_capacity_provider(backend, service, deployment),
        )
        backend.tasks.setdefault(cluster.name, {})[record.task_arn] = record
        return self._process_of(backend, record, service, used, deployment)

    def for_record(self, backend: Any, record: Any, used: Collection[str]) -> RunningTask:
        """Adopt a task that RunTask made."""
        return self._process_of(backend, record, None, used, None)

    def _process_of(
        self, backend: Any, record: Any, service: Any, used: Collection[str], deployment: dict[str, Any] | None
    ) -> RunningTask:
        definition = backend.describe_task_definition(record.task_definition_arn)
        container = definition.container_definitions[0]
        groups, port = _target(deployment, container)
        subnet = _subnet(record)
        self._age += 1
        task = RunningTask(
            record=record,
            definition=definition,
            service=service,
            subnet=subnet,
            zone=zone_of(subnet) or f"{REGION}a",
            address="",
            port=port,
            target_groups=groups,
            life=Life(behind_balancer=bool(groups), stop_seconds=_stop(container)),
            born=time.monotonic(),
            age=self._age,
            memory_limit=memory.limit(definition, container),
            check=check_of(container),
        )
        try:
            task.address = self._addresses.next(used, port)
            check_storage(backend.clusters[record.cluster_name], self._authorizer)
            self._prepare(task, container)
        except (AddressesExhaustedError, StartError) as error:
            task.failure = str(error)
        return task

    def _prepare(self, task: RunningTask, container: dict[str, Any]) -> None:
        """Find out what to execute; raises StartError with the reason that ECS would give."""
        if len(task.definition.container_definitions) > 1:
            raise StartError("CannotStartContainerError: the embedded AWS runs one container per task")
        check_roles(task.definition, task.record.task_arn, self._authorizer)
        image = parse(container["image"])
        role = self._execution_role(task)
        role.log_in()
        task.log_stream = stream_of(container, task.id, role)
        role.pull(image)
        bundle, task.record.containers[0].image_digest = find(image, self._settings.images)
        around = Surroundings(
            address=task.address,
            temporary=self._settings.task_temporary(task.id),
            endpoint_url=self._settings.endpoint_url,
            task_id=task.id,
            credentials_token=task.token if getattr(task.definition, "task_role_arn", None) else None,
            secret=lambda name: secret_value(name, role),
        )
        overrides = (task.record.overrides or {}).get("containerOverrides") or [{}]
        task.command = command(bundle, container, overrides[0], around)

    def _execution_role(self, task: RunningTask) -> ExecutionRole:
        """Let ECS act from the task's place. Without an execution role nobody may pull from a registry of ECR."""
        role = getattr(task.definition, "execution_role_arn", None)
        if not role:
            raise StartError("Fargate requires task definition to have execution role ARN to support ECR images.")
        task.position = position_of(task.record)
        task.execution_role = ExecutionRole(self._authorizer, role, task.position, task.id)
        return task.execution_role


def _target(deployment: dict[str, Any] | None, container: dict[str, Any]) -> tuple[tuple[str, ...], int | None]:
    """Return the target groups of a deployment's tasks and the port they listen on."""
    balancers = ecs_shifting.balancers(deployment["template"]) if deployment else []
    ports = [mapping["containerPort"] for mapping in container["portMappings"]]
    port = balancers[0]["containerPort"] if balancers else next(iter(ports), None)
    return deployment["target_groups"] if deployment else (), port


def _stop(container: dict[str, Any]) -> float:
    return float(min(container.get("stopTimeout", STOP_SECONDS), LONGEST_STOP_SECONDS))


def _subnet(record: Any) -> str:
    details = [detail for attachment in record.attachments for detail in attachment["details"]]
    return str(next((detail["value"] for detail in details if detail["name"] == "subnetId"), ""))


def position_of(record: Any) -> Position:
    """Return where a task is: the interface that ECS made for it, and a public address if it asked for one."""
    details = {detail["name"]: detail["value"] for one in record.attachments for detail in one["details"]}
    interface = ec2_backends[ACCOUNT_ID][REGION].enis[details["networkInterfaceId"]]
    public = record.network_configuration["awsvpcConfiguration"].get("assignPublicIp") == "ENABLED"
    return Position(
        subnet_id=interface.subnet_id,
        address=IPv4Address(interface.private_ip_address),
        security_groups=tuple(group.id for group in interface._group_set),
        public_address=PUBLIC_ADDRESS if public else "",
    )


def zone_of(subnet: str) -> str | None:
    """Return a subnet's zone; nothing if there is no such subnet any more."""
    zones = ec2_backends[ACCOUNT_ID][REGION].subnets.items()
    return next((str(zone) for zone, subnets in zones if subnet in subnets), None)


def _tags(service: Any, definition: Any) -> list[dict[str, str]]:
    return list({"SERVICE": service.tags, "TASK_DEFINITION": definition.tags}.get(service.propagate_tags, []))


def _capacity_provider(backend: Any, service: Any, deployment: dict[str, Any]) -> str | None:
    """Return what the next task of a deployment runs on, by the tasks that it has."""
    tasks = backend.tasks.get(service.cluster_name, {}).values()
    mine = [task for task in tasks if task.started_by == deployment["id"]]
    running = Counter(task.capacity_provider_name for task in mine if task.desired_status != "STOPPED")
    return next_provider(deployment["capacityProviderStrategy"] or [], running)


def delete_interface(task: RunningTask) -> None:
    """Delete the interface that ECS made for a task, and give its address back."""
    backend = ec2_backends[ACCOUNT_ID][REGION]
    for attachment in task.record.attachments:
        for detail in attachment["details"]:
            if detail["name"] == "networkInterfaceId":
                backend.enis.pop(detail["value"], None)
    if task.vpc_address and task.subnet in backend.subnets.get(task.zone, {}):
        backend.get_subnet(task.subnet).del_subnet_ip(task.vpc_address)

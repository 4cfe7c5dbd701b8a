# SPDX-License-Identifier: GPL-3.0-or-later
"""EC2 as a test asks it and as modules and playbooks change it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.integration.plugins.modules.aws_account import CONNECTION, REGION, Json, run_module

ROOT = Path(__file__).parents[4]
# Modules mask whatever looks like the secret in their results: it must not be part of a word there.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "anybody", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


class Ec2:
    """EC2, with what it was told to write so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.writes: list[tuple[str, Json]] = []
        self.client: Any = boto3.client(
            "ec2",
            region_name=REGION,
            endpoint_url=url,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def make_vpc(self, dns_enabled: bool = True) -> str:
        vpc_id = str(self.client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.client.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": dns_enabled}})
        return vpc_id

    def make_subnet(self, vpc_id: str, number: int, zone: str) -> str:
        block = f"10.0.{number}.0/24"
        made = self.client.create_subnet(VpcId=vpc_id, CidrBlock=block, AvailabilityZone=f"{REGION}{zone}")
        return str(made["Subnet"]["SubnetId"])

    def make_group(self, vpc_id: str, name: str) -> str:
        return str(self.client.create_security_group(VpcId=vpc_id, GroupName=name, Description=name)["GroupId"])

    def make_route_table(self, vpc_id: str) -> str:
        return str(self.client.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"])

    def make_endpoint(self, vpc_endpoint_type: str, service: str, **parameters: Any) -> tuple[str, str]:
        vpc_id = self.make_vpc()
        endpoint = self.client.create_vpc_endpoint(
            VpcId=vpc_id, ServiceName=service, VpcEndpointType=vpc_endpoint_type, **parameters
        )["VpcEndpoint"]
        return vpc_id, endpoint["VpcEndpointId"]

    def endpoints(self, vpc_id: str) -> list[Json]:
        found: list[Json] = self.client.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])[
            "VpcEndpoints"
        ]
        return found

    def policy(self, vpc_endpoint_id: str) -> Json:
        (endpoint,) = self.client.describe_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id])["VpcEndpoints"]
        policy: Json = json.loads(endpoint["PolicyDocument"])
        return policy


class Modules:
    """Runs tasks within the test's own process: as a playbook would, only faster."""

    def __init__(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._url = url
        self._capsys = capsys

    def run(self, *tasks: Json) -> list[Json]:
        """Run the tasks and return their results, those of failed ones as well."""
        return [self._result_of(task) for task in tasks]

    def _result_of(self, task: Json) -> Json:
        (name,) = [key for key in task if "." in key]
        namespace, collection, module = name.split(".")
        source = import_module(f"ansible_collections.{namespace}.{collection}.plugins.modules.{module}")
        modes = {f"_ansible_{mode}": task.get(mode, False) for mode in ("check_mode", "diff")}
        place = {**CONNECTION, "endpoint_url": self._url}
        return {"changed": False, **run_module(source, self._capsys, {**place, **modes, **task[name]})}


class Playbook:
    """Runs tasks as a user's playbook does."""

    def __init__(self, url: str, directory: Path) -> None:
        self._url = url
        self._directory = directory
        (directory / "ansible.cfg").write_text("[defaults]\n")

    def run(self, *tasks: Json) -> list[Json]:
        """Run the tasks and return their results, those of failed ones as well."""
        playbook, results = self._directory / "play.yml", self._directory / "results.json"
        playbook.write_text(json.dumps([self._play(tasks, results)]))
        command = [sys.executable, "-m", "ansible", "playbook", str(playbook)]
        finished = subprocess.run(
            command,
            env=self._environment(),
            cwd=self._directory,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        found: list[Json] = json.loads(results.read_text())
        return found

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._directory),
            "ANSIBLE_HOME": str(self._directory),
            "ANSIBLE_CONFIG": str(self._directory / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
            # As in the checkout: modules run in a fork of the running Ansible, several times as fast.
            "ANSIBLE_ACTION_PLUGINS": str(ROOT / "plugins" / "warm"),
            "ANSIBLE_CALLBACKS_ENABLED": "palisade.ecs.warm",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            **CREDENTIALS,
        }

    def _play(self, tasks: tuple[Json, ...], results: Path) -> Json:
        registered = [f"result_{number}" for number in range(len(tasks))]
        collect = {
            "ansible.builtin.copy": {"content": f"{{{{ [{', '.join(registered)}] | to_json }}}}", "dest": str(results)}
        }
        named = zip(tasks, registered, strict=True)
        return {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "module_defaults": {"group/palisade.ecs.aws": {"region": REGION, "endpoint_url": self._url}},
            "tasks": [*({**task, "register": name, "ignore_errors": True} for task, name in named), collect],
        }

# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of a VPC endpoint, set by playbooks and asked for at EC2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.ec2.responses.vpcs import VPCs
from moto.server import ThreadedMotoServer

from emulator.control_plane.fidelity.ec2 import obey_reset_policy

ROOT = Path(__file__).parents[4]
REGION = "eu-central-1"
# Modules mask whatever looks like the secret in their results: it must not be part of a word there.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "anybody", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}
MODULE = "palisade.ecs.vpc_endpoint_policy"
DYNAMODB = f"com.amazonaws.{REGION}.dynamodb"
RESULT_KEYS = {"changed", "vpc_endpoint_id", "service_name", "vpc_endpoint_type", "policy"}

READ = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": "*",
    "Action": ["dynamodb:GetItem", "dynamodb:Query"],
    "Resource": "*",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/task"}},
}
WRITE = {**READ, "Sid": "Write", "Action": "dynamodb:PutItem"}
BOTH = {"Version": "2012-10-17", "Statement": [READ, WRITE]}
BOTH_IN_OTHER_WORDS = {
    "Version": "2012-10-17",
    "Statement": [
        {**WRITE, "Action": ["dynamodb:PutItem"]},
        {**READ, "Action": ["dynamodb:Query", "dynamodb:GetItem"], "Principal": {"AWS": "*"}},
    ],
}
ONLY_READ = {"Version": "2012-10-17", "Statement": [READ]}

Play = Callable[..., list[dict[str, Any]]]


class Ec2:
    """EC2 as a test asks it, with what ModifyVpcEndpoint was told so far."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.modifications: list[set[str]] = []
        self.client: Any = boto3.client(
            "ec2",
            region_name=REGION,
            endpoint_url=url,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def make_endpoint(self, vpc_endpoint_type: str, service: str, **parameters: Any) -> tuple[str, str]:
        vpc_id = self.client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        endpoint = self.client.create_vpc_endpoint(
            VpcId=vpc_id, ServiceName=service, VpcEndpointType=vpc_endpoint_type, **parameters
        )["VpcEndpoint"]
        return vpc_id, endpoint["VpcEndpointId"]

    def policy(self, vpc_endpoint_id: str) -> dict[str, Any]:
        (endpoint,) = self.client.describe_vpc_endpoints(VpcEndpointIds=[vpc_endpoint_id])["VpcEndpoints"]
        policy: dict[str, Any] = json.loads(endpoint["PolicyDocument"])
        return policy


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ec2]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    ec2 = Ec2(f"http://{host}:{port}")
    modify = VPCs.modify_vpc_endpoint

    def modify_vpc_endpoint(response: Any) -> Any:
        """Keep a record."""
        ec2.modifications.append({"ResetPolicy", "PolicyDocument"} & response.querystring.keys())
        return modify(response)

    monkeypatch.setattr(VPCs, "modify_vpc_endpoint", modify_vpc_endpoint)
    obey_reset_policy(VPCs)
    yield ec2
    server.stop()


@pytest.fixture
def play(ec2: Ec2, tmp_path: Path) -> Play:
    """Return a function that runs tasks as a playbook does, and returns their results."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "ANSIBLE_HOME": str(tmp_path),
        "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "collections"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        **CREDENTIALS,
    }
    (tmp_path / "ansible.cfg").write_text("[defaults]\n")

    def run(*tasks: dict[str, Any]) -> list[dict[str, Any]]:
        (tmp_path / "play.yml").write_text(json.dumps([_play(ec2.url, tasks, tmp_path / "results.json")]))
        command = [sys.executable, "-m", "ansible", "playbook", str(tmp_path / "play.yml")]
        finished = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        results: list[dict[str, Any]] = json.loads((tmp_path / "results.json").read_text())
        return results

    return run


def _play(url: str, tasks: tuple[dict[str, Any], ...], results: Path) -> dict[str, Any]:
    registered = [f"result_{number}" for number in range(len(tasks))]
    collect = {
        "ansible.builtin.copy": {"content": f"{{{{ [{', '.join(registered)}] | to_json }}}}", "dest": str(results)}
    }
    return {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable},
        "module_defaults": {"group/palisade.ecs.aws": {"region": REGION, "endpoint_url": url}},
        "tasks": [
            *({**task, "register": name, "ignore_errors": True} for task, name in zip(tasks, registered, strict=True)),
            collect,
        ],
    }


def task(dry: bool = False, **arguments: Any) -> dict[str, Any]:
    return {MODULE: arguments, "check_mode": dry, "diff": dry}


def test_story_of_a_gateway_endpoint(ec2: Ec2, play: Play) -> None:
    vpc_id, endpoint_id = ec2.make_endpoint("Gateway", DYNAMODB)
    default = ec2.policy(endpoint_id)
    here: dict[str, Any] = {"vpc_id": vpc_id, "service": "dynamodb"}

    missing, refused, dry = play(
        task(**here),
        task(**here, policy={"Statement": [{**READ, "Principal": {"AWS": "123456789012"}}]}),
        task(dry=True, **here, policy=BOTH),
    )
    assert "missing: policy" in missing["msg"]
    assert "aws:PrincipalArn" in refused["msg"]
    assert dry["changed"]
    assert json.loads(dry["diff"]["before"]) == default
    assert json.loads(dry["diff"]["after"]) == BOTH
    assert ec2.modifications == []

    created, repeated, reworded = play(
        task(**here, policy=BOTH),
        task(vpc_endpoint_id=endpoint_id, policy=json.dumps(BOTH, indent=2)),
        task(**here, policy=BOTH_IN_OTHER_WORDS),
    )
    assert [result["changed"] for result in (created, repeated, reworded)] == [True, False, False]
    assert ec2.policy(endpoint_id) == BOTH
    assert {key: created[key] for key in RESULT_KEYS} == {key: dry[key] for key in RESULT_KEYS}
    assert reworded["policy"] == BOTH
    assert (created["vpc_endpoint_id"], created["service_name"]) == (endpoint_id, DYNAMODB)

    (changed,) = play(task(**here, policy=ONLY_READ))
    assert changed["changed"]
    assert ec2.policy(endpoint_id) == ONLY_READ

    removed, removed_again = play(task(**here, state="absent"), task(**here, state="absent"))
    assert [removed["changed"], removed_again["changed"]] == [True, False]
    assert ec2.policy(endpoint_id) == default == removed["policy"]
    assert ["lets everybody do everything" in warning for warning in removed["warnings"]] == [True]
    assert "deprecations" not in removed
    assert ec2.modifications == [{"PolicyDocument"}, {"PolicyDocument"}, {"ResetPolicy"}]


def test_interface_endpoint_is_given_the_default_document(ec2: Ec2, play: Play) -> None:
    policy = {"Statement": [{**READ, "Action": "ecr:*", "Principal": {"AWS": "123456789012"}}]}
    _, endpoint_id = ec2.make_endpoint(
        "Interface", f"com.amazonaws.{REGION}.ecr.api", PolicyDocument=json.dumps(policy)
    )
    kept, removed, removed_again = play(
        task(vpc_endpoint_id=endpoint_id, policy=policy),
        task(vpc_endpoint_id=endpoint_id, state="absent"),
        task(vpc_endpoint_id=endpoint_id, state="absent"),
    )
    assert [kept["changed"], removed["changed"], removed_again["changed"]] == [False, True, False]
    assert ec2.modifications == [{"PolicyDocument"}]
    (statement,) = ec2.policy(endpoint_id)["Statement"]
    assert statement == {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def test_endpoint_that_does_not_exist(ec2: Ec2, play: Play) -> None:
    to_come: dict[str, Any] = {"vpc_id": "vpc-00000000000000000", "service": "s3"}
    by_service, by_id, of_a_given_id, real, absent = play(
        task(dry=True, **to_come, policy=BOTH),
        task(dry=True, vpc_endpoint_id="vpce-00000000000000000", policy=BOTH),
        task(dry=True, vpc_endpoint_id="vpce-0123456789abcdef0", policy=BOTH),
        task(**to_come, policy=BOTH),
        task(**to_come, state="absent"),
    )
    for result in (by_service, by_id):
        assert result["changed"]
        assert result.keys() >= RESULT_KEYS
        assert result["vpc_endpoint_id"] == ""
        assert result["policy"] == BOTH
        assert result["diff"]["before"] == ""
    assert f"com.amazonaws.{REGION}.s3 in vpc-00000000000000000" in by_service["diff"]["after_header"]
    assert "no VPC endpoint vpce-0123456789abcdef0" in of_a_given_id["msg"]
    assert f"no VPC endpoint for com.amazonaws.{REGION}.s3 in vpc-00000000000000000" in real["msg"]
    assert not absent.get("failed")
    assert not absent["changed"]
    assert "warnings" not in absent


def test_amazon_aws_still_ignores_the_policy_of_an_existing_endpoint(ec2: Ec2, play: Play) -> None:
    """The reason for this module: should it fail one day, upstream has learned to do it."""
    vpc_id, endpoint_id = ec2.make_endpoint("Gateway", DYNAMODB, PolicyDocument=json.dumps(ONLY_READ))
    arguments = {"vpc_id": vpc_id, "service": DYNAMODB, "vpc_endpoint_type": "Gateway", "policy": BOTH}
    upstream, ours = play(
        {"amazon.aws.ec2_vpc_endpoint": arguments}, task(dry=True, vpc_endpoint_id=endpoint_id, policy=BOTH)
    )
    assert upstream["result"]["vpc_endpoint_id"] == endpoint_id
    assert not upstream["changed"]
    assert ec2.policy(endpoint_id) == ONLY_READ
    assert ours["changed"]

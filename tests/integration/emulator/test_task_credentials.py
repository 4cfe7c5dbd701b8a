# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of tasks, from the container credentials endpoint to the edge."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from emulator.processes import is_listening
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Emulator, eventually


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


@pytest.fixture(scope="module")
def environment(shared_account: Account) -> dict[str, str]:
    """Return the environment of a running task."""
    shared_account.service("shop", shared_account.definition(), 1)
    shared_account.steady("shop")
    task = shared_account.emulator.tasks("shop")[0]
    eventually(lambda: is_listening(task["address"], task["port"]), "the task listens")
    content = Path(f"/proc/{task['pid']}/environ").read_bytes().decode().split("\0")
    return dict(item.split("=", 1) for item in content if item)


def credentials(emulator: Emulator, environment: dict[str, str]) -> dict[str, str]:
    path = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"].removeprefix(emulator.endpoint)
    status, answer = emulator.get(path, {"Authorization": environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
    assert status == 200
    return {
        "aws_access_key_id": answer["AccessKeyId"],
        "aws_secret_access_key": answer["SecretAccessKey"],
        "aws_session_token": answer["Token"],
    }


def fresh_credentials(emulator: Emulator, environment: dict[str, str]) -> dict[str, str]:
    """Return a key that was made just now: until an earlier one nears its end, the endpoint gives that."""
    before = credentials(emulator, environment)

    def another() -> dict[str, str] | None:
        found = credentials(emulator, environment)
        return found if found != before else None

    found: dict[str, str] = eventually(another, "a new key")
    return found


def test_a_task_acts_in_its_role(emulator: Emulator, environment: dict[str, str]) -> None:
    identity = emulator.client("sts", **credentials(emulator, environment)).get_caller_identity()
    assert ":assumed-role/shop-task/" in identity["Arn"]


def test_a_wrong_token_gets_nothing(emulator: Emulator, environment: dict[str, str]) -> None:
    path = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"].removeprefix(emulator.endpoint)
    assert emulator.get(path, {"Authorization": "0" * 32})[0] == 403
    assert emulator.get(path)[0] == 403


def test_a_key_ends_and_a_new_one_takes_its_place(emulator: Emulator, environment: dict[str, str]) -> None:
    keys = fresh_credentials(emulator, environment)
    clients = [emulator.client(name, **keys) for name in ("sts", "dynamodb", "ec2")]
    for client, action in zip(clients, ("get_caller_identity", "list_tables", "describe_vpcs"), strict=True):
        getattr(client, action)()

    def refused() -> str:
        try:
            clients[0].get_caller_identity()
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return ""

    assert eventually(refused, "the key has ended") == "ExpiredToken"
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        clients[1].list_tables()
    with pytest.raises(ClientError, match="RequestExpired"):
        clients[2].describe_vpcs()
    emulator.client("dynamodb", **credentials(emulator, environment)).list_tables()


def test_the_metadata_endpoint_says_which_task_this_is(emulator: Emulator, environment: dict[str, str]) -> None:
    path = environment["ECS_CONTAINER_METADATA_URI_V4"].removeprefix(emulator.endpoint)
    task = emulator.get(f"{path}/task")[1]
    (living,) = emulator.tasks("shop")
    assert task["TaskARN"].endswith(f"/shop/{living['id']}")
    assert (task["AvailabilityZone"], task["ServiceName"]) == (living["zone"], "shop")
    assert emulator.get(path)[1]["Name"] == "app"
    assert emulator.get("/_palisade/metadata/unknown/task")[0] == 404

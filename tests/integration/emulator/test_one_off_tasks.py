# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that is run once, by the module ecs_task_run: a real process, to its end."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_task_api
from ansible_collections.palisade.ecs.plugins.modules import ecs_task_run

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import REGION, Json, eventually
from tests.integration.plugins.modules.aws_account import AwsAccount

GROUP = "/ecs/one-off"
SAYS = "import os, sys; print('first'); print('colour', os.environ['COLOUR']); sys.exit(int(os.environ['CODE']))"


@pytest.fixture(scope="module")
def definition(shared_account: Account) -> str:
    shared_account.emulator.client("logs").create_log_group(logGroupName=GROUP)
    options = {"awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "shop"}
    return shared_account.definition(
        "one-off",
        {"COLOUR": "blue"},
        # A command is what follows the image's entry point, which nothing but the task definition takes away.
        entryPoint=["python", "-c"],
        logConfiguration={"logDriver": "awslogs", "options": options},
    )


class OneOff:
    """Runs the module as a playbook would."""

    def __init__(self, account: Account, aws: AwsAccount, definition: str) -> None:
        self.account = account
        self._aws = aws
        self._definition = definition
        self._group = account.ec2.describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [account.vpc]}, {"Name": "group-name", "Values": ["default"]}]
        )["SecurityGroups"][0]["GroupId"]

    def run(self, dry: bool = False, **options: object) -> Json:
        usual = {
            "cluster": "shop",
            "task_definition": self._definition,
            "container": "app",
            "command": [SAYS],
            "environment": {"CODE": "0"},
            "subnets": self.account.subnets[:1],
            "security_groups": [self._group],
            "wait_timeout": 60,
        }
        return self._aws.run(ecs_task_run, dry=dry, endpoint_url=self.account.emulator.endpoint, **{**usual, **options})

    def described(self, told: Json) -> Json:
        (task,) = self.account.ecs.describe_tasks(cluster="shop", tasks=[told["task_arn"]], include=["TAGS"])["tasks"]
        found: Json = task
        return found


@pytest.fixture
def one_off(
    shared_account: Account, definition: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> OneOff:
    return OneOff(shared_account, AwsAccount(monkeypatch, capsys), definition)


def test_task_runs_to_its_end_and_tells_all(one_off: OneOff) -> None:
    told = one_off.run(environment={"CODE": "0", "COLOUR": "red"}, last_words="colour", tags={"Purpose": "test"})
    assert (told["changed"], told["exit_code"]) == (True, 0)
    assert told["log_lines"] == ["first", "colour red"]
    assert told["stopped_reason"] == "Essential container in task exited"
    task = one_off.described(told)
    assert (task["lastStatus"], task["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert (task["stopCode"], task["containers"][0]["lastStatus"]) == ("EssentialContainerExited", "STOPPED")
    assert task["tags"] == [{"key": "Purpose", "value": "test"}]


def test_task_that_fails_is_a_failure_with_all_that_is_known(one_off: OneOff) -> None:
    told = one_off.run(environment={"CODE": "7"})
    assert told["failed"]
    assert "The task ended with exit code 7" in told["msg"]
    assert (told["exit_code"], told["log_lines"]) == (7, ["first", "colour blue"])


def test_task_that_cannot_start_says_why(one_off: OneOff) -> None:
    account = one_off.account
    image = f"{account.image.partition('@')[0]}@sha256:{'0' * 64}"
    told = one_off.run(task_definition=account.definition("none", image=image))
    assert told["msg"].startswith("The task did not run: CannotPullContainerError")
    assert (told["exit_code"], told["log_lines"]) == (-1, [])


def test_task_that_takes_too_long_is_stopped(one_off: OneOff) -> None:
    told = one_off.run(command=["import time; time.sleep(600)"], wait_timeout=3)
    assert "The task was not seen to end within 3 s, and is being stopped" in told["msg"]
    eventually(lambda: one_off.described(told)["lastStatus"] == "STOPPED", "it has stopped", 60)
    assert one_off.described(told)["stoppedReason"] == "It has not ended within 3 s"


def test_silence_where_last_words_are_expected_is_a_failure(one_off: OneOff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ecs_task_api, "LOG_SECONDS", 2)
    told = one_off.run(last_words='done "`\\')
    assert told["msg"].startswith("The task ended well and did not log its last words.")
    assert (told["exit_code"], told["log_lines"]) == (0, ["first", "colour blue"])


def test_dry_run_runs_nothing_and_mistakes_do_neither(one_off: OneOff) -> None:
    before = one_off.account.ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    nothing = {"changed": True, "task_arn": "", "exit_code": -1, "stopped_reason": "", "log_lines": []}
    assert one_off.run(dry=True, cluster="none", task_definition="absent:1") == nothing
    assert "container is web; task definition" in one_off.run(container="web")["msg"]
    assert "Failed to describe task definition absent:1" in one_off.run(task_definition="absent:1")["msg"]
    assert "ClusterNotFoundException" in str(one_off.run(cluster="none"))
    assert one_off.account.ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"] == before

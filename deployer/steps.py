# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that the policies have to allow, in this order, on an empty account.

Each role is made, then changed in what its inputs change: who changes an input needs no other policy. A further
playbook is one line more here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer import changes
from deployer.changes import PLACE, TABLE, Variables
from deployer.documents import NAMES
from deployer.question import Question

# Makes a client of a service, as an administrator of the account.
Clients = Callable[[str], Any]
# A playbook of somebody's who has two services.
FURTHER = "tests/e2e/further.yml"
ROLLED_BACK, STOPPED = "rolled back to", "rolled back because a rollback was requested"
# Who removes a stack has to lift it first. The inventory that is recorded leaves it out.
PROTECTED = {"ecs_service_deletion_protection_enabled": True}


def _as_it_is(client: Clients) -> None:
    pass


@dataclass(frozen=True)
class Step:
    """A run of a playbook under a policy; `variables` change what the inventory says, with files below a directory.

    `before` is what somebody else does to the account before the run.
    """

    policy: str
    tag: str = ""
    variables: Callable[[Path], Variables] = changes.nothing
    playbook: str = "site.yml"
    before: Callable[[Clients], None] = _as_it_is
    # What it says when it fails as it is meant to: what is looked up about a failure needs permissions, too.
    fails: str = ""

    def arguments(self, work: Path, keys: Mapping[str, str], inputs: Variables) -> list[str]:
        """Return the arguments of the playbook, run with some keys and inputs of all steps."""
        variables = {**PROTECTED, **self.variables(work), **inputs, "palisade_task_environment": keys}
        tags = ["--tags", self.tag] if self.tag else []
        return [*tags, "-e", json.dumps(variables)]


def _keys_pending_deletion(client: Clients) -> None:
    """What a teardown does to the keys once logs, images and backups are gone."""
    kms = client("kms")
    names = [f"alias/{NAMES['stack']}-{purpose}" for purpose in ("data", "images", "logs")]
    for name in names:
        kms.schedule_key_deletion(KeyId=kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"])


STEPS = (
    Step("network", "network"),
    Step("network", "network", changes.less_network),
    Step("security", "security"),
    Step("security", "security", changes.other_security),
    Step("security", "security", changes.requested_certificate),
    Step("data", "data"),
    Step("ecs_service", "ecs_service"),
    Step("ecs_service", "ecs_service", changes.other_service),
    Step("deployment", "ecs_service", changes.other_image_of_other_service),
    Step("deployment", "", changes.failing, playbook="playbooks/deploy.yml", fails=ROLLED_BACK),
    Step("deployment", "", changes.other_service, playbook="playbooks/rollback.yml"),
    Step("ecs_service", "ecs_service", changes.blue_green),
    Step("ecs_service", "ecs_service", changes.blue_green_of_other_header),
    Step("deployment", "", changes.blue_green_of_other_image, playbook="playbooks/deploy.yml"),
    Step("deployment", "", changes.blue_green_that_does_not_start, playbook="playbooks/deploy.yml", fails=STOPPED),
    # Back to rolling deployments, now that the first target group is in use again.
    Step("ecs_service", "ecs_service", changes.other_service),
    Step("further", playbook=FURTHER),
    Step("further", "", changes.other_further, playbook=FURTHER),
    Step("further", "", changes.failing_further, playbook=FURTHER, fails=ROLLED_BACK),
    Step("further", "", changes.no_further, playbook=FURTHER),
    # Scaling the table makes roles of AWS's that the service has to find missing before.
    Step("data", "data", changes.other_data),
    Step("restore", "", changes.latest, playbook="playbooks/restore.yml"),
    # With tags, it looks whether what is left out still uses something.
    Step("teardown", "ecs_service,data", changes.named, playbook="playbooks/teardown.yml"),
    Step("teardown", "security,network", playbook="playbooks/teardown.yml"),
    Step("teardown", "", changes.confirmed, playbook="playbooks/teardown.yml"),
    # The site comes back, and takes its keys up again.
    Step("network", "network"),
    Step("security", "security", before=_keys_pending_deletion),
)
# Every run looks whether the table was replaced: there is none yet when the first steps run.
WAS_REPLACED = Question("dynamodb:ListTagsOfResource", TABLE)
# What is asked for besides: a check that does not end is stopped, and a dry run looks where a run removes.
BESIDES = {
    "network": (WAS_REPLACED,),
    "security": (WAS_REPLACED,),
    "restore": (Question("ecs:StopTask", f"arn:aws:ecs:{PLACE}:task/{NAMES['stack']}/{'0' * 32}"),),
    "teardown": (Question("elasticloadbalancing:DescribeTargetGroupAttributes", "*"),),
}
POLICIES = tuple(dict.fromkeys(step.policy for step in STEPS))

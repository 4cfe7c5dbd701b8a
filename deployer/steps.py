# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that the policies have to allow, in this order, on an empty account.

Each role is made, then changed in what its inputs change: who changes an input needs no other policy. A further
playbook is one line more here.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer.documents import NAMES
from deployer.question import Question
from emulator import certificates
from emulator.settings import CHECKOUT

Variables = Mapping[str, Any]
# Makes a client of a service, as an administrator of the account.
Clients = Callable[[str], Any]
PLACE = f"{NAMES['region']}:{NAMES['account']}"
TABLE = f"arn:aws:dynamodb:{PLACE}:table/{NAMES['stack']}"
# Where the name of the site is looked up.
ZONE = "example.com"
# Who removes a stack has to lift it first. The inventory that is recorded leaves it out.
PROTECTED = {"ecs_service_deletion_protection_enabled": True}
# Within the boundary of the task role: more than that is for an administrator to allow.
READS_AGAIN = {"Sid": "ReadAgain", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}


def _nothing(work: Path) -> Variables:
    return {}


def _as_it_is(client: Clients) -> None:
    pass


@dataclass(frozen=True)
class Step:
    """A run of a playbook under a policy; `variables` change what the inventory says, with files below a directory.

    `before` is what somebody else does to the account before the run.
    """

    policy: str
    tag: str = ""
    variables: Callable[[Path], Variables] = _nothing
    playbook: str = "site.yml"
    before: Callable[[Clients], None] = _as_it_is
    # It is meant to: what is looked up about a failure needs permissions, too.
    fails: bool = False

    def arguments(self, work: Path, keys: Mapping[str, str], inputs: Variables) -> list[str]:
        """Return the arguments of the playbook, run with some keys and inputs of all steps."""
        variables = {**PROTECTED, **self.variables(work), **inputs, "palisade_task_environment": keys}
        tags = ["--tags", self.tag] if self.tag else []
        return [*tags, "-e", json.dumps(variables)]


def _less_network(work: Path) -> Variables:
    return {"network_nat_mode": "single"}


def _other_security(work: Path) -> Variables:
    """Another certificate for the same name, other clients, and a statement more for the task."""
    tls = work / "other-tls"
    certificates.ensure(tls, work / "other-ca.pem")
    return {
        "security_certificate_file": str(tls / "localhost.crt"),
        "security_certificate_key_file": str(tls / "localhost.key"),
        "security_certificate_chain_file": str(work / "other-ca.pem"),
        "security_alb_ingress_cidrs": ["192.0.2.0/24"],
        "security_task_statements": [READS_AGAIN],
        "security_waf_rate_limit": 3000,
        "security_log_retention_days": 400,
        "security_access_log_retention_days": 400,
        "security_alarm_subscriptions": [{"protocol": "email", "endpoint": "operations@example.com"}],
    }


def _requested_certificate(work: Path) -> Variables:
    """A certificate that ACM issues, validated in a zone that the account has: see `recording.prepare`."""
    files = ("file", "key_file", "chain_file")
    return {
        "palisade_domain": f"shop.{ZONE}",
        "security_hosted_zone": ZONE,
        **{f"security_certificate_{name}": "" for name in files},
    }


def _other_data(work: Path) -> Variables:
    return {
        "data_billing_mode": "PROVISIONED",
        "data_minimum_read_units": 5,
        "data_minimum_write_units": 5,
        "data_deletion_protection_enabled": False,
        "data_recovery_period_in_days": 20,
        "data_backup_retention_days": 40,
        "data_alarm_capacity_percent": 70,
    }


def _named(work: Path) -> Variables:
    """A name for the site in a zone that the account has: see `recording.prepare`."""
    return {"ecs_service_domain": f"site.{ZONE}", "ecs_service_hosted_zone": ZONE}


def _other_service(work: Path) -> Variables:
    night = {"name": "night", "schedule": "cron(0 23 * * ? *)", "min_count": 1}
    return {
        **_named(work),
        "ecs_service_alarm_latency": 2.0,
        "ecs_service_capacity": [{"capacity_provider": "FARGATE_SPOT", "base": 0, "weight": 1}],
        "ecs_service_container_insights": "enabled",
        "ecs_service_images_kept": 400,
        "ecs_service_memory_target": 80,
        "ecs_service_scheduled_scaling": [night],
        "ecs_service_tags": {"Step": "other"},
        "ecs_service_log_retention_days": 60,
        "ecs_service_idle_timeout": 45,
        "ecs_service_deregistration_delay": 4,
        "ecs_service_health_check_interval": 6,
        "ecs_service_maximum_count": 5,
    }


def other_image(work: Path) -> Variables:
    """The same service with an image of another content, published by who deploys."""
    application = work / "other-app"
    if not application.exists():
        shutil.copytree(CHECKOUT / "app", application, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        with (application / "src" / "storefront" / "pages" / "static" / "storefront.css").open("a") as style:
            style.write("/* another image */\n")
    publish = [sys.executable, "-m", "emulator", "publish", "--repository", NAMES["stack"]]
    argv = [*publish, "--application", str(application)]
    return {"ecs_service_image_publisher": {"argv": argv, "chdir": str(CHECKOUT)}}


def _other_image_of_other_service(work: Path) -> Variables:
    """Nothing but the image differs from the step before."""
    return {**_other_service(work), **other_image(work)}


def _failing(work: Path) -> Variables:
    """A container that does not start."""
    return {**_other_image_of_other_service(work), "ecs_service_container_environment": {"AWS_REGION": "none"}}


def _latest(work: Path) -> Variables:
    return {"restore_time": "latest"}


def _confirmed(work: Path) -> Variables:
    """The table that was replaced at the restore."""
    return {"data_destroy_confirm": NAMES["stack"]}


def _keys_pending_deletion(client: Clients) -> None:
    """What a teardown does to the keys once logs, images and backups are gone."""
    kms = client("kms")
    names = [f"alias/{NAMES['stack']}-{purpose}" for purpose in ("data", "images", "logs")]
    for name in names:
        kms.schedule_key_deletion(KeyId=kms.describe_key(KeyId=name)["KeyMetadata"]["KeyId"])


STEPS = (
    Step("network", "network"),
    Step("network", "network", _less_network),
    Step("security", "security"),
    Step("security", "security", _other_security),
    Step("security", "security", _requested_certificate),
    Step("data", "data"),
    Step("ecs_service", "ecs_service"),
    Step("ecs_service", "ecs_service", _other_service),
    Step("deployment", "ecs_service", _other_image_of_other_service),
    Step("deployment", "", _failing, playbook="playbooks/deploy.yml", fails=True),
    Step("deployment", "", _other_service, playbook="playbooks/rollback.yml"),
    # Scaling the table makes roles of AWS's that the service has to find missing before.
    Step("data", "data", _other_data),
    Step("restore", "", _latest, playbook="playbooks/restore.yml"),
    # With tags, it looks whether what is left out still uses something.
    Step("teardown", "ecs_service,data", _named, playbook="playbooks/teardown.yml"),
    Step("teardown", "security,network", playbook="playbooks/teardown.yml"),
    Step("teardown", "", _confirmed, playbook="playbooks/teardown.yml"),
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

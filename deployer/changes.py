# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runs change in the inventory: the inputs of each role, once with other values."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deployer.documents import NAMES
from emulator import certificates
from emulator.settings import CHECKOUT

# Inputs of roles by name. Each function below gets a directory for files that its inputs name.
Variables = Mapping[str, Any]
PLACE = f"{NAMES['region']}:{NAMES['account']}"
TABLE = f"arn:aws:dynamodb:{PLACE}:table/{NAMES['stack']}"
# Where the name of the site is looked up.
ZONE = "example.com"
# Within the boundary of the task role: more than that is for an administrator to allow.
READS_AGAIN = {"Sid": "ReadAgain", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}
# A container does not start with it.
BROKEN = {"AWS_REGION": "none"}
# What the first service and a further one have each by itself.
OF_ANY_SERVICE: Variables = {
    "ecs_service_alarm_latency": 2.0,
    "ecs_service_deregistration_delay": 4,
    "ecs_service_health_check_interval": 6,
    "ecs_service_memory_target": 80,
    "ecs_service_scheduled_scaling": [{"name": "night", "schedule": "cron(0 23 * * ? *)", "min_count": 1}],
    "ecs_service_tags": {"Step": "other"},
}


def nothing(work: Path) -> Variables:
    return {}


def less_network(work: Path) -> Variables:
    return {"network_nat_mode": "single"}


def other_security(work: Path) -> Variables:
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


def requested_certificate(work: Path) -> Variables:
    """A certificate that ACM issues, validated in a zone that the account has: see `recording.prepare`."""
    files = ("file", "key_file", "chain_file")
    return {
        "palisade_domain": f"shop.{ZONE}",
        "security_hosted_zone": ZONE,
        **{f"security_certificate_{name}": "" for name in files},
    }


def other_data(work: Path) -> Variables:
    return {
        "data_billing_mode": "PROVISIONED",
        "data_minimum_read_units": 5,
        "data_minimum_write_units": 5,
        "data_deletion_protection_enabled": False,
        "data_recovery_period_in_days": 20,
        "data_backup_retention_days": 40,
        "data_alarm_capacity_percent": 70,
    }


def named(work: Path) -> Variables:
    """A name for the site in a zone that the account has: see `recording.prepare`."""
    return {"ecs_service_domain": f"site.{ZONE}", "ecs_service_hosted_zone": ZONE}


def other_service(work: Path) -> Variables:
    return {
        **named(work),
        **OF_ANY_SERVICE,
        "ecs_service_capacity": [{"capacity_provider": "FARGATE_SPOT", "base": 0, "weight": 1}],
        "ecs_service_container_insights": "enabled",
        "ecs_service_images_kept": 400,
        "ecs_service_log_retention_days": 60,
        "ecs_service_idle_timeout": 45,
        "ecs_service_maximum_count": 5,
    }


def other_image(work: Path, comment: str = "another image") -> Variables:
    """The same application with a comment in its style sheet, which makes another image, published by who deploys."""
    application = work / comment
    if not application.exists():
        shutil.copytree(CHECKOUT / "app", application, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        with (application / "src" / "storefront" / "pages" / "static" / "storefront.css").open("a") as style:
            style.write(f"/* {comment} */\n")
    publish = [sys.executable, "-m", "emulator", "publish", "--repository", NAMES["stack"]]
    argv = [*publish, "--application", str(application)]
    return {"ecs_service_image_publisher": {"argv": argv, "chdir": str(CHECKOUT)}}


def other_image_of_other_service(work: Path) -> Variables:
    """Nothing but the image differs from the step before."""
    return {**other_service(work), **other_image(work)}


def failing(work: Path) -> Variables:
    """A container that does not start."""
    return {**other_image_of_other_service(work), "ecs_service_container_environment": BROKEN}


def blue_green(work: Path) -> Variables:
    """The service as it is, deployed by shifting the requests."""
    return {
        **other_service(work),
        "ecs_service_deployment_strategy": "blue_green",
        "ecs_service_test_header": "x-new",
        "ecs_service_bake_minutes": 0,
    }


def blue_green_of_other_header(work: Path) -> Variables:
    return {**blue_green(work), "ecs_service_test_header": "x-newer"}


def blue_green_of_other_image(work: Path) -> Variables:
    return {**blue_green(work), **other_image(work)}


def blue_green_that_does_not_start(work: Path) -> Variables:
    """No circuit breaker ends it: the run does, when its time is over."""
    stops = {"ecs_service_container_environment": BROKEN, "ecs_service_wait_timeout": 20}
    return {**blue_green_of_other_image(work), **stops}


def other_further(work: Path) -> Variables:
    return {
        **other_image(work, "an image of its own"),
        **OF_ANY_SERVICE,
        "ecs_service_maximum_count": 3,
        "ecs_service_path": "/static/css/*",
    }


def failing_further(work: Path) -> Variables:
    return {**other_further(work), "ecs_service_container_environment": BROKEN}


def no_further(work: Path) -> Variables:
    return {"further_wanted": False}


def latest(work: Path) -> Variables:
    return {"restore_time": "latest"}


def confirmed(work: Path) -> Variables:
    """The table that was replaced at the restore."""
    return {"data_destroy_confirm": NAMES["stack"]}

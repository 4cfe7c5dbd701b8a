# SPDX-License-Identifier: GPL-3.0-or-later
"""Prowler asks the API itself, as it would ask AWS."""

from __future__ import annotations

import csv
import shutil
from typing import Any

from tests.audit.finding import Finding, Result
from tests.audit.gates.subject import TOOLS, Subject, run, version

TOOL = "prowler"
SERVICES = (
    "acm",
    "autoscaling",
    "backup",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "iam",
    "kms",
    "s3",
    "sns",
    "vpc",
    "wafv2",
)
# moto comes with more than a thousand snapshots of AWS's own images, which no account on AWS owns.
LEFT_OUT = ("ec2_ebs_snapshots_encrypted", "ec2_ebs_public_snapshot")


def judge(subject: Subject) -> Result:
    """Return what Prowler says of every service in scope."""
    directory = subject.directory / TOOL
    shutil.rmtree(directory, ignore_errors=True)
    command = [str(TOOLS / TOOL / "bin" / "prowler"), "aws", "--region", "eu-central-1", "--service", *SERVICES]
    command += ["--excluded-check", *LEFT_OUT, "--scan-unused-services", "--output-formats", "csv"]
    command += ["--output-directory", str(directory), "--output-filename", TOOL, "--no-color", "--no-banner"]
    run(
        TOOL,
        *command,
        "--ignore-exit-code-3",
        AWS_ENDPOINT_URL=subject.site.api,
        AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY="audit",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_DEFAULT_REGION="eu-central-1",
    )
    return read((directory / f"{TOOL}.csv").read_text(), _of_default_vpc(subject.site.client("ec2")))


def read(text: str, of_default_vpc: set[str]) -> Result:
    """Return the findings of a report; what needs a human (MANUAL) needs an explanation too."""
    rows = list(csv.DictReader(text.splitlines(keepends=True), delimiter=";"))
    findings = tuple(
        Finding(TOOL, row["CHECK_ID"], _resource(row, of_default_vpc), row["STATUS"] != "PASS", row["STATUS_EXTENDED"])
        for row in rows
    )
    # More than its version is in that column, were there none.
    said_by = rows[0]["PROWLER_VERSION"] if rows else version(TOOL, TOOL)
    return Result(TOOL, said_by, len({finding.check for finding in findings}), "checks", findings)


def _resource(row: dict[str, str], of_default_vpc: set[str]) -> str:
    """Name a resource as people do: by its tag Name; AWS's ids differ from run to run."""
    if row["RESOURCE_UID"].rpartition("/")[2] in of_default_vpc:
        return "default VPC"
    tags = dict(pair.split("=", 1) for pair in row["RESOURCE_TAGS"].split(" | ") if "=" in pair)
    return tags.get("Name") or row["RESOURCE_NAME"]


def _of_default_vpc(ec2: Any) -> set[str]:
    """Return the ids of what AWS puts into every account, and no stack uses."""
    default = [{"Name": "is-default", "Values": ["true"]}]
    ids = [vpc["VpcId"] for vpc in ec2.describe_vpcs(Filters=default)["Vpcs"]]
    inside = [{"Name": "vpc-id", "Values": ids or ["none"]}]
    return {
        *ids,
        *(item["SubnetId"] for item in ec2.describe_subnets(Filters=inside)["Subnets"]),
        *(item["NetworkAclId"] for item in ec2.describe_network_acls(Filters=inside)["NetworkAcls"]),
        *(item["GroupId"] for item in ec2.describe_security_groups(Filters=inside)["SecurityGroups"]),
    }

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Names and ARNs of a stack as pure functions of its shared inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A load balancer's name has at most 32 characters, and the longest suffix that is added to the stack's is 8 long:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
STACK_NAME_LIMIT = 24
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
TARGET_GROUP_NAME_LIMIT = 32

# resource -> (name, ARN without "arn:<partition>:"); an empty ARN means that it cannot be formed in advance.
SHAPES = {
    "stack": ("{stack}", ""),
    "cluster": ("{stack}", "ecs:{region}:{account}:cluster/{name}"),
    # The stack, or one further service of it: what belongs to a service bears the name of both.
    "service": ("{own}", "ecs:{region}:{account}:service/{stack}/{name}"),
    "task_family": ("{own}", ""),
    "container": ("app", ""),
    # What begins the names of its streams in the log of the stack.
    "log_streams": ("{streams}", ""),
    "partition": ("{partition}", ""),
    "dns_suffix": ("{suffix}", ""),
    "account_root": ("root", "iam::{account}:root"),
    "ecs_resources": ("*", "ecs:{region}:{account}:*"),
    # Image layers lie in a bucket of ECR's: https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    "layer_bucket": ("prod-{region}-starport-layer-bucket", "s3:::{name}"),
    "log_group": ("/ecs/{stack}", "logs:{region}:{account}:log-group:{name}"),
    # Container Insights writes to this one, and makes it unless it is there.
    "insights_log_group": (
        "/aws/ecs/containerinsights/{stack}/performance",
        "logs:{region}:{account}:log-group:{name}",
    ),
    "log_groups": ("*", "logs:{region}:{account}:log-group:{name}"),
    "load_balancer": ("{stack}", ""),
    # The ids that end these ARNs are AWS's to give.
    "listeners": ("{stack}", "elasticloadbalancing:{region}:{account}:listener/app/{name}/*/*"),
    "listener_rules": ("{stack}", "elasticloadbalancing:{region}:{account}:listener-rule/app/{name}/*/*/*"),
    "target_group": ("{group}", "elasticloadbalancing:{region}:{account}:targetgroup/{name}/*"),
    # The group that takes turns with the one above in blue/green deployments.
    "other_target_group": ("{group}-2", "elasticloadbalancing:{region}:{account}:targetgroup/{name}/*"),
    "flow_logs": ("*", "ec2:{region}:{account}:vpc-flow-log/{name}"),
    "alarms": ("*", "cloudwatch:{region}:{account}:alarm:{name}"),
    # No name of another stack has a dot, so these are the alarms of no other one.
    "service_alarms": ("{own}.service-", "cloudwatch:{region}:{account}:alarm:{name}*"),
    # Dashboards are those of all regions, whose stacks may have one name.
    "dashboard": ("{own}-{region}", "cloudwatch::{account}:dashboard/{name}"),
    "backups": ("*", "backup:{region}:{account}:{name}"),
    "backup_vault": ("{stack}", "backup:{region}:{account}:backup-vault:{name}"),
    # The table in use: the first one, or a restored one.
    "table": ("{table}", "dynamodb:{region}:{account}:table/{name}"),
    "table_indexes": ("*", "dynamodb:{region}:{account}:table/{table}/index/{name}"),
    # Tasks may use this one, too, while a restore is under way; otherwise it is the one in use.
    "other_table": ("{other_table}", "dynamodb:{region}:{account}:table/{name}"),
    # No name of a stack has a dot, so these are the tables of no other one.
    "first_table": ("{stack}", "dynamodb:{region}:{account}:table/{name}"),
    "first_table_backups": ("*", "dynamodb:{region}:{account}:table/{stack}/backup/{name}"),
    "restored_tables": ("{stack}.*", "dynamodb:{region}:{account}:table/{name}"),
    "restored_table_backups": ("*", "dynamodb:{region}:{account}:table/{stack}.*/backup/{name}"),
    "repository": ("{stack}", "ecr:{region}:{account}:repository/{name}"),
    # IAM is global: the region keeps two stacks of one account apart.
    "execution_role": ("{stack}-{region}-execution", "iam::{account}:role/{name}"),
    "task_role": ("{stack}-{region}-task", "iam::{account}:role/{name}"),
    "infrastructure_role": ("{stack}-{region}-infrastructure", "iam::{account}:role/{name}"),
    "flow_log_role": ("{stack}-{region}-flow-log", "iam::{account}:role/{name}"),
    "backup_role": ("{stack}-{region}-backup", "iam::{account}:role/{name}"),
    "execution_policy": ("{stack}-{region}-execution", "iam::{account}:policy/{name}"),
    "task_policy": ("{stack}-{region}-task", "iam::{account}:policy/{name}"),
    "infrastructure_policy": ("{stack}-{region}-infrastructure", "iam::{account}:policy/{name}"),
    "flow_log_policy": ("{stack}-{region}-flow-log", "iam::{account}:policy/{name}"),
    "backup_policy": ("{stack}-{region}-backup", "iam::{account}:policy/{name}"),
    "boundary": ("{stack}-{region}-boundary", "iam::{account}:policy/{name}"),
    "data_key_alias": ("alias/{stack}-data", "kms:{region}:{account}:{name}"),
    "logs_key_alias": ("alias/{stack}-logs", "kms:{region}:{account}:{name}"),
    "images_key_alias": ("alias/{stack}-images", "kms:{region}:{account}:{name}"),
    # A well-formed key that nobody has, for the dry run of an empty account.
    "missing_key": ("00000000-0000-4000-8000-00000000000f", "kms:{region}:{account}:key/{name}"),
    "web_acl": ("{stack}", ""),
    # AWS WAF logs to nothing of another prefix.
    "waf_log_group": ("aws-waf-logs-{stack}", "logs:{region}:{account}:log-group:{name}"),
    "flow_log_group": ("/vpc/{stack}", "logs:{region}:{account}:log-group:{name}"),
    # The names of buckets are those of all accounts and regions; 63 characters at most.
    "log_bucket": ("{stack}-logs-{account}-{region}", "s3:::{name}"),
    "alarm_topic": ("{stack}-alarms", "sns:{region}:{account}:{name}"),
    # Well-formed, and never of anything that exists: for the dry run of an empty account.
    "missing_load_balancer": ("{stack}/" + "0" * 16, "elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}"),
    "missing_target_group": ("{stack}/" + "0" * 16, "elasticloadbalancing:{region}:{account}:targetgroup/{name}"),
    "missing_listener_rule": (
        "{stack}/" + "/".join(("0" * 16,) * 3),
        "elasticloadbalancing:{region}:{account}:listener-rule/app/{name}",
    ),
    "missing_web_acl": (
        "{stack}/ffffffff-ffff-ffff-ffff-ffffffffffff",
        "wafv2:{region}:{account}:regional/webacl/{name}",
    ),
    "registry": ("{account}.dkr.ecr.{region}.{suffix}", ""),
}

RULES = {
    "name": (
        r"[a-z](?:[a-z0-9]|-(?!-))*[a-z0-9]",
        "two or more lower-case letters, digits and single hyphens, from a letter to a letter or digit",
    ),
    "environment": (r"[a-z][a-z0-9]*", "lower-case letters and digits, beginning with a letter"),
    "account_id": (r"[0-9]{12}", "the twelve digits of an AWS account, quoted in YAML"),
    "region": (r"[a-z]{2}(?:-[a-z]+)+-[0-9]", "an AWS region such as eu-central-1"),
    "partition": (r"aws(?:-cn|-us-gov)?", "aws, aws-cn or aws-us-gov"),
    "service": (r"[a-z][a-z0-9]*|", "lower-case letters and digits, beginning with a letter, or nothing"),
    "table_generation": (r"0|[1-9][0-9]{0,3}", "a number from 0, the first table, to 9999"),
    "other_table_generation": (r"0|[1-9][0-9]{0,3}|", "a number from 0, the first table, to 9999, or nothing"),
}


# Regions outside these belong to the partition aws.
PARTITION_OF = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to."""
    return next((partition for prefix, partition in PARTITION_OF.items() if region.startswith(prefix)), "aws")


class NameProblem(ValueError):
    """A shared input is malformed; the message names the variable and says what was expected."""


@dataclass(frozen=True)
class StackNames:
    """The shared inputs of a stack, as text; raises NameProblem when one of them is malformed."""

    name: str
    environment: str
    account_id: str
    region: str
    partition: str = "aws"
    table_generation: str = "0"
    other_table_generation: str = ""
    service: str = ""

    def __post_init__(self) -> None:
        for field, (pattern, expected) in RULES.items():
            value = getattr(self, field)
            if not re.fullmatch(pattern, value):
                raise NameProblem(f"palisade_{field} is {value!r}; expected {expected}.")
        if self.partition != partition_of(self.region):
            raise NameProblem(
                f"palisade_partition is {self.partition!r}, but {self.region} belongs to "
                f"{partition_of(self.region)!r}. Leave palisade_partition out, or correct palisade_region."
            )
        if len(self.stack) > STACK_NAME_LIMIT:
            raise NameProblem(
                f"palisade_name and palisade_environment together give {self.stack!r}, {len(self.stack)} characters; "
                f"expected at most {STACK_NAME_LIMIT}, because a load balancer's name is limited. Shorten one of them."
            )
        if len(self._group) > TARGET_GROUP_NAME_LIMIT:
            raise NameProblem(
                f"palisade_service is {self.service!r}, which gives {self._group!r}, {len(self._group)} characters; "
                f"expected at most {TARGET_GROUP_NAME_LIMIT}, because a target group's name is limited. Shorten it."
            )
        if self.stack.startswith("internal-"):
            raise NameProblem(
                f"palisade_name is {self.name!r}; AWS refuses load balancer names that begin with internal-."
            )

    @property
    def stack(self) -> str:
        """Name of the stack, the stem of every other name."""
        return f"{self.name}-{self.environment}"

    @property
    def _own(self) -> str:
        # No name of a stack has two hyphens in a row, so this is none of another stack.
        return f"{self.stack}--{self.service}" if self.service else self.stack

    @property
    def _group(self) -> str:
        # Target groups may not have two hyphens in a row. An environment begins with a letter, so no stack has a name
        # whose last part begins with a digit.
        return f"{self.stack}-0{self.service}" if self.service else self.stack

    def _table(self, generation: str) -> str:
        return self.stack if generation == "0" else f"{self.stack}.{generation}"

    def of(self, resource: str) -> dict[str, str]:
        """Return C(name) and, if it can be formed in advance, C(arn) of a resource; raise NameProblem if unknown."""
        if resource not in SHAPES:
            raise NameProblem(f"{resource!r} is no resource of a stack; expected one of {', '.join(sorted(SHAPES))}.")
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        facts = {
            "stack": self.stack,
            "own": self._own,
            "group": self._group,
            "streams": self.service or "app",
            "table": self._table(self.table_generation),
            "other_table": self._table(self.other_table_generation or self.table_generation),
            "account": self.account_id,
            "region": self.region,
            "partition": self.partition,
            "suffix": suffix,
        }
        name_shape, arn_shape = SHAPES[resource]
        name = name_shape.format(**facts)
        if not arn_shape:
            return {"name": name}
        return {"name": name, "arn": f"arn:{self.partition}:" + arn_shape.format(name=name, **facts)}

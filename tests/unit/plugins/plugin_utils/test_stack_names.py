# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and ARNs of a stack."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names import (
    SHAPES,
    STACK_NAME_LIMIT,
    NameProblem,
    StackNames,
)

DEV = StackNames("shop", "dev", "123456789012", "eu-central-1")

BALANCERS = "elasticloadbalancing:eu-central-1:123456789012"
NAMES = {
    "stack": "shop-dev",
    "cluster": "shop-dev",
    "service": "shop-dev",
    "task_family": "shop-dev",
    "container": "app",
    "log_streams": "app",
    "log_group": "/ecs/shop-dev",
    "load_balancer": "shop-dev",
    "target_group": "shop-dev",
    "table": "shop-dev",
    "repository": "shop-dev",
    "execution_role": "shop-dev-eu-central-1-execution",
    "task_role": "shop-dev-eu-central-1-task",
    "execution_policy": "shop-dev-eu-central-1-execution",
    "task_policy": "shop-dev-eu-central-1-task",
    "infrastructure_role": "shop-dev-eu-central-1-infrastructure",
    "flow_log_role": "shop-dev-eu-central-1-flow-log",
    "backup_role": "shop-dev-eu-central-1-backup",
    "infrastructure_policy": "shop-dev-eu-central-1-infrastructure",
    "flow_log_policy": "shop-dev-eu-central-1-flow-log",
    "backup_policy": "shop-dev-eu-central-1-backup",
    "boundary": "shop-dev-eu-central-1-boundary",
    "data_key_alias": "alias/shop-dev-data",
    "logs_key_alias": "alias/shop-dev-logs",
    "images_key_alias": "alias/shop-dev-images",
    "missing_key": "00000000-0000-4000-8000-00000000000f",
    "log_groups": "*",
    "listeners": "shop-dev",
    "listener_rules": "shop-dev",
    "other_target_group": "shop-dev-2",
    "flow_logs": "*",
    "alarms": "*",
    "backups": "*",
    "table_indexes": "*",
    "other_table": "shop-dev",
    "first_table": "shop-dev",
    "first_table_backups": "*",
    "restored_table_backups": "*",
    "backup_vault": "shop-dev",
    "restored_tables": "shop-dev.*",
    "web_acl": "shop-dev",
    "waf_log_group": "aws-waf-logs-shop-dev",
    "flow_log_group": "/vpc/shop-dev",
    "service_alarms": "shop-dev.service-",
    "dashboard": "shop-dev-eu-central-1",
    "insights_log_group": "/aws/ecs/containerinsights/shop-dev/performance",
    "log_bucket": "shop-dev-logs-123456789012-eu-central-1",
    "alarm_topic": "shop-dev-alarms",
    "partition": "aws",
    "dns_suffix": "amazonaws.com",
    "account_root": "root",
    "ecs_resources": "*",
    "layer_bucket": "prod-eu-central-1-starport-layer-bucket",
    "missing_load_balancer": "shop-dev/0000000000000000",
    "missing_target_group": "shop-dev/0000000000000000",
    "missing_listener_rule": "shop-dev/0000000000000000/0000000000000000/0000000000000000",
    "missing_web_acl": "shop-dev/ffffffff-ffff-ffff-ffff-ffffffffffff",
    "registry": "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
}
ARNS = {
    "cluster": "ecs:eu-central-1:123456789012:cluster/shop-dev",
    "service": "ecs:eu-central-1:123456789012:service/shop-dev/shop-dev",
    "log_group": "logs:eu-central-1:123456789012:log-group:/ecs/shop-dev",
    "table": "dynamodb:eu-central-1:123456789012:table/shop-dev",
    "repository": "ecr:eu-central-1:123456789012:repository/shop-dev",
    "execution_role": "iam::123456789012:role/shop-dev-eu-central-1-execution",
    "task_role": "iam::123456789012:role/shop-dev-eu-central-1-task",
    "execution_policy": "iam::123456789012:policy/shop-dev-eu-central-1-execution",
    "task_policy": "iam::123456789012:policy/shop-dev-eu-central-1-task",
    "account_root": "iam::123456789012:root",
    "ecs_resources": "ecs:eu-central-1:123456789012:*",
    "layer_bucket": "s3:::prod-eu-central-1-starport-layer-bucket",
    "infrastructure_role": "iam::123456789012:role/shop-dev-eu-central-1-infrastructure",
    "flow_log_role": "iam::123456789012:role/shop-dev-eu-central-1-flow-log",
    "backup_role": "iam::123456789012:role/shop-dev-eu-central-1-backup",
    "infrastructure_policy": "iam::123456789012:policy/shop-dev-eu-central-1-infrastructure",
    "flow_log_policy": "iam::123456789012:policy/shop-dev-eu-central-1-flow-log",
    "backup_policy": "iam::123456789012:policy/shop-dev-eu-central-1-backup",
    "boundary": "iam::123456789012:policy/shop-dev-eu-central-1-boundary",
    "data_key_alias": "kms:eu-central-1:123456789012:alias/shop-dev-data",
    "logs_key_alias": "kms:eu-central-1:123456789012:alias/shop-dev-logs",
    "images_key_alias": "kms:eu-central-1:123456789012:alias/shop-dev-images",
    "missing_key": "kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-00000000000f",
    "log_groups": "logs:eu-central-1:123456789012:log-group:*",
    "listeners": "elasticloadbalancing:eu-central-1:123456789012:listener/app/shop-dev/*/*",
    "listener_rules": "elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop-dev/*/*/*",
    "target_group": "elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev/*",
    "other_target_group": "elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev-2/*",
    "flow_logs": "ec2:eu-central-1:123456789012:vpc-flow-log/*",
    "service_alarms": "cloudwatch:eu-central-1:123456789012:alarm:shop-dev.service-*",
    "dashboard": "cloudwatch::123456789012:dashboard/shop-dev-eu-central-1",
    "alarms": "cloudwatch:eu-central-1:123456789012:alarm:*",
    "backups": "backup:eu-central-1:123456789012:*",
    "table_indexes": "dynamodb:eu-central-1:123456789012:table/shop-dev/index/*",
    "backup_vault": "backup:eu-central-1:123456789012:backup-vault:shop-dev",
    "other_table": "dynamodb:eu-central-1:123456789012:table/shop-dev",
    "first_table": "dynamodb:eu-central-1:123456789012:table/shop-dev",
    "first_table_backups": "dynamodb:eu-central-1:123456789012:table/shop-dev/backup/*",
    "restored_table_backups": "dynamodb:eu-central-1:123456789012:table/shop-dev.*/backup/*",
    "restored_tables": "dynamodb:eu-central-1:123456789012:table/shop-dev.*",
    "waf_log_group": "logs:eu-central-1:123456789012:log-group:aws-waf-logs-shop-dev",
    "insights_log_group": ("logs:eu-central-1:123456789012:log-group:/aws/ecs/containerinsights/shop-dev/performance"),
    "flow_log_group": "logs:eu-central-1:123456789012:log-group:/vpc/shop-dev",
    "log_bucket": "s3:::shop-dev-logs-123456789012-eu-central-1",
    "alarm_topic": "sns:eu-central-1:123456789012:shop-dev-alarms",
    "missing_load_balancer": f"{BALANCERS}:loadbalancer/app/shop-dev/0000000000000000",
    "missing_target_group": f"{BALANCERS}:targetgroup/shop-dev/0000000000000000",
    "missing_listener_rule": (
        f"{BALANCERS}:listener-rule/app/shop-dev/0000000000000000/0000000000000000/0000000000000000"
    ),
    "missing_web_acl": "wafv2:eu-central-1:123456789012:regional/webacl/shop-dev/ffffffff-ffff-ffff-ffff-ffffffffffff",
}


OWN = {
    "service": "ecs:eu-central-1:123456789012:service/shop-dev/shop-dev--reports",
    "task_family": "",
    "target_group": f"{BALANCERS}:targetgroup/shop-dev-0reports/*",
    "other_target_group": f"{BALANCERS}:targetgroup/shop-dev-0reports-2/*",
    "service_alarms": "cloudwatch:eu-central-1:123456789012:alarm:shop-dev--reports.service-*",
    "dashboard": "cloudwatch::123456789012:dashboard/shop-dev--reports-eu-central-1",
    "log_streams": "",
}


def test_a_further_service_has_its_own_names_and_shares_all_others() -> None:
    reports = replace(DEV, service="reports")
    differing = {name for name in NAMES if reports.of(name) != DEV.of(name)}
    assert differing == OWN.keys()
    assert {name: reports.of(name).get("arn", "").removeprefix("arn:aws:") for name in OWN} == OWN
    assert reports.of("task_family")["name"] == "shop-dev--reports"
    assert reports.of("log_streams")["name"] == "reports"


def test_no_stack_can_have_the_name_of_a_further_service_of_another() -> None:
    with pytest.raises(NameProblem, match="palisade_name"):
        StackNames("shop-dev-", "reports", "123456789012", "eu-central-1")


@pytest.mark.parametrize("service", ["", "reports"])
def test_target_groups_are_those_of_no_other_stack_and_named_as_aws_wants_it(service: str) -> None:
    own = replace(DEV, service=service)
    groups = [own.of(resource)["name"] for resource in ("target_group", "other_target_group")]
    assert not [name for name in groups if not re.fullmatch(r"(?!.*--)[a-z][a-z0-9-]*[a-z0-9]", name)]
    for name, environment in [name.rsplit("-", 1) for name in groups if name != DEV.stack]:
        with pytest.raises(NameProblem, match="palisade_environment"):
            StackNames(name, environment, "123456789012", "eu-central-1")


@pytest.mark.parametrize(("service", "told"), [("a-b", "palisade_service is 'a-b'"), ("a" * 23, "at most 32")])
def test_a_further_service_has_a_name_that_fits(service: str, told: str) -> None:
    with pytest.raises(NameProblem, match=told):
        replace(DEV, service=service)


def test_every_resource_is_looked_at_here() -> None:
    assert NAMES.keys() == SHAPES.keys()


@pytest.mark.parametrize("resource", NAMES)
def test_resource_has_its_name_and_its_arn_if_one_can_be_formed(resource: str) -> None:
    expected = {"name": NAMES[resource]}
    if resource in ARNS:
        expected["arn"] = f"arn:aws:{ARNS[resource]}"
    assert DEV.of(resource) == expected


@pytest.mark.parametrize(
    ("partition", "region", "suffix"),
    [
        ("aws", "eu-central-1", "amazonaws.com"),
        ("aws-us-gov", "us-gov-west-1", "amazonaws.com"),
        ("aws-cn", "cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_partition_decides_the_arn_and_the_suffix_of_the_registry(partition: str, region: str, suffix: str) -> None:
    names = replace(DEV, partition=partition, region=region)
    assert names.of("table")["arn"] == f"arn:{partition}:dynamodb:{region}:123456789012:table/shop-dev"
    assert names.of("registry") == {"name": f"123456789012.dkr.ecr.{region}.{suffix}"}


def test_generation_names_the_table_in_use_and_nothing_else() -> None:
    second = replace(DEV, table_generation="2")
    followed = {resource for resource in SHAPES if second.of(resource) != DEV.of(resource)}
    assert followed == {"table", "table_indexes", "other_table"}
    assert second.of("table")["name"] == second.of("other_table")["name"] == "shop-dev.2"
    assert second.of("table_indexes")["arn"].endswith(":table/shop-dev.2/index/*")


def test_other_table_is_named_besides_the_one_in_use() -> None:
    during = replace(DEV, table_generation="1", other_table_generation="0")
    assert (during.of("table")["name"], during.of("other_table")["name"]) == ("shop-dev.1", "shop-dev")


def test_two_regions_of_one_account_share_no_iam_name() -> None:
    elsewhere = replace(DEV, region="eu-west-1")
    for resource in ("execution_role", "task_role", "execution_policy", "task_policy"):
        assert DEV.of(resource)["arn"] != elsewhere.of(resource)["arn"]


def test_longest_stack_keeps_every_name_within_the_limits_of_aws() -> None:
    longest = StackNames("a" * 20, "dev", "123456789012", "ap-northeast-3")
    limits = {"load_balancer": 32, "target_group": 32, "execution_role": 64, "task_role": 64}
    for resource, limit in limits.items():
        assert len(longest.of(resource)["name"]) <= limit


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("name", "", "lower-case letters"),
        ("name", "Shop", "lower-case letters"),
        ("name", "shop_one", "lower-case letters"),
        ("name", "1shop", "from a letter to a letter or digit"),
        ("name", "shop--one", "single hyphens"),
        ("name", "-shop", "from a letter to a letter or digit"),
        ("name", "shop-", "lower-case letters"),
        ("name", "shop\n", "lower-case letters"),
        ("name", "läden", "lower-case letters"),
        ("environment", "", "lower-case letters and digits"),
        ("environment", "dev-1", "lower-case letters and digits"),
        ("environment", "Dev", "lower-case letters and digits"),
        ("account_id", "12345678901", "twelve digits"),
        ("account_id", "1234567890123", "twelve digits"),
        ("account_id", "1234-5678-9012", "twelve digits"),
        ("account_id", "12345678901٢", "twelve digits"),
        ("region", "eu-central", "such as eu-central-1"),
        ("region", "eu-central-1a", "such as eu-central-1"),
        ("region", "EU-CENTRAL-1", "such as eu-central-1"),
        ("partition", "aws-de", "aws, aws-cn or aws-us-gov"),
        ("table_generation", "-1", "a number from 0"),
        ("table_generation", "01", "a number from 0"),
        ("table_generation", "1.5", "a number from 0"),
        ("table_generation", "", "a number from 0"),
        ("other_table_generation", "next", "a number from 0"),
    ],
)
def test_malformed_input_is_named_and_quoted(field: str, value: str, expected: str) -> None:
    with pytest.raises(NameProblem) as problem:
        replace(DEV, **{field: value})
    assert str(problem.value).startswith(f"palisade_{field} is {value!r}; expected ")
    assert expected in str(problem.value)


@pytest.mark.parametrize("name", ["shop", "my-shop", "shop2", "a-1-b"])
def test_well_formed_name_is_taken(name: str) -> None:
    assert replace(DEV, name=name).stack == f"{name}-dev"


def test_stack_name_that_is_too_long_is_refused_and_the_longest_is_taken() -> None:
    assert len(replace(DEV, name="a" * 20).stack) == 24
    with pytest.raises(NameProblem, match=r"'a{21}-dev', 25 characters; expected at most 24.*Shorten"):
        replace(DEV, name="a" * 21)


@pytest.mark.parametrize("name", ["internal", "internal-shop"])
def test_name_that_load_balancers_must_not_have_is_refused(name: str) -> None:
    with pytest.raises(NameProblem, match=r"palisade_name is 'internal.*begin with internal-"):
        replace(DEV, name=name)


def test_name_may_contain_internal_elsewhere() -> None:
    assert replace(DEV, name="internals").of("load_balancer")["name"] == "internals-dev"


def test_unknown_resource_is_named_with_the_known_ones() -> None:
    with pytest.raises(NameProblem, match=r"'tabel' is no resource of a stack; expected one of .*\btable\b"):
        DEV.of("tabel")


def test_the_longest_stack_in_the_longest_region_still_has_a_bucket() -> None:
    longest = StackNames("a" * 20, "dev", "123456789012", "ap-northeast-1")
    assert len(longest.stack) == STACK_NAME_LIMIT
    assert len(longest.of("log_bucket")["name"]) <= 63

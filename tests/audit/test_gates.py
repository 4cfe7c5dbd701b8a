# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tools print is read rightly, and what they do not say is never taken for praise."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.audit.finding import Finding
from tests.audit.gates import cdk_nag, cfn_lint, checkov, cloudsplaining, own, parliament, prowler, sslyze
from tests.audit.gates.subject import ToolFailure, run
from tests.e2e.site import CHECKOUT

PROWLER = """\
CHECK_ID;STATUS;STATUS_EXTENDED;RESOURCE_UID;RESOURCE_NAME;RESOURCE_TAGS;PROWLER_VERSION
kms_rotation;PASS;Key rotates.;arn:aws:kms:eu-central-1:123456789012:key/1;1;Name=data | palisade:stack=shop;5.46.0
vpc_flow_logs;FAIL;"No logs; none.";arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1;vpc-1;;5.46.0
vpc_flow_logs;FAIL;No logs.;arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-2;vpc-2;;5.46.0
enclaves;MANUAL;Look yourself.;arn:aws:kms:eu-central-1:123456789012:x;x;;5.46.0
"""


def test_prowler_names_resources_by_their_tag_and_those_of_the_default_vpc_together() -> None:
    found = prowler.read(PROWLER, {"vpc-2"})
    assert [(item.resource, item.failed) for item in found.findings] == [
        ("data", False),
        ("vpc-1", True),
        ("default VPC", True),
        ("x", True),
    ]
    assert (found.judged, found.version, found.findings[1].detail) == (3, "5.46.0", "No logs; none.")


def test_checkov_says_what_is_right_too() -> None:
    passed = {"check_id": "CKV_1", "resource": "AWS::DynamoDB::Table.TableShop", "check_name": "encrypted"}
    report: Any = {
        "summary": {"checkov_version": "3", "resource_count": 2, "parsing_errors": 0},
        "results": {"passed_checks": [passed], "failed_checks": [passed | {"check_id": "CKV_2"}]},
    }
    assert checkov.read(report).findings == (
        Finding("checkov", "CKV_1", "TableShop", False, "encrypted"),
        Finding("checkov", "CKV_2", "TableShop", True, "encrypted"),
    )
    report["summary"]["parsing_errors"] = 1
    with pytest.raises(ToolFailure, match="could not read 1"):
        checkov.read(report)


def test_cdk_nag_rule_that_cannot_decide_is_adverse() -> None:
    answers = ["Compliant", "Non-Compliant", "Resource::*", "the rule failed: no such token"]
    said = [{"check": "S1", "resource": "Bucket", "answer": answer, "detail": ""} for answer in answers]
    assert [item.failed for item in cdk_nag.read(said, "3").findings] == [False, True, True, True]


def test_cfn_lint_finding_is_of_its_resource() -> None:
    said = [
        {"Rule": {"Id": "E1"}, "Message": "no", "Location": {"Path": path}} for path in (["Resources", "Vpc"], None)
    ]
    assert [item.resource for item in cfn_lint.read(said, 9, "1").findings] == ["Vpc", "template"]


def test_cloudsplaining_finds_per_policy_and_kind() -> None:
    kinds: dict[str, Any] = {kind: {"findings": []} for kind in cloudsplaining.KINDS}
    bad = kinds | {
        "DataExfiltration": {"findings": ["s3:GetObject"]},
        "PrivilegeEscalation": {"findings": [{"type": "PassRole", "actions": ["iam:PassRole"]}]},
        "InfrastructureModification": {"findings": [f"s3:{number}" for number in range(99)]},
    }
    policies = {"1": {"PolicyName": "good"} | kinds, "2": {"PolicyName": "bad"} | bad}
    found = cloudsplaining.read(
        {"aws_managed_policies": {}, "customer_managed_policies": policies, "inline_policies": {}}, "1"
    )
    assert found.judged == 2
    assert [(item.check, item.resource, item.detail) for item in found.failed] == [
        ("PrivilegeEscalation", "bad", "PassRole: iam:PassRole"),
        ("DataExfiltration", "bad", "s3:GetObject"),
        ("InfrastructureModification", "bad", "99 actions, such as s3:0"),
    ]


def test_parliament_counts_policies_that_it_has_nothing_against() -> None:
    found = parliament.read({"good": [], "bad": [{"issue": "UNKNOWN_ACTION", "detail": ["a", {"b": 1}]}]}, "1")
    assert (found.judged, [(item.resource, item.detail) for item in found.failed]) == (2, [("bad", "a, {'b': 1}")])


def test_sslyze_criterion_that_is_new_is_not_lost() -> None:
    found = sslyze.read({"task": {"quantum_readiness": "none"}}, "6")
    assert [item.check for item in found.failed] == ["quantum_readiness"]
    assert len(found.findings) == len(sslyze.CRITERIA) + 1


GOOD: dict[str, tuple[str, Any]] = {
    "targets_over_tls": ("ElasticLoadBalancingV2::TargetGroup", {"Protocol": "HTTPS", "HealthCheckProtocol": "HTTPS"}),
    "containers_not_root": ("ECS::TaskDefinition", {"ContainerDefinitions": [{"User": "10001:10001"}]}),
    "roles_of_task_differ": ("ECS::TaskDefinition", {"TaskRoleArn": "a", "ExecutionRoleArn": "b"}),
    "execute_command_off": ("ECS::Service", {}),
    "platform_latest": ("ECS::Service", {"PlatformVersion": "LATEST"}),
    "endpoint_policies_not_open": ("EC2::VPCEndpoint", {"PolicyDocument": {"Statement": [{"Action": "s3:GetObject"}]}}),
    "roles_have_boundary": ("IAM::Role", {"PermissionsBoundary": "arn"}),
    "group_rules_described": (
        "EC2::SecurityGroup",
        {"SecurityGroupIngress": [{"Description": "HTTPS"}], "SecurityGroupEgress": []},
    ),
    "egress_restricted": (
        "EC2::SecurityGroup",
        {"SecurityGroupEgress": [{"CidrIp": "10.0.0.0/8", "IpProtocol": "-1"}]},
    ),
    "service_scales": ("ApplicationAutoScaling::ScalableTarget", {"MinCapacity": 2, "MaxCapacity": 6}),
    "resources_tagged": ("DynamoDB::Table", {"Tags": [{"Key": "palisade:stack", "Value": "shop"}]}),
}
BAD: dict[str, Any] = {
    "targets_over_tls": {"Protocol": "HTTPS", "HealthCheckProtocol": "HTTP"},
    "containers_not_root": {"ContainerDefinitions": [{"User": "10001"}, {"User": "0:10001"}]},
    "roles_of_task_differ": {"TaskRoleArn": "a", "ExecutionRoleArn": "a"},
    "execute_command_off": {"EnableExecuteCommand": True},
    "platform_latest": {"PlatformVersion": "1.3.0"},
    "endpoint_policies_not_open": {},
    "roles_have_boundary": {},
    "group_rules_described": {"SecurityGroupIngress": [], "SecurityGroupEgress": [{"CidrIp": "10.0.0.0/8"}]},
    "egress_restricted": {"SecurityGroupEgress": [{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"}]},
    "service_scales": {"MinCapacity": 1, "MaxCapacity": 6},
    "resources_tagged": {"Tags": []},
}


@pytest.mark.parametrize("name", GOOD)
def test_own_check_tells_right_from_wrong(name: str) -> None:
    check = next(check for check in own.CHECKS if check.__name__ == name)
    kind, properties = GOOD[name]
    resources = {
        "Good": {"Type": f"AWS::{kind}", "Properties": properties},
        "Bad": {"Type": f"AWS::{kind}", "Properties": BAD[name]},
    }
    assert dict(check(resources)) == {"Good": True, "Bad": False}


@pytest.mark.parametrize(("services", "right"), [(("ecr.api", "ecr.dkr"), True), (("ecr.api", "logs"), False)])
def test_registry_needs_both_endpoints(services: tuple[str, ...], right: bool) -> None:
    resources = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {}}} | {
        name: {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": f"com.amazonaws.eu-central-1.{name}"}}
        for name in services
    }
    assert dict(own.registry_by_endpoints(resources)) == {"Vpc": right}


def test_every_own_check_is_tested() -> None:
    assert {check.__name__ for check in own.CHECKS} == {*GOOD, "registry_by_endpoints"}
    assert set(GOOD) == set(BAD)


def test_tool_that_fails_does_not_pass_for_one_that_found_nothing() -> None:
    with pytest.raises(ToolFailure, match="echo ended with 3"):
        run("echo", "sh", "-c", "exit 3")


def test_tools_see_no_credentials_and_reach_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    seen = dict(line.split("=", 1) for line in run("env", "env").splitlines() if "=" in line)
    assert not [name for name in seen if name.startswith("AWS_")]
    assert seen["HTTPS_PROXY"] == "http://127.0.0.1:9"


def test_audited_stack_is_as_production_has_it() -> None:
    audited = yaml.safe_load((CHECKOUT / "tests" / "audit" / "site.yml").read_text())
    defaults = yaml.safe_load((CHECKOUT / "roles" / "ecs_service" / "defaults" / "main.yml").read_text())
    production: dict[str, Any] = {}
    for path in (CHECKOUT / "inventories" / "prod" / "group_vars" / "all").glob("*.yml"):
        production |= yaml.safe_load(path.read_text()) or {}
    assert audited == {name: (defaults | production)[name] for name in audited}


@pytest.mark.parametrize("environment", ["prowler", "checkov", "judges"])
def test_lock_file_pins_by_hash_and_names_no_index(environment: str) -> None:
    text = (CHECKOUT / "requirements" / f"audit-{environment}.txt").read_text()
    assert "://" not in text
    assert text.count("--hash=sha256:") > text.count("==") > 20


def test_node_packages_are_pinned_and_no_address_is_in_their_lock_file() -> None:
    text = (cdk_nag.NODE / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    wanted = json.loads((cdk_nag.NODE / "package.json").read_text())["dependencies"]
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert all("integrity" in package or package.get("inBundle") for name, package in packages.items() if name)
    assert "://" not in text

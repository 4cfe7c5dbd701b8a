# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of the edge of a stack, told by playbooks and asked of AWS: each test goes on from the one before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.site import STACK
from tests.integration.roles.edge_site import BUCKET, TOPIC, Edge

GROUPS = ("AmazonIpReputationList", "CommonRuleSet", "KnownBadInputsRuleSet", "SQLiRuleSet")
DOMAIN = {
    "palisade_domain": "shop.example.com",
    "security_hosted_zone": "example.com",
    "ecs_service_hosted_zone": "example.com",
    "security_certificate_file": "",
    "security_certificate_key_file": "",
    "security_certificate_chain_file": "",
}


def test_edge_is_complete_after_the_first_run(edge: Edge) -> None:
    attributes = edge.attributes
    assert attributes["access_logs.s3.enabled"] == "true"
    assert attributes["access_logs.s3.bucket"] == BUCKET
    assert attributes["routing.http.desync_mitigation_mode"] == "strictest"
    assert edge.listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert edge.protection == edge.web_acl["ARN"]


def test_requests_pass_the_managed_groups_and_a_rate_limit_and_are_logged_without_credentials(edge: Edge) -> None:
    rate, *groups = edge.web_acl["Rules"]
    assert rate["Action"] == {"Block": {}}
    limit = {"Limit": 2000, "EvaluationWindowSec": 300, "AggregateKeyType": "IP"}
    assert rate["Statement"]["RateBasedStatement"] == limit
    named = [one["Statement"]["ManagedRuleGroupStatement"] for one in groups]
    assert named == [{"VendorName": "AWS", "Name": f"AWSManagedRules{name}"} for name in GROUPS]
    # None of them only counts.
    assert [one["OverrideAction"] for one in groups] == [{"None": {}}] * len(GROUPS)
    assert edge.web_acl["DefaultAction"] == {"Allow": {}}
    assert not any(one["VisibilityConfig"]["SampledRequestsEnabled"] for one in edge.web_acl["Rules"])
    logging = edge.waf_logging
    assert [one["SingleHeader"]["Name"] for one in logging["RedactedFields"]] == ["authorization", "cookie"]
    assert logging["LogDestinationConfigs"] == [edge.log_group(f"aws-waf-logs-{STACK}")["arn"].removesuffix(":*")]


def test_traffic_is_recorded_within_a_minute_by_a_role_of_its_own(edge: Edge) -> None:
    found = edge.flow_log
    assert (found["TrafficType"], found["MaxAggregationInterval"]) == ("ALL", 60)
    assert found["LogGroupName"] == f"/vpc/{STACK}"
    assert found["DeliverLogsPermissionArn"].endswith(f":role/{STACK}-eu-central-1-flow-log")
    for name in (f"/vpc/{STACK}", f"aws-waf-logs-{STACK}"):
        group = edge.log_group(name)
        assert (group["kmsKeyId"], group["retentionInDays"]) == (edge.key("logs"), 365)


def test_bucket_takes_access_logs_of_this_account_and_nothing_else(edge: Edge) -> None:
    bucket = edge.bucket
    assert (bucket["encryption"], bucket["ownership"], bucket["versioning"]) == (
        "AES256",
        "BucketOwnerEnforced",
        "Enabled",
    )
    assert set(bucket["public"].values()) == {True}
    assert bucket["lifecycle"]["Expiration"] == {"Days": 365}
    assert bucket["lifecycle"]["Status"] == "Enabled"
    logs, plain = bucket["policy"]["Statement"]
    assert (logs["Action"], logs["Resource"]) == ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/AWSLogs/123456789012/*")
    assert (plain["Effect"], plain["Action"]) == ("Deny", "s3:*")


def test_alarm_tells_an_encrypted_topic_when_the_certificate_ends(edge: Edge) -> None:
    alarm = edge.alarm
    assert alarm["Dimensions"] == [{"Name": "CertificateArn", "Value": edge.certificate["CertificateArn"]}]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/CertificateManager", "DaysToExpiry")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanOrEqualToThreshold", 30)
    assert alarm["AlarmActions"] == [TOPIC]
    assert edge.topic["KmsMasterKeyId"] == edge.key("logs")
    assert edge.subscriptions == []


def drift(edge: Edge) -> None:
    """Do what people do on a console."""
    waf, s3 = edge.client("wafv2"), edge.client("s3")
    acl = edge.web_acl
    lock = waf.get_web_acl(Name=STACK, Scope="REGIONAL", Id=acl["Id"])["LockToken"]
    waf.update_web_acl(
        Name=STACK,
        Scope="REGIONAL",
        Id=acl["Id"],
        LockToken=lock,
        DefaultAction={"Allow": {}},
        Rules=acl["Rules"][1:],
        VisibilityConfig=acl["VisibilityConfig"],
    )
    waf.disassociate_web_acl(ResourceArn=edge.balancer)
    waf.put_logging_configuration(
        LoggingConfiguration={key: edge.waf_logging[key] for key in ("ResourceArn", "LogDestinationConfigs")}
    )
    edge.client("ec2").delete_flow_logs(FlowLogIds=[edge.flow_log["FlowLogId"]])
    edge.client("logs").put_retention_policy(logGroupName=f"/vpc/{STACK}", retentionInDays=1)
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_ownership_controls(Bucket=BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.delete_bucket_lifecycle(Bucket=BUCKET)
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    edge.client("sns").set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=policy)
    edge.client("cloudwatch").delete_alarms(AlarmNames=[f"{STACK}-certificate-ends"])
    attributes = {"access_logs.s3.enabled": "false", "routing.http.desync_mitigation_mode": "monitor"}
    pairs = [{"Key": key, "Value": value} for key, value in attributes.items()]
    edge.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=edge.balancer, Attributes=pairs)
    slow = [{"Key": "slow_start.duration_seconds", "Value": "30"}]
    edge.client("elbv2").modify_target_group_attributes(TargetGroupArn=edge.target_group, Attributes=slow)


@pytest.mark.nightly
def test_drift_is_repaired_in_one_run_and_the_next_changes_nothing(edge: Edge) -> None:
    before = edge.state()
    drift(edge)
    assert edge.run() > 0
    assert edge.state() == before
    assert edge.run() == 0


@pytest.mark.nightly
def test_who_subscribed_otherwise_stays_and_a_log_is_never_deleted(edge: Edge) -> None:
    edge.client("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint="arn:aws:sqs:eu-central-1:123456789012:a")
    before = edge.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]
    told = {"security_alarm_subscriptions": [{"protocol": "email", "endpoint": "ops@example.com"}]}
    assert edge.run("--tags", "security", **told) == 1
    assert [protocol for protocol, _ in edge.subscriptions] == ["email", "sqs"]
    assert edge.run("--tags", "security", **told) == 0
    # Another retention is another rule and no other bucket.
    assert edge.run("--tags", "security", security_access_log_retention_days=30) == 1
    assert edge.bucket["lifecycle"]["Expiration"] == {"Days": 30}
    after = edge.client("s3").list_object_versions(Bucket=BUCKET)["Versions"]
    assert [one["Key"] for one in after] == [one["Key"] for one in before] != []


@pytest.mark.nightly
def test_without_waf_the_load_balancer_lets_go_of_the_web_acl_of_the_stack_only(edge: Edge) -> None:
    service, off = ("--tags", "ecs_service"), {"security_waf_enabled": False}
    # The association, and the file of the outputs, which say so.
    assert edge.run(*service, **off) == 2
    assert edge.protection == ""
    waf = edge.client("wafv2")
    visibility = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "theirs"}
    theirs = waf.create_web_acl(
        Name="theirs", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility
    )["Summary"]["ARN"]
    waf.associate_web_acl(WebACLArn=theirs, ResourceArn=edge.balancer)
    assert edge.run(*service, **off) == 0
    assert edge.protection == theirs
    assert edge.run(*service) == 2
    assert edge.protection == edge.web_acl["ARN"]


@pytest.mark.nightly
def test_certificate_is_issued_for_a_domain_and_takes_the_place_of_the_imported_one(edge: Edge) -> None:
    imported = edge.certificate["CertificateArn"]
    edge.client("route53").create_hosted_zone(Name="example.com", CallerReference="edge")
    assert edge.run(**DOMAIN) > 0
    found = edge.certificate
    assert (found["Type"], found["Status"], found["DomainName"]) == ("AMAZON_ISSUED", "ISSUED", "shop.example.com")
    assert edge.alarm["Dimensions"] == [{"Name": "CertificateArn", "Value": found["CertificateArn"]}]
    assert edge.names == {"shop.example.com."}
    assert edge.run(**DOMAIN) == 0
    # And back: both are there, and each is found again.
    assert edge.run() > 0
    assert edge.certificate["CertificateArn"] == imported


# What else there is of bad input is in tests/e2e/test_e_security_input.py.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two certificates": ({"security_hosted_zone": "example.com"}, "Set one of the three."),
    "a zone without a domain": ({**DOMAIN, "palisade_domain": ""}, "Set one of the three."),
    "a domain outside its zone": (
        {**DOMAIN, "security_hosted_zone": "example.org"},
        "security_domain is shop.example.com, which is not in security_hosted_zone, example.org.",
    ),
    "a certificate that nobody has": (
        {
            "security_certificate_file": "",
            "security_certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/a",
        },
        "No certificate exists in this region with ARN arn:aws:acm:eu-central-1:123456789012:certificate/a",
    ),
    "a rate that AWS WAF does not count": (
        {"security_waf_rate_limit": 9},
        "security_waf_rate_limit is 9; AWS WAF counts",
    ),
    "a retention that CloudWatch does not have": (
        {"security_log_retention_days": 42},
        "value of security_log_retention_days must be one of: 1, 3, 5",
    ),
}


@pytest.mark.full
def test_bad_input_is_named_and_changes_nothing(edge: Edge) -> None:
    for case, (inputs, message) in REFUSED.items():
        said = edge.refusal(**inputs)
        assert message in said, f"{case}: {said[-2000:]}"

# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to answer as AWS does: what the security of a stack is made of."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_flow_logs_of_one_destination_differ_in_their_settings(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    options: dict[str, Any] = {
        "ResourceType": "VPC",
        "ResourceIds": [vpc],
        "LogGroupName": "flow-logs",
        "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/flow-logs",
    }
    made = [ec2.create_flow_logs(TrafficType=kind, **options)["FlowLogIds"][0] for kind in ("ACCEPT", "REJECT")]
    with pytest.raises(ClientError) as error:
        ec2.create_flow_logs(TrafficType="REJECT", **options)
    assert code(error) == "FlowLogAlreadyExists"
    found = ec2.describe_flow_logs(Filter=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]
    assert sorted(one["FlowLogId"] for one in found) == sorted(made)


@pytest.fixture(scope="module")
def waf(emulator: Emulator) -> Any:
    return emulator.client("wafv2")


@pytest.fixture(scope="module")
def balancer(emulator: Emulator) -> str:
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    places = enumerate(("eu-central-1a", "eu-central-1b"))
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.6.{n}.0/24", AvailabilityZone=zone) for n, zone in places]
    ids = [one["Subnet"]["SubnetId"] for one in made]
    answer = emulator.client("elbv2").create_load_balancer(Name="guarded", Subnets=ids)
    return str(answer["LoadBalancers"][0]["LoadBalancerArn"])


def web_acl(waf: Any, name: str) -> tuple[str, dict[str, Any]]:
    """Return the ARN of a new web ACL, and what deletes it."""
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
    made = waf.create_web_acl(Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility)[
        "Summary"
    ]
    return made["ARN"], {"Name": name, "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}


def test_a_load_balancer_has_one_web_acl_which_is_in_use(waf: Any, balancer: str) -> None:
    (first, deletion), (second, _) = web_acl(waf, "first"), web_acl(waf, "second")
    waf.associate_web_acl(WebACLArn=first, ResourceArn=balancer)
    with pytest.raises(ClientError) as error:
        waf.delete_web_acl(**deletion)
    assert code(error) == "WAFAssociatedItemException"
    waf.associate_web_acl(WebACLArn=second, ResourceArn=balancer)
    assert waf.list_resources_for_web_acl(WebACLArn=first)["ResourceArns"] == []
    assert waf.list_resources_for_web_acl(WebACLArn=second)["ResourceArns"] == [balancer]
    waf.delete_web_acl(**deletion)
    with pytest.raises(ClientError) as error:
        waf.list_resources_for_web_acl(WebACLArn=first)
    assert code(error) == "WAFNonexistentItemException"


def test_a_load_balancer_that_is_gone_has_no_web_acl_and_keeps_none(emulator: Emulator, waf: Any) -> None:
    elbv2 = emulator.client("elbv2")
    subnets = [one["SubnetId"] for one in emulator.client("ec2").describe_subnets()["Subnets"]]
    gone = elbv2.create_load_balancer(Name="leaving", Subnets=subnets[:2])["LoadBalancers"][0]["LoadBalancerArn"]
    arn, deletion = web_acl(waf, "left")
    waf.associate_web_acl(WebACLArn=arn, ResourceArn=gone)
    elbv2.delete_load_balancer(LoadBalancerArn=gone)
    for call in (waf.get_web_acl_for_resource, waf.disassociate_web_acl):
        with pytest.raises(ClientError) as error:
            call(ResourceArn=gone)
        assert code(error) == "WAFNonexistentItemException"
    with pytest.raises(ClientError) as error:
        waf.associate_web_acl(WebACLArn=arn, ResourceArn=gone)
    assert code(error) == "WAFNonexistentItemException"
    assert waf.list_resources_for_web_acl(WebACLArn=arn)["ResourceArns"] == []
    waf.delete_web_acl(**deletion)


def test_a_web_acl_logs_to_what_is_named_for_it_and_no_longer_than_it_lives(waf: Any) -> None:
    arn, deletion = web_acl(waf, "logged")
    logs = "arn:aws:logs:eu-central-1:123456789012:log-group:"
    for wrong in (f"{logs}shop", f"{logs}aws-waf-logs-shop:*", "arn:aws:sqs:eu-central-1:123456789012:aws-waf-logs-x"):
        with pytest.raises(ClientError) as error:
            waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [wrong]})
        assert code(error) == "WAFInvalidParameterException"
    right = {"LogDestinationConfigs": [f"{logs}aws-waf-logs-shop"]}
    with pytest.raises(ClientError) as error:
        waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn + "0", **right})
    assert code(error) == "WAFNonexistentItemException"
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn, **right})
    waf.delete_web_acl(**deletion)
    assert waf.list_logging_configurations(Scope="REGIONAL")["LoggingConfigurations"] == []


@pytest.fixture(scope="module")
def acm(emulator: Emulator) -> Any:
    return emulator.client("acm")


def test_a_certificate_is_issued_when_its_record_is_in_a_public_zone(emulator: Emulator, acm: Any) -> None:
    arn = acm.request_certificate(DomainName="shop.example.com", ValidationMethod="DNS")["CertificateArn"]
    pending = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (pending["Status"], "NotAfter" in pending, "IssuedAt" in pending) == ("PENDING_VALIDATION", False, False)
    record = pending["DomainValidationOptions"][0]["ResourceRecord"]
    route53 = emulator.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="fidelity")["HostedZone"]["Id"]

    def put(value: str) -> str:
        record_set = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": value}]}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record_set}]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        return str(acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"])

    assert [put("elsewhere."), put(record["Value"])] == ["PENDING_VALIDATION", "ISSUED"]
    assert "NotAfter" in acm.describe_certificate(CertificateArn=arn)["Certificate"]


def test_a_certificate_has_the_key_that_was_asked_for_and_is_listed_by_it(acm: Any) -> None:
    algorithms = ("EC_prime256v1", "EC_secp384r1", "RSA_3072")
    made = {}
    for algorithm in algorithms:
        made[algorithm] = acm.request_certificate(DomainName="keys.example.com", KeyAlgorithm=algorithm)[
            "CertificateArn"
        ]
        described = acm.describe_certificate(CertificateArn=made[algorithm])["Certificate"]
        assert described["KeyAlgorithm"] == algorithm
    listed = [one["CertificateArn"] for one in acm.list_certificates()["CertificateSummaryList"]]
    assert not set(listed) & set(made.values())
    found = acm.list_certificates(Includes={"keyTypes": list(algorithms)})["CertificateSummaryList"]
    assert {one["CertificateArn"] for one in found} >= set(made.values())


def test_a_certificate_that_a_listener_has_cannot_be_deleted(emulator: Emulator, acm: Any, balancer: str) -> None:
    elbv2 = emulator.client("elbv2")
    arn = acm.request_certificate(DomainName="used.example.com")["CertificateArn"]
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    )["Listeners"][0]["ListenerArn"]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [balancer]
    with pytest.raises(ClientError) as error:
        acm.delete_certificate(CertificateArn=arn)
    assert code(error) == "ResourceInUseException"
    elbv2.delete_listener(ListenerArn=listener)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == []
    acm.delete_certificate(CertificateArn=arn)


def test_a_role_takes_only_a_boundary_that_exists(emulator: Emulator) -> None:
    iam = emulator.client("iam")
    trust = {"RoleName": "limited", "AssumeRolePolicyDocument": '{"Version": "2012-10-17", "Statement": []}'}
    missing = "arn:aws:iam::123456789012:policy/ceiling"
    with pytest.raises(ClientError) as error:
        iam.create_role(**trust, PermissionsBoundary=missing)
    assert code(error) == "NoSuchEntity"
    document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    made = iam.create_policy(
        PolicyName="ceiling", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [document]})
    )
    iam.create_role(**trust, PermissionsBoundary=made["Policy"]["Arn"])
    with pytest.raises(ClientError) as error:
        iam.put_role_permissions_boundary(RoleName="limited", PermissionsBoundary=f"{missing}-of-nobody")
    assert code(error) == "NoSuchEntity"
    boundary = iam.get_role(RoleName="limited")["Role"]["PermissionsBoundary"]
    assert boundary["PermissionsBoundaryArn"] == made["Policy"]["Arn"]


def test_a_repository_takes_only_a_key_that_exists_and_keeps_its_arn(emulator: Emulator) -> None:
    ecr, kms = emulator.client("ecr"), emulator.client("kms")
    encryption = {"encryptionType": "KMS", "kmsKey": "alias/pictures"}
    with pytest.raises(ClientError) as error:
        ecr.create_repository(repositoryName="pictures", encryptionConfiguration=encryption)
    assert code(error) == "KmsException"
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/pictures", TargetKeyId=key["KeyId"])
    made = ecr.create_repository(repositoryName="pictures", encryptionConfiguration=encryption)["repository"]
    assert made["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": key["Arn"]}

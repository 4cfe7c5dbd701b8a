# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge of a stack on an embedded AWS: what guards and records what reaches it, made by playbooks, asked of AWS."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.e2e.site import STACK, Site

BUCKET = f"{STACK}-logs-123456789012-eu-central-1"
TOPIC = f"arn:aws:sns:eu-central-1:123456789012:{STACK}-alarms"
# Everything but the service, for which there is no image.
INPUTS = {"ecs_service_image_publisher": {}}


class Edge:
    """What AWS says of load balancer, web ACL, certificate, logs and alarms of the stack."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def client(self, service: str) -> Any:
        return self.site.client(service)

    def run(self, *arguments: str, **inputs: Any) -> int:
        """Run site.yml and return how many tasks changed something."""
        said = self.site.playbook(*arguments, "-e", json.dumps(INPUTS | inputs))
        (changed,) = re.findall(r"changed=(\d+)", said)
        return int(changed)

    def refusal(self, **inputs: Any) -> str:
        """Run the role with inputs that it refuses before it changes anything, and return what it says."""
        done = self.site.run(
            *("ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "security", "-e", json.dumps(inputs))
        )
        assert done.returncode == 2, done.stdout[-3000:]
        assert "changed=0" in done.stdout
        return " ".join(done.stdout.split())

    @property
    def balancer(self) -> str:
        (found,) = self.client("elbv2").describe_load_balancers(Names=[STACK])["LoadBalancers"]
        return str(found["LoadBalancerArn"])

    @property
    def attributes(self) -> dict[str, str]:
        found = self.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=self.balancer)["Attributes"]
        return {one["Key"]: one["Value"] for one in found}

    @property
    def target_group(self) -> str:
        (found,) = self.client("elbv2").describe_target_groups(Names=[STACK])["TargetGroups"]
        return str(found["TargetGroupArn"])

    @property
    def target_group_attributes(self) -> dict[str, str]:
        asked = {"TargetGroupArn": self.target_group}
        found = self.client("elbv2").describe_target_group_attributes(**asked)["Attributes"]
        return {one["Key"]: one["Value"] for one in found}

    @property
    def names(self) -> set[str]:
        """The names in Route 53 that lead to the load balancer."""
        (balancer,) = self.client("elbv2").describe_load_balancers(Names=[STACK])["LoadBalancers"]
        route53 = self.client("route53")
        zones = [one["Id"] for one in route53.list_hosted_zones()["HostedZones"]]
        records = [
            one for zone in zones for one in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        ]
        target = f"{balancer['DNSName'].lower()}."
        return {one["Name"] for one in records if one.get("AliasTarget", {}).get("DNSName") == target}

    @property
    def listener(self) -> Any:
        (found,) = self.client("elbv2").describe_listeners(LoadBalancerArn=self.balancer)["Listeners"]
        return found

    @property
    def certificate(self) -> Any:
        (served,) = self.listener["Certificates"]
        return self.client("acm").describe_certificate(CertificateArn=served["CertificateArn"])["Certificate"]

    @property
    def web_acl(self) -> Any:
        """The web ACL of the stack."""
        waf = self.client("wafv2")
        (found,) = (one for one in waf.list_web_acls(Scope="REGIONAL")["WebACLs"] if one["Name"] == STACK)
        return waf.get_web_acl(Name=STACK, Scope="REGIONAL", Id=found["Id"])["WebACL"]

    @property
    def protection(self) -> str:
        """The ARN of the web ACL that the load balancer has; empty for none."""
        found = self.client("wafv2").get_web_acl_for_resource(ResourceArn=self.balancer)
        return str(found.get("WebACL", {}).get("ARN", ""))

    @property
    def waf_logging(self) -> Any:
        found = self.client("wafv2").get_logging_configuration(ResourceArn=self.web_acl["ARN"])
        return found["LoggingConfiguration"]

    @property
    def flow_log(self) -> Any:
        (found,) = self.client("ec2").describe_flow_logs()["FlowLogs"]
        return found

    def log_group(self, name: str) -> Any:
        found = self.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        (group,) = (one for one in found if one["logGroupName"] == name)
        return group

    def key(self, purpose: str) -> str:
        """Return the ARN of the key of a purpose."""
        found = self.client("kms").describe_key(KeyId=f"alias/{STACK}-{purpose}")["KeyMetadata"]
        return str(found["Arn"])

    @property
    def bucket(self) -> dict[str, Any]:
        """All that is set on the bucket, by what it is."""
        s3 = self.client("s3")
        encryption = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
        (ownership,) = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
        (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
        return {
            "encryption": encryption[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
            "ownership": ownership["ObjectOwnership"],
            "public": s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"],
            "versioning": s3.get_bucket_versioning(Bucket=BUCKET).get("Status"),
            "policy": json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"]),
            "lifecycle": {key: value for key, value in rule.items() if key not in ("ID", "Filter")},
        }

    @property
    def topic(self) -> dict[str, Any]:
        """The attributes of the alarm topic, its policy read."""
        found = self.client("sns").get_topic_attributes(TopicArn=TOPIC)["Attributes"]
        return {**found, "Policy": json.loads(found["Policy"])}

    @property
    def subscriptions(self) -> list[tuple[str, str]]:
        found = self.client("sns").list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
        return sorted((one["Protocol"], one["Endpoint"]) for one in found)

    @property
    def alarm(self) -> Any:
        name = f"{STACK}-certificate-ends"
        (found,) = self.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return found

    def state(self) -> dict[str, Any]:
        """Return all of it that people could change by hand, without what AWS makes up."""
        logging = self.waf_logging
        return {
            "attributes": self.attributes,
            "attributes of the target group": self.target_group_attributes,
            "policy of the listener": self.listener["SslPolicy"],
            "rules": self.web_acl["Rules"],
            "protection": self.protection,
            "redacted": [one["SingleHeader"]["Name"] for one in logging["RedactedFields"]],
            "waf log": logging["LogDestinationConfigs"],
            "flow log": {key: self.flow_log[key] for key in ("TrafficType", "MaxAggregationInterval", "LogGroupName")},
            "retention": [
                self.log_group(name)["retentionInDays"] for name in (f"/vpc/{STACK}", f"aws-waf-logs-{STACK}")
            ],
            "bucket": self.bucket,
            "topic": {key: self.topic[key] for key in ("Policy", "KmsMasterKeyId")},
            "alarm": {key: self.alarm[key] for key in ("Threshold", "AlarmActions", "Dimensions", "MetricName")},
        }

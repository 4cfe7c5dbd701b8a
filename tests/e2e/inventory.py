# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that an account has, of every kind that the roles make, as sets of names by kind."""

from __future__ import annotations

from typing import Any

from tests.e2e.site import Site

# service, operation, key of the list, what names each
KINDS = (
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_network_acls", "NetworkAcls", "NetworkAclId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("kms", "list_aliases", "Aliases", "AliasName"),
    ("dynamodb", "list_backups", "BackupSummaries", "BackupName"),
    ("backup", "list_backup_vaults", "BackupVaultList", "BackupVaultName"),
    ("backup", "list_backup_plans", "BackupPlansList", "BackupPlanName"),
    ("ecr", "describe_repositories", "repositories", "repositoryName"),
    ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
)
# What lists names only, or needs to be told what to list.
LISTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("dynamodb", "list_tables", "TableNames", {}),
    ("ecs", "list_task_definitions", "taskDefinitionArns", {}),
    ("ecs", "list_task_definitions", "taskDefinitionArns", {"status": "INACTIVE"}),
)
GONE = ("deleted", "deleting")
# ACM lists small RSA keys alone unless it is asked for others.
ANY_KEY = {"keyTypes": ["RSA_2048", "EC_prime256v1"]}


def inventory(site: Site) -> dict[str, set[str]]:
    """Return the names of all resources by their kind, but for those of the default VPC.

    The embedded AWS makes that anew, with other ids, when it begins again.
    """
    default = {one["VpcId"] for one in ask(site, "ec2", "describe_vpcs")["Vpcs"] if one["IsDefault"]}
    found = {
        key: {one[name] for one in ask(site, service, call)[key] if one.get("VpcId") not in default}
        for service, call, key, name in KINDS
    }
    # AWS makes these for the whole account, at first use.
    found["Roles"] = {name for name in found["Roles"] if not name.startswith("AWSServiceRole")}
    for service, call, key, arguments in LISTS:
        found[f"{key}{arguments or ''}"] = set(ask(site, service, call, **arguments)[key])
    found["certificates"] = certificates(site)
    # A deleted cluster is inactive, and AWS lists it for a while.
    clusters = site.client("ecs").describe_clusters(clusters=ask(site, "ecs", "list_clusters")["clusterArns"])
    found["clusters"] = {one["clusterName"] for one in clusters["clusters"] if one["status"] != "INACTIVE"}
    ec2 = site.client("ec2")
    found["endpoints"] = {one["VpcEndpointId"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    found["nat gateways"] = {one["NatGatewayId"] for one in gateways if one["State"] not in GONE}
    policies = site.client("iam").list_policies(Scope="Local")["Policies"]
    found["policies"] = {one["PolicyName"] for one in policies}
    acls = site.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    found["web ACLs"] = {one["Name"] for one in acls}
    scaling = site.client("application-autoscaling")
    for namespace in ("ecs", "dynamodb"):
        targets = scaling.describe_scalable_targets(ServiceNamespace=namespace)["ScalableTargets"]
        found[f"{namespace} targets"] = {one["ResourceId"] for one in targets}
    return found


def details(site: Site) -> dict[str, Any]:
    """Return all that the lists of an account tell of what it has, but for logs, which go on, and AWS's own keys."""
    lists = {key: ask(site, service, call)[key] for service, call, key, _ in KINDS if service != "logs"}
    lists["Aliases"] = [one for one in lists["Aliases"] if not one["AliasName"].startswith("alias/aws/")]
    keys = [ask(site, "kms", "describe_key", KeyId=alias["AliasName"])["KeyMetadata"] for alias in lists["Aliases"]]
    tables = [ask(site, "dynamodb", "describe_table", TableName=name) for name in inventory(site)["TableNames"]]
    known = {"keys": keys, "tables": [table["Table"] for table in tables], "certificates": certificates(site)}
    return {**lists, **known}


def certificates(site: Site) -> set[str]:
    """Return the ARNs of all certificates."""
    return {
        one["CertificateArn"]
        for one in ask(site, "acm", "list_certificates", Includes=ANY_KEY)["CertificateSummaryList"]
    }


def ask(site: Site, service: str, call: str, **arguments: Any) -> Any:
    """Return what a service answers."""
    return getattr(site.client(service), call)(**arguments)


def added(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return what there is now and was not there before, by kind; what is gone raises AssertionError."""
    gone = {kind: names - after[kind] for kind, names in before.items() if names - after[kind]}
    assert not gone, gone
    return {kind: names - before[kind] for kind, names in after.items() if names - before[kind]}

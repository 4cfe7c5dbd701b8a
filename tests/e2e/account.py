# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there in an account, to see that a run has changed nothing."""

from __future__ import annotations

from typing import Any

from tests.e2e.inventory import certificates
from tests.e2e.protection import protection_of
from tests.e2e.site import STACK, Site

TABLE = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{STACK}"
NOTHING: dict[str, list[str]] = {
    kind: []
    for kind in (
        *("vpcs", "groups", "roles", "policies", "keys", "certificates"),
        *("vaults", "backups"),
        *("tables", "repositories", "clusters", "log groups", "balancers"),
        *("web ACLs", "buckets", "topics", "flow logs", "alarms", "dashboards"),
    )
}


def what_is_there(account: Site) -> dict[str, list[str]]:
    """Return the names of everything that the roles could have made."""
    ec2 = account.client("ec2")
    vpcs = [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]]
    groups = [group["GroupName"] for group in ec2.describe_security_groups()["SecurityGroups"]]
    return {
        "vpcs": vpcs,
        "groups": [name for name in groups if name != "default"],
        "roles": [role["RoleName"] for role in account.client("iam").list_roles()["Roles"]],
        "policies": [one["PolicyName"] for one in account.client("iam").list_policies(Scope="Local")["Policies"]],
        "keys": [key["KeyId"] for key in account.client("kms").list_keys()["Keys"]],
        "certificates": sorted(certificates(account)),
        "tables": account.client("dynamodb").list_tables()["TableNames"],
        "vaults": [one["BackupVaultName"] for one in account.client("backup").list_backup_vaults()["BackupVaultList"]],
        "backups": [one["BackupPlanName"] for one in account.client("backup").list_backup_plans()["BackupPlansList"]],
        "repositories": [
            one["repositoryName"] for one in account.client("ecr").describe_repositories()["repositories"]
        ],
        "web ACLs": account.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"],
        "buckets": [one["Name"] for one in account.client("s3").list_buckets()["Buckets"]],
        "topics": [one["TopicArn"] for one in account.client("sns").list_topics()["Topics"]],
        "flow logs": [one["FlowLogId"] for one in account.client("ec2").describe_flow_logs()["FlowLogs"]],
        "alarms": [one["AlarmName"] for one in account.client("cloudwatch").describe_alarms()["MetricAlarms"]],
        "dashboards": [
            one["DashboardName"] for one in account.client("cloudwatch").list_dashboards()["DashboardEntries"]
        ],
        "clusters": account.client("ecs").list_clusters()["clusterArns"],
        "log groups": [one["logGroupName"] for one in account.client("logs").describe_log_groups()["logGroups"]],
        "balancers": [
            one["LoadBalancerName"] for one in account.client("elbv2").describe_load_balancers()["LoadBalancers"]
        ],
    }


def state_of_the_site(site: Site) -> Any:
    """Return what a restore of its table could change."""
    iam, ec2, ecs = (site.client(service) for service in ("iam", "ec2", "ecs"))
    (service,) = ecs.describe_services(cluster=STACK, services=[STACK])["services"]
    return [
        what_is_there(site),
        protection_of(site, STACK),
        site.client("dynamodb").list_tags_of_resource(ResourceArn=TABLE)["Tags"],
        {one["PolicyName"]: one["DefaultVersionId"] for one in iam.list_policies(Scope="Local")["Policies"]},
        [one["PolicyDocument"] for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]],
        [service["taskDefinition"], [one["id"] for one in service["deployments"]]],
        ecs.list_task_definitions()["taskDefinitionArns"],
        [
            (site.run_dir / name).read_bytes()
            for name in ("outputs.json", "restore.json")
            if (site.run_dir / name).exists()
        ],
    ]

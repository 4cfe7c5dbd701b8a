# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resources a request names, for the services that only who deploys calls. EC2 has a module of its own.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
`tests/oracle` compares what is read here of a whole deployment with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from emulator.authorizer.call import HttpRequest
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID

# Reads of lists, and a few writes, that know no resource: policies have to allow them on `*`.
ON_NOTHING: Mapping[str, re.Pattern[str]] = {
    "acm": re.compile(r"ListCertificates|RequestCertificate|GetAccountConfiguration"),
    "application-autoscaling": re.compile(r"Describe\w+"),
    "backup": re.compile(r"List(?:BackupVaults|BackupPlans|ProtectedResources)|(?:Describe|Update)RegionSettings"),
    "ecs": re.compile(
        r"(?:List(?:Clusters|TaskDefinitions|TaskDefinitionFamilies|Services|AccountSettings)"
        r"|DescribeTaskDefinition|DeregisterTaskDefinition)"
    ),
    "elasticloadbalancing": re.compile(r"Describe\w+"),
    "iam": re.compile(r"List(?:AccountAliases|Policies|Roles|Users|InstanceProfiles)|GetAccountSummary"),
    "route53": re.compile(r"ListHostedZones(?:ByName)?|GetHostedZoneCount"),
    "servicequotas": re.compile(r"GetServiceQuota"),
    "wafv2": re.compile(r"List(?:WebACLs|LoggingConfigurations|AvailableManagedRuleGroups)|DescribeManagedRuleGroup"),
}
OF_A_SERVICE = ("serviceDeploymentArns", "serviceDeploymentArn", "serviceRevisionArns")
HOSTED_ZONE = re.compile(r"/2013-04-01/(?:hostedzone|change)/(?P<id>[A-Z0-9]+)")
TAGGED_BACKUP = re.compile(r"/(?:tags|untag)/(?P<arn>arn:.+?)/?")
BACKUP = re.compile(r"/backup(?P<kind>-vaults|/plans)(?:/(?P<name>[^/]+))?")


def of(http: HttpRequest, inventory: Inventory) -> tuple[str, ...]:
    """Return the ARNs that a request names, `*` for an action without resource; nothing if they are not known."""
    nothing = ON_NOTHING.get(http.service)
    if nothing and nothing.fullmatch(http.operation):
        return ("*",)
    reader = READERS.get(http.service)
    return tuple(arn for arn in reader(http, inventory) if arn) if reader else ()


def arn(http: HttpRequest, service: str, name: str) -> str:
    """Return the ARN of a regional resource of the account."""
    return f"arn:aws:{service}:{http.region}:{ACCOUNT_ID}:{name}"


def _iam(http: HttpRequest, inventory: Inventory) -> list[str]:
    form = http.form
    begin = f"arn:aws:iam::{ACCOUNT_ID}:"
    if http.operation == "CreateServiceLinkedRole":
        return [f"{begin}role/aws-service-role/{form.get('AWSServiceName', '')}/*"]
    if found := form.get("PolicySourceArn"):
        return [found]
    if name := form.get("RoleName"):
        return [inventory.role_arn(name) or f"{begin}role{form.get('Path', '/')}{name}"]
    if name := form.get("PolicyName"):
        return [f"{begin}policy{form.get('Path', '/')}{name}"]
    return [form.get("PolicyArn", "")]


def _balancers(http: HttpRequest, inventory: Inventory) -> list[str]:
    """What is made has no id yet. A listener is judged as its load balancer when it is made, else by its own ARN."""
    form = http.form
    if http.operation == "CreateLoadBalancer":
        kind = {"network": "net", "gateway": "gwy"}.get(form.get("Type", ""), "app")
        return [arn(http, "elasticloadbalancing", f"loadbalancer/{kind}/{form.get('Name', '')}/*")]
    if http.operation == "CreateTargetGroup":
        return [arn(http, "elasticloadbalancing", f"targetgroup/{form.get('Name', '')}/*")]
    listed = [value for name, value in form.items() if name.startswith("ResourceArns.member.")]
    named = (form.get(name, "") for name in ("RuleArn", "ListenerArn", "TargetGroupArn", "LoadBalancerArn"))
    return listed or [next((found for found in named if found), "")]


def _ecs(http: HttpRequest, inventory: Inventory) -> list[str]:
    body = http.arguments
    if "resourceArn" in body:
        return [body["resourceArn"]]
    if http.operation == "RegisterTaskDefinition":
        return [arn(http, "ecs", f"task-definition/{body.get('family', '')}:*")]
    if http.operation in ("RunTask", "DeleteTaskDefinitions"):
        names = body.get("taskDefinitions") or [body.get("taskDefinition", "")]
        parts = [_last(name).partition(":") for name in names]
        return [arn(http, "ecs", f"task-definition/{family}:{revision or '*'}") for family, _, revision in parts]
    if given := next((found for name in OF_A_SERVICE if (found := body.get(name))), None):
        return _with_their_service([given] if isinstance(given, str) else given)
    return _in_a_cluster(http, body)


def _with_their_service(arns: list[str]) -> list[str]:
    """Service deployments and revisions are judged as such, and as their service."""
    services = [re.sub(r":service-(?:deployment|revision)/", ":service/", arn).rpartition("/")[0] for arn in arns]
    return list(dict.fromkeys([*arns, *services]))


def _in_a_cluster(http: HttpRequest, body: Mapping[str, Any]) -> list[str]:
    cluster = _last(body.get("cluster") or body.get("clusterName") or "default")
    if http.operation == "ListTasks":
        return [arn(http, "ecs", f"container-instance/{cluster}/*")]
    if services := body.get("services") or [one for name in ("service", "serviceName") if (one := body.get(name))]:
        return [arn(http, "ecs", f"service/{cluster}/{_last(name)}") for name in services]
    if tasks := body.get("tasks") or [one for one in [body.get("task")] if one]:
        return [arn(http, "ecs", f"task/{cluster}/{_last(name)}") for name in tasks]
    if "Cluster" in http.operation:
        return [arn(http, "ecs", f"cluster/{_last(name)}") for name in body.get("clusters") or [cluster]]
    return []


def _certificates(http: HttpRequest, inventory: Inventory) -> list[str]:
    return [http.arguments.get("CertificateArn") or arn(http, "acm", "certificate/*")]


def _scalable_targets(http: HttpRequest, inventory: Inventory) -> list[str]:
    """A target's ARN has an id that no request names; tags are asked for by its ARN."""
    return [http.arguments.get("ResourceARN") or arn(http, "application-autoscaling", "scalable-target/*")]


def _alarms(http: HttpRequest, inventory: Inventory) -> list[str]:
    body = http.parameters
    if found := body.get("ResourceARN"):
        return [found]
    if "Dashboard" in http.operation:
        names = body.get("DashboardNames") or [body.get("DashboardName", "")]
        return [f"arn:aws:cloudwatch::{ACCOUNT_ID}:dashboard/{name}" for name in names]
    if "Alarm" in http.operation:
        names = body.get("AlarmNames") or [body.get("AlarmName", "*")]
        return [arn(http, "cloudwatch", f"alarm:{name}") for name in names]
    return []


def _web_acls(http: HttpRequest, inventory: Inventory) -> list[str]:
    """An association is judged on both ends, an ACL also on the managed groups of rules that it uses."""
    body: Mapping[str, Any] = http.arguments
    logged = body.get("LoggingConfiguration", {}).get("ResourceArn", "")
    named = [found for name in ("WebACLArn", "ResourceArn", "ResourceARN") if (found := body.get(name))]
    if logged or named:
        return [logged, *named]
    if not http.operation.endswith("WebACL"):
        return []
    place = "regional" if body.get("Scope", "REGIONAL") == "REGIONAL" else "global"
    found = arn(http, "wafv2", f"{place}/webacl/{body.get('Name', '')}/{body.get('Id', '*')}")
    managed = '"ManagedRuleGroupStatement"' in http.body.decode(errors="replace")
    return [found, arn(http, "wafv2", f"{place}/managedruleset/*/*")] if managed else [found]


def _zones(http: HttpRequest, inventory: Inventory) -> list[str]:
    match = HOSTED_ZONE.match(http.path)
    kind = "change" if "/change/" in http.path else "hostedzone"
    return [f"arn:aws:route53:::{kind}/{match['id']}"] if match else []


def _backups(http: HttpRequest, inventory: Inventory) -> list[str]:
    """Vaults are named in the path, plans by an id that they get when they are made."""
    if tagged := TAGGED_BACKUP.fullmatch(http.decoded_path):
        return [tagged["arn"]]
    match = BACKUP.match(http.decoded_path)
    if match is None:
        return []
    kind = {"-vaults": "backup-vault", "/plans": "backup-plan"}[match["kind"]]
    return [arn(http, "backup", f"{kind}:{match['name'] or '*'}")]


def _last(name: str) -> str:
    return name.rpartition("/")[2]


READERS: Mapping[str, Callable[[HttpRequest, Inventory], list[str]]] = {
    "acm": _certificates,
    "application-autoscaling": _scalable_targets,
    "backup": _backups,
    "ecs": _ecs,
    "elasticloadbalancing": _balancers,
    "iam": _iam,
    "monitoring": _alarms,
    "route53": _zones,
    "wafv2": _web_acls,
}

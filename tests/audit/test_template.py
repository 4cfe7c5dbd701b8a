# SPDX-License-Identifier: GPL-3.0-or-later
"""The template says what AWS answers: what is changed by the API changes there, and nothing stands by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.audit import perturbed, state
from tests.audit.state.reading import State
from tests.audit.template import UnexportedState, data, template
from tests.e2e.site import Site

pytestmark = pytest.mark.full
STACK = "shop-local"
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
# What AWS answers by having an answer at all, and what it says by the beginning of an id.
DECIDED = {("SSESpecification", "SSEEnabled"), ("TimeToLiveSpecification", "Enabled"), ("Properties", "ResourceType")}


def of(items: list[Any], key: str, value: str) -> Any:
    return next(item for item in items if item[key] == value)


def test_every_property_follows_what_aws_answers(live: State) -> None:
    document = template(live)
    wanted = {path for path in perturbed.properties(document) if path[-2:] not in DECIDED and not _is_reference(path)}
    assert len(wanted) > 300
    assert sorted(wanted - perturbed.followers(live), key=str) == []


def _is_reference(path: perturbed.Path) -> bool:
    """Say whether a leaf is the name of another resource, whose own id follows AWS."""
    return path[-1] == "Ref" or "Fn::GetAtt" in path


def test_property_that_stands_by_itself_is_noticed(live: State, monkeypatch: pytest.MonkeyPatch) -> None:
    original = data._table

    def table(item: Any) -> Any:
        resource = original(item)
        resource.properties["DeletionProtectionEnabled"] = True
        return resource

    monkeypatch.setattr(data, "_table", table)
    only = {kind: items if kind == "tables" else [] for kind, items in live.items()}
    paths = perturbed.properties(template(only)) - perturbed.followers(only)
    assert ("Resources", "TableShopLocal", "Properties", "DeletionProtectionEnabled") in paths


def test_references_lead_to_resources_of_the_template(live: State) -> None:
    resources = template(live)["Resources"]
    named = [value for path, value in perturbed.leaves(resources) if path[-1] == "Ref"]
    named += [value for path, value in perturbed.leaves(resources) if path[-2:] == ("Fn::GetAtt", 0)]
    assert len(named) > 50
    assert set(named) <= set(resources)


def test_resources_of_one_name_are_not_lost(live: State) -> None:
    twice = live | {"vpcs": [*live["vpcs"], live["vpcs"][0] | {"VpcId": "vpc-2"}]}
    with pytest.raises(UnexportedState, match="VPCShopLocal"):
        template(twice)


def _subnet(site: Site, live: State) -> None:
    subnet = next(item for item in live["subnets"] if {"Key": "palisade:tier", "Value": "public"} in item["Tags"])
    site.client("ec2").modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})


def _group(site: Site, live: State) -> None:
    group = of(live["security_groups"], "GroupName", f"{STACK}-alb")["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    site.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])


def _acl(site: Site, live: State) -> None:
    acl = next(item for item in live["network_acls"] if not item["IsDefault"])["NetworkAclId"]
    site.client("ec2").create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=9, Protocol="-1", RuleAction="allow", Egress=False, CidrBlock="0.0.0.0/0"
    )


def _endpoint(site: Site, live: State) -> None:
    endpoint = next(item for item in live["vpc_endpoints"] if item["VpcEndpointType"] == "Gateway")["VpcEndpointId"]
    site.client("ec2").modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(OPEN))


def _role(site: Site, live: State) -> None:
    name = live["roles"][0]["RoleName"]
    site.client("iam").put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=json.dumps(OPEN))


def _key(site: Site, live: State) -> None:
    site.client("kms").disable_key_rotation(KeyId=live["keys"][0]["KeyId"])


def _table(site: Site, live: State) -> None:
    protected = live["tables"][0].get("DeletionProtectionEnabled", False)
    site.client("dynamodb").update_table(TableName=STACK, DeletionProtectionEnabled=not protected)


def _repository(site: Site, live: State) -> None:
    site.client("ecr").put_image_tag_mutability(repositoryName=STACK, imageTagMutability="MUTABLE")


def _cluster(site: Site, live: State) -> None:
    now = live["clusters"][0]["settings"][0]["value"]
    other = {"name": "containerInsights", "value": "disabled" if now != "disabled" else "enabled"}
    site.client("ecs").update_cluster(cluster=STACK, settings=[other])


def _balancer(site: Site, live: State) -> None:
    dropped = {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "false"}
    balancer = live["load_balancers"][0]["LoadBalancerArn"]
    site.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[dropped])


def _listener(site: Site, live: State) -> None:
    listener = live["listeners"][0]["ListenerArn"]
    site.client("elbv2").modify_listener(ListenerArn=listener, SslPolicy="ELBSecurityPolicy-2016-08")


def _logs(site: Site, live: State) -> None:
    site.client("logs").put_retention_policy(logGroupName=f"/ecs/{STACK}", retentionInDays=1)


def _bucket(site: Site, live: State) -> None:
    where = {"LocationConstraint": "eu-central-1"}
    site.client("s3").create_bucket(Bucket="made-by-a-test", CreateBucketConfiguration=where)


def _topic(site: Site, live: State) -> None:
    site.client("sns").create_topic(Name="made-by-a-test")


CHANGES: dict[str, Callable[[Site, State], None]] = {
    "Subnet": _subnet,
    "SecurityGroup": _group,
    "NetworkAclEntry": _acl,
    "VPCEndpoint": _endpoint,
    "Role": _role,
    "Key": _key,
    "Table": _table,
    "Repository": _repository,
    "Cluster": _cluster,
    "LoadBalancer": _balancer,
    "Listener": _listener,
    "LogGroup": _logs,
    "Bucket": _bucket,
    "Topic": _topic,
}


@pytest.fixture(scope="module")
def changed(site: Site, live: State) -> set[str]:
    """Return the kinds of resources of which the template says something else after all changes."""
    before = template(live)["Resources"]
    for change in CHANGES.values():
        change(site, live)
    after = template(state.read(site.client))["Resources"]
    different = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    return {(after.get(name) or before[name])["Type"].rpartition("::")[2] for name in different}


@pytest.mark.parametrize("kind", CHANGES)
def test_change_by_the_api_shows(changed: set[str], kind: str) -> None:
    assert kind in changed


def test_what_was_not_changed_stays(changed: set[str]) -> None:
    # A policy of its own came with the topic.
    assert changed <= {*CHANGES, "TopicPolicy"}


def test_reading_writes_nothing(site: Site) -> None:
    called: list[str] = []

    def client(service: str) -> Any:
        made = site.client(service)
        made.meta.events.register("before-call.*.*", lambda model, **_: called.append(model.name))
        return made

    state.read(client)
    assert len(called) > 50
    assert {name for name in called if not name.startswith(("Describe", "List", "Get"))} == set()

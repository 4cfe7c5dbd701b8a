# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack as the roles make it, and somebody who tries everything on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from tests.e2e.site import STACK, Site
from tests.probes.asking import Stack
from tests.probes.documents import TablePolicy, key_arns
from tests.probes.expectation import OUR_INDEX
from tests.probes.layers import EVERYTHING, LAYERS
from tests.probes.operations import OUR_ACCOUNT, REGION, Target
from tests.probes.probing import Place, Prober
from tests.probes.universe import all_resources

LAYER_BUCKET = f"prod-{REGION}-starport-layer-bucket"
TARGETS = {
    "ours": Target(STACK, f"/ecs/{STACK}", LAYER_BUCKET),
    OUR_INDEX: Target(STACK, f"/ecs/{STACK}", LAYER_BUCKET, index="by-status"),
    "another": Target("another", "/ecs/another", "another-bucket"),
    "another account's": Target(STACK, "/ecs/elsewhere", "another-accounts-bucket", account="111122223333"),
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Network, roles and endpoint policies as site.yml makes them."""
    with Site(tmp_path_factory.mktemp("probes") / "run").running() as site:
        site.playbook("--tags", "network,security")
        yield site


@pytest.fixture(autouse=True)
def resources(stack: Site) -> None:
    """What the calls are about: a call that passes may remove it."""
    trust = {"Version": "2012-10-17", "Statement": []}
    keys = [{"AttributeName": name, "KeyType": kind} for name, kind in (("pk", "HASH"), ("sk", "RANGE"))]
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    data_key = key_arns(stack)["data"]
    for target in (TARGETS["ours"], TARGETS["another"]):
        with suppress(ClientError):
            stack.client("dynamodb").create_table(
                TableName=target.name,
                KeySchema=keys,
                AttributeDefinitions=attributes,
                BillingMode="PAY_PER_REQUEST",
                SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": data_key},
            )
        with suppress(ClientError):
            stack.client("ecr").create_repository(repositoryName=target.name)
        with suppress(ClientError):
            stack.client("logs").create_log_group(logGroupName=target.log_group)
    table_policy = TablePolicy(stack, STACK)
    table_policy.put(table_policy.policy)
    with suppress(ClientError):
        stack.client("iam").create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps(trust))
    stack.client("iam").put_role_policy(
        RoleName="deployer", PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING)
    )


@pytest.fixture
def open_identities(stack: Site) -> Iterator[None]:
    """Take away what limits the stack's roles by themselves, so that only the endpoints' policies are left."""
    with LAYERS["identity policy"](stack), LAYERS["boundary"](stack):
        yield


@pytest.fixture(scope="session")
def asked(stack: Site) -> Stack:
    """The stack, to be asked what its policies say."""
    return Stack(stack, all_resources(key_arns(stack)), TablePolicy(stack, STACK).endpoint_id)


@pytest.fixture(scope="session")
def prober(stack: Site) -> Prober:
    """Somebody who can be any role of the stack, its deployer, or a principal of Amazon's."""
    roles = {
        purpose: f"arn:aws:iam::{OUR_ACCOUNT}:role/{STACK}-{REGION}-{purpose}" for purpose in ("task", "execution")
    }
    return Prober(stack, roles | {"deployer": f"arn:aws:iam::{OUR_ACCOUNT}:role/deployer"}, TARGETS)


@pytest.fixture(scope="session")
def places(stack: Site) -> dict[str, Place]:
    """Where tasks are, and where they are not, by name."""
    ec2 = stack.client("ec2")
    subnets = ec2.describe_subnets(Filters=[{"Name": "tag:palisade:stack", "Values": [STACK]}])["Subnets"]
    tagged = [(subnet["SubnetId"], {tag["Key"]: tag["Value"] for tag in subnet["Tags"]}) for subnet in subnets]
    tiers = {tags["palisade:tier"]: subnet_id for subnet_id, tags in tagged}
    found = ec2.describe_security_groups(Filters=[{"Name": "tag:palisade:stack", "Values": [STACK]}])["SecurityGroups"]
    groups = {group["GroupName"].removeprefix(f"{STACK}-"): group["GroupId"] for group in found}
    return {
        "a task": Place(tiers["private"], (groups["task"],)),
        "a public subnet": Place(tiers["public"], (groups["task"],)),
        "the load balancer's group": Place(tiers["private"], (groups["alb"],)),
        "the endpoints' group": Place(tiers["private"], (groups["endpoints"],)),
    }

# SPDX-License-Identifier: GPL-3.0-or-later
"""Who deploys cannot become an administrator, with all published policies and by real calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from deployer import boundary
from deployer.documents import NAMES, Document
from deployer.recording import EVERYTHING, OF_THE_ACCOUNT, ROLE, Recording, deployer
from tests.e2e.site import STACK, Site

pytestmark = pytest.mark.full
IAM = f"arn:aws:iam::{NAMES['account']}"
NAME = f"{STACK}-{NAMES['region']}"
TASK, BOUNDARY = f"{NAME}-task", f"{IAM}:policy/{NAME}-boundary"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ALLOW_ALL = json.dumps(EVERYTHING)
TRUST = {"Effect": "Allow", "Principal": OF_THE_ACCOUNT, "Action": "sts:AssumeRole"}
TRUSTS_ALL = json.dumps({"Version": "2012-10-17", "Statement": TRUST})

WAYS_UP: dict[str, Callable[[Any], Any]] = {
    "a role without boundary": lambda iam: iam.create_role(RoleName="me", AssumeRolePolicyDocument=TRUSTS_ALL),
    "a role of the stack without boundary": lambda iam: iam.create_role(
        RoleName=TASK, AssumeRolePolicyDocument=TRUSTS_ALL
    ),
    "a role of the stack with another boundary": lambda iam: iam.create_role(
        RoleName=TASK, AssumeRolePolicyDocument=TRUSTS_ALL, PermissionsBoundary=ADMINISTRATOR
    ),
    "another role with the boundary": lambda iam: iam.create_role(
        RoleName="me", AssumeRolePolicyDocument=TRUSTS_ALL, PermissionsBoundary=BOUNDARY
    ),
    "a wider boundary": lambda iam: iam.create_policy_version(
        PolicyArn=BOUNDARY, PolicyDocument=ALLOW_ALL, SetAsDefault=True
    ),
    "an older boundary": lambda iam: iam.set_default_policy_version(PolicyArn=BOUNDARY, VersionId="v1"),
    "no boundary any more": lambda iam: iam.delete_role_permissions_boundary(RoleName=TASK),
    "another boundary": lambda iam: iam.put_role_permissions_boundary(RoleName=TASK, PermissionsBoundary=ADMINISTRATOR),
    "another policy for a role of the stack": lambda iam: iam.attach_role_policy(
        RoleName=TASK, PolicyArn=ADMINISTRATOR
    ),
    "a policy for itself": lambda iam: iam.attach_role_policy(RoleName=f"{ROLE}-all", PolicyArn=ADMINISTRATOR),
    "an inline policy for itself": lambda iam: iam.put_role_policy(
        RoleName=f"{ROLE}-all", PolicyName="all", PolicyDocument=ALLOW_ALL
    ),
    "more in a policy of its own": lambda iam: iam.create_policy_version(
        PolicyArn=f"{IAM}:policy/{ROLE}-all-0", PolicyDocument=ALLOW_ALL, SetAsDefault=True
    ),
    "a role of the stack that trusts it": lambda iam: iam.update_assume_role_policy(
        RoleName=TASK, PolicyDocument=TRUSTS_ALL
    ),
    "a user": lambda iam: iam.create_user(UserName="me"),
    "a key of an administrator": lambda iam: iam.create_access_key(UserName="administrator"),
}


class Deployer:
    """Whoever has all published policies."""

    def __init__(self, site: Site, policies: dict[str, list[Document]]) -> None:
        self._site = site
        ours = [document for policy in policies if policy != boundary.NAME for document in policies[policy]]
        self._keys = deployer(site, "all", ours)

    def client(self, service: str) -> Any:
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self._site.api,
            region_name=NAMES["region"],
            aws_access_key_id=self._keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self._keys["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self._keys["AWS_SESSION_TOKEN"],
        )


@pytest.fixture(scope="module")
def someone(site: Site, recording: Recording, policies: dict[str, list[Document]]) -> Deployer:
    """Who deploys, beside the network and the security of a stack."""
    return Deployer(site, policies)


def denial(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}
    return str(caught.value.response["Error"]["Message"])


@pytest.mark.parametrize("way", WAYS_UP)
def test_a_way_up_is_closed(someone: Deployer, way: str) -> None:
    assert "because no identity-based policy allows" in denial(lambda: WAYS_UP[way](someone.client("iam")))


def test_a_role_is_passed_only_to_the_service_that_it_is_for(someone: Deployer) -> None:
    container = {"name": "app", "image": "shop:1", "memory": 512}
    wanted = {"family": STACK, "containerDefinitions": [container]}
    for role in (f"{IAM}:role/{ROLE}-all", f"{IAM}:role/{NAME}-infrastructure"):
        message = denial(lambda arn=role: someone.client("ecs").register_task_definition(taskRoleArn=arn, **wanted))
        assert f"iam:PassRole on resource: {role}" in message


def test_what_it_may_write_lifts_nobody_over_the_boundary(someone: Deployer, site: Site) -> None:
    """The policy of the task role may be made wider; the role may do no more for it. The control lifts the boundary."""
    iam, administrator = someone.client("iam"), site.client("iam")
    policy = f"{IAM}:policy/{TASK}"
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=ALLOW_ALL, SetAsDefault=True)
    administrator.update_assume_role_policy(RoleName=TASK, PolicyDocument=TRUSTS_ALL)
    given = site.client("sts").assume_role(RoleArn=f"{IAM}:role/{TASK}", RoleSessionName="task")["Credentials"]
    make: Any = boto3.client
    keys = {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"]}
    place = {"endpoint_url": site.api, "region_name": NAMES["region"], "aws_session_token": given["SessionToken"]}
    task = make("iam", **place, **keys)
    assert "because no permissions boundary allows" in denial(lambda: task.create_user(UserName="me"))
    administrator.delete_role_permissions_boundary(RoleName=TASK)
    assert task.create_user(UserName="me")

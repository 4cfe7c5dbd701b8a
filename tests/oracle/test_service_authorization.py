# SPDX-License-Identifier: GPL-3.0-or-later
"""What the embedded AWS takes for the resources and keys of actions is what AWS documents, and so are the policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from deployer import boundary, published
from emulator.authorizer import creations, deployment_resources, ec2_calls
from tests.oracle import oracle
from tests.oracle import service_authorization as reference

# Another name in policies than in the endpoint, or in the reference than in policies.
OPERATIONS = {"monitoring": "cloudwatch"}
# Where the emulator asks for more than the reference, with the reason.
ON_EVERYTHING_THOUGH = {
    "kms:DescribeKey": "a key that is not there is named by an alias, and has no ARN; the policy names the alias",
}
OTHER_TYPES_THOUGH = {
    "elasticloadbalancing:AddTags": "this copy has the page of Classic Load Balancers, which have no target groups",
}


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    oracle.require_node()
    oracle.install()


def operations(service: str) -> list[str]:
    return list(botocore.session.get_session().get_service_model(service).operation_names)


@pytest.mark.parametrize("operation", ec2_calls.JUDGED)
def test_ec2_is_judged_on_the_types_of_the_reference(operation: str) -> None:
    judged = {*ec2_calls.JUDGED[operation], *([made] if (made := ec2_calls.CREATED.get(operation)) else [])}
    wanted = reference.types(f"ec2:{operation}").keys() & ec2_calls.TYPES
    if operation.startswith("AuthorizeSecurityGroup"):
        wanted -= {"security-group-rule"}  # optional, for rules that get tags
    assert judged == wanted


def test_every_other_description_of_ec2_is_on_everything() -> None:
    for operation in operations("ec2"):
        if operation.startswith("Describe") and reference.action(f"ec2:{operation}"):
            on_something = bool(ec2_calls.ON_SOMETHING.fullmatch(operation))
            assert on_something == bool(reference.types(f"ec2:{operation}")), operation


@pytest.mark.parametrize("service", deployment_resources.ON_NOTHING)
def test_what_is_on_everything_knows_no_resource(service: str) -> None:
    client = {"elasticloadbalancing": "elbv2", "servicequotas": "service-quotas"}.get(service, service)
    for operation in operations(client):
        if deployment_resources.ON_NOTHING[service].fullmatch(operation):
            name = f"{OPERATIONS.get(service, service)}:{operation}"
            assert reference.action(name) is None or not any(reference.types(name).values()), name


def test_what_comes_with_a_creation_are_actions_that_exist() -> None:
    names = {*creations.TAGGED, *creations.TAGGED.values(), *creations.SERVICE_ROLES}
    names |= {name for found in creations.BESIDES.values() for name in found} | {*creations.ON_THE_BALANCER.values()}
    assert not [name for name in names if reference.action(name) is None]


def statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for policy, documents in published.read().items():
        if policy != boundary.NAME:
            for document in documents:
                yield from ((f"{policy} {one['Sid']}", one) for one in document["Statement"])


def listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_the_published_policies_name_actions_resources_and_keys_of_the_reference() -> None:
    wrong: list[str] = []
    for name, statement in statements():
        for action in listed(statement["Action"]):
            wrong += [f"{name}: {problem}" for problem in problems(action, statement)]
    assert not wrong
    used = {action for _, statement in statements() for action in listed(statement["Action"])}
    assert {*ON_EVERYTHING_THOUGH, *OTHER_TYPES_THOUGH} <= used, "an exception that is not needed"


def problems(action: str, statement: dict[str, Any]) -> Iterator[str]:
    if reference.action(action) is None:
        yield f"{action} does not exist"
        return
    types = reference.types(action)
    resources = listed(statement["Resource"])
    if resources == ["*"]:
        if any(types.values()) and action not in ON_EVERYTHING_THOUGH:
            yield f"{action} is on *, but knows {sorted(types)}"
    elif action not in OTHER_TYPES_THOUGH and not any(
        reference.pattern(action.partition(":")[0], kind).match(arn)
        for kind in types
        for resource in resources
        for arn in spelled_out(resource)
    ):
        yield f"{action} knows {sorted(types)}, none of which is in {resources}"
    known = reference.keys(action)
    for key in {key for tests in statement.get("Condition", {}).values() for key in tests}:
        if reference.plain(key) not in known:
            yield f"{action} knows no {key}, but {sorted(known)}"


def spelled_out(arn: str) -> list[str]:
    """Return an ARN in the shapes that its wildcard stands for: of a listener, of its rule, of the stream of a log."""
    shapes = [arn, f"{arn}/*", f"{arn}/*/*", f"{arn.removesuffix('*')}log-stream:*"]
    return shapes if arn.endswith("*") else [arn]


def test_the_check_finds_what_is_wrong() -> None:
    """The control."""
    somewhere = {
        "Resource": "arn:{partition}:ec2:{region}:{account}:subnet/*",
        "Condition": {"Null": {"ec2:Owner": "x"}},
    }
    assert list(problems("ec2:CreateNothing", somewhere)) == ["ec2:CreateNothing does not exist"]
    assert len(list(problems("ec2:DeleteVpc", somewhere))) == 2
    assert list(problems("ec2:DeleteVpc", {"Resource": "*"}))
    assert (
        json.dumps(list(problems("ec2:DeleteVpc", {"Resource": "arn:{partition}:ec2:{region}:{account}:vpc/*"})))
        == "[]"
    )

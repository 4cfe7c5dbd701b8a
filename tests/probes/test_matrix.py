# SPDX-License-Identifier: GPL-3.0-or-later
"""Through each endpoint passes what has to, and nothing else; around it, nothing does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.site import Site
from tests.probes.expectation import ENDPOINTS, PASSING, probes, wanted, wanted_of_roles
from tests.probes.probing import Fate, Place, Probe, Prober

Places = dict[str, Place]
Tally = Callable[[str, int], None]
# What an application could want to call and this one does not, so there is no endpoint for it.
WITHOUT_ENDPOINT = (
    Probe("sts", "task", "GetCallerIdentity", "ours"),
    Probe("kms", "task", "ListKeys", "ours"),
    Probe("secretsmanager", "task", "ListSecrets", "ours"),
    Probe("sqs", "task", "ListQueues", "ours"),
    Probe("ecs", "task", "ListClusters", "ours"),
)
LEAST_PROBES = 4000


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_call_meets_its_fate_under_the_roles_own_policies(
    prober: Prober, places: Places, tally: Tally, endpoint: str
) -> None:
    """What a role may do is what passes the endpoint, but for the layers of images, which are nobody's of the stack."""
    fates = {probe: prober.fate(probe, places["a task"]) for probe in probes(endpoint)}
    wrong = [f"{probe}: {fate.value}" for probe, fate in fates.items() if fate is not wanted_of_roles(probe)]
    tally("calls under the policies of roles", len(fates))
    assert wrong == []


@pytest.mark.usefixtures("open_identities")
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_call_through_an_endpoint_meets_its_fate(
    prober: Prober, places: Places, tally: Tally, endpoint: str
) -> None:
    fates = {probe: prober.fate(probe, places["a task"]) for probe in probes(endpoint)}
    wrong = [f"{probe}: {fate.value}" for probe, fate in fates.items() if fate is not wanted(probe)]
    tally("calls under the policies of endpoints alone", len(fates))
    assert wrong == []
    assert {probe for probe, fate in fates.items() if fate is Fate.PASSED} == {
        probe for probe in PASSING if probe.endpoint == endpoint
    }


def test_every_operation_is_tried() -> None:
    assert sum(1 for endpoint in ENDPOINTS for _ in probes(endpoint)) >= LEAST_PROBES
    assert {probe.endpoint for probe in PASSING} == set(ENDPOINTS)


def why_not_reached(site: Site) -> str:
    """Return what the log of the embedded AWS says about the last call that was not answered."""
    lines = (site.run_dir / "logs" / "emulator.log").read_text(encoding="utf-8").splitlines()
    return next(line for line in reversed(lines) if " cannot reach " in line)


@pytest.mark.parametrize(
    ("place", "layer"),
    [
        ("a public subnet", "(route table)"),
        ("the load balancer's group", "(security group)"),
        ("the endpoints' group", "(security group)"),
    ],
)
def test_around_the_endpoints_nothing_is_reached(
    stack: Site, prober: Prober, places: Places, place: str, layer: str
) -> None:
    """From a public subnet the interface endpoints are near, and their policies hold there, too."""
    gateways = ("dynamodb", "s3")
    tried = [probe for probe in PASSING if place != "a public subnet" or probe.endpoint in gateways]
    for probe in sorted(tried, key=str):
        assert prober.fate(probe, places[place]) is Fate.UNREACHABLE, probe
        assert layer in why_not_reached(stack)


@pytest.mark.parametrize("probe", WITHOUT_ENDPOINT, ids=lambda probe: probe.endpoint)
def test_services_without_an_endpoint_are_not_reached(
    stack: Site, prober: Prober, places: Places, probe: Probe
) -> None:
    assert prober.fate(probe, places["a task"]) is Fate.UNREACHABLE
    assert f"cannot reach {probe.endpoint} (security group)" in why_not_reached(stack)


def test_answers_of_gateway_endpoints_need_their_entry_in_the_network_acl(
    stack: Site, prober: Prober, places: Places
) -> None:
    ec2 = stack.client("ec2")
    of_the_subnet = [{"Name": "association.subnet-id", "Values": [places["a task"].subnet_id]}]
    (acl,) = ec2.describe_network_acls(Filters=of_the_subnet)["NetworkAcls"]
    (entry,) = [
        entry
        for entry in acl["Entries"]
        if (entry["Egress"], entry["RuleAction"], entry["Protocol"], entry["CidrBlock"])
        == (False, "allow", "6", "0.0.0.0/0")
    ]
    probe = Probe("dynamodb", "task", "GetItem", "ours")
    which = {"NetworkAclId": acl["NetworkAclId"], "RuleNumber": entry["RuleNumber"], "Egress": False}
    assert prober.fate(probe, places["a task"]) is Fate.PASSED
    ec2.delete_network_acl_entry(**which)
    try:
        assert prober.fate(probe, places["a task"]) is Fate.UNREACHABLE
        assert "(network ACL)" in why_not_reached(stack)
    finally:
        rest = {name: entry[name] for name in ("Protocol", "PortRange", "RuleAction", "CidrBlock")}
        ec2.create_network_acl_entry(**which, **rest)
    assert prober.fate(probe, places["a task"]) is Fate.PASSED

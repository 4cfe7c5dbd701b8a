# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is taken from an endpoint's policy or added to it, some call notices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.site import Site
from tests.probes.documents import EndpointPolicy
from tests.probes.expectation import ENDPOINTS, PASSING, PRINCIPALS, probes, wanted
from tests.probes.mutants import Mutant, narrowed, widened, with_action
from tests.probes.operations import operations
from tests.probes.probing import SIGNED_AS, Fate, Place, Probe, Prober

# Or the roles' own policies would hide what an endpoint lets through.
pytestmark = pytest.mark.usefixtures("open_identities")
Places = dict[str, Place]
Tally = Callable[[str, int], None]
# Refusals of HEAD requests name no action.
HEADS = {"HeadObject": "s3:GetObject", "HeadBucket": "s3:ListBucket"}
# The example of the most-used Terraform module for VPCs: it only denies, so nothing passes.
DENY_ONLY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:sourceVpc": "vpc-00000000000000000"}},
        }
    ],
}


@pytest.fixture(params=ENDPOINTS)
def endpoint(request: pytest.FixtureRequest, stack: Site) -> EndpointPolicy:
    return EndpointPolicy(stack, request.param)


def prefix(endpoint: EndpointPolicy) -> str:
    """Return what the actions begin with that an endpoint lets through."""
    return SIGNED_AS.get(endpoint.name, endpoint.name)


def tries(service: str) -> list[Probe]:
    """Return the probes of an endpoint, first those that most changes show in."""
    passing = {probe.operation for probe in PASSING if probe.endpoint == service}
    return sorted(probes(service), key=lambda probe: (probe not in PASSING, probe.operation not in passing))


def first_wrong(prober: Prober, place: Place, service: str) -> Probe | None:
    """Return a probe whose fate is not what it should be."""
    for probe in tries(service):
        if prober.fate(probe, place) is not wanted(probe):
            return probe
    return None


def surviving(
    prober: Prober, place: Place, endpoint: EndpointPolicy, mutants: Iterator[Mutant]
) -> tuple[int, list[str]]:
    """Return how many mutants there are, and those that no probe noticed."""
    count, found = 0, []
    assert first_wrong(prober, place, endpoint.name) is None
    with endpoint.changing():
        for mutant in mutants:
            count += 1
            endpoint.put(mutant.policy)
            if first_wrong(prober, place, endpoint.name) is None:
                found.append(mutant.change)
    return count, found


def test_every_narrower_policy_is_noticed(
    prober: Prober, places: Places, tally: Tally, endpoint: EndpointPolicy
) -> None:
    count, survivors = surviving(prober, places["a task"], endpoint, narrowed(endpoint.policy))
    tally("policies of endpoints with an element less, all noticed", count)
    assert survivors == []
    assert count >= 5


def test_every_wider_policy_is_noticed(prober: Prober, places: Places, tally: Tally, endpoint: EndpointPolicy) -> None:
    count, survivors = surviving(prober, places["a task"], endpoint, widened(endpoint.policy, prefix(endpoint)))
    tally("policies of endpoints with an element more, all noticed", count)
    assert survivors == []
    assert count >= 5


def owner(endpoint: EndpointPolicy, number: int) -> str:
    """Return the principal that a statement is for."""
    text = json.dumps(endpoint.policy["Statement"][number].get("Condition", {}))
    return next((name for name in PRINCIPALS if f'-{name}"' in text), "foreign")


def test_every_further_action_is_noticed(prober: Prober, places: Places, endpoint: EndpointPolicy) -> None:
    """What passes if a statement allows every action can be added to it; no other action can have an effect there."""
    place = places["a task"]
    for number in range(len(endpoint.policy["Statement"])):
        principal = owner(endpoint, number)
        tried = [Probe(endpoint.name, principal, name, "ours") for name in operations(prefix(endpoint))]
        before = {probe: prober.answer(probe, place) for probe in tried}
        with endpoint.having(with_action(endpoint.policy, number, f"{prefix(endpoint)}:*").policy):
            after = {probe for probe in tried if prober.fate(probe, place) is Fate.PASSED}
        found = {probe: before[probe][1] for probe in after if before[probe][0] is Fate.DENIED}
        assert found
        for probe, message in found.items():
            action = denied_action(message) or HEADS[probe.operation]
            with endpoint.having(with_action(endpoint.policy, number, action).policy):
                assert prober.fate(probe, place) is Fate.PASSED, f"{probe} is not noticed when {action} is added"


def denied_action(message: str) -> str:
    """Return the action that a refusal names."""
    match = re.search(r"to perform: (\S+) on resource", message)
    return match[1] if match else ""


def test_policy_that_only_denies_lets_nothing_through(stack: Site, prober: Prober, places: Places) -> None:
    endpoint = EndpointPolicy(stack, "dynamodb")
    with endpoint.having(DENY_ONLY):
        for probe in PASSING:
            if probe.endpoint == "dynamodb":
                assert prober.fate(probe, places["a task"]) is Fate.DENIED, probe

# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to pass the endpoints of a stack, and what its roles may do, written down by hand and not read from a
policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.probes.operations import operations
from tests.probes.probing import SIGNED_AS, Fate, Probe

ENDPOINTS = ("dynamodb", "s3", "ecr.api", "ecr.dkr", "logs")
PRINCIPALS = ("task", "execution", "deployer", "foreign")
TARGETS = ("ours", "another", "another account's")
# What reads an index; nothing else is asked of one.
OUR_INDEX = "our index"
READ_INDEXES = ("Query", "Scan")

# A transaction is judged by its parts, GetItem and PutItem here.
TRANSACTIONS = ("TransactGetItems", "TransactWriteItems")
USED_BY_THE_APPLICATION = ("DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem", *TRANSACTIONS)
PULL = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
LOG = ("CreateLogStream", "PutLogEvents")
# An object's head is got by the same action as the object. Whoever has an address that ECR has signed may use it.
LAYERS = ("GetObject", "HeadObject")

PASSING = frozenset(
    [Probe("dynamodb", "task", operation, "ours") for operation in USED_BY_THE_APPLICATION]
    + [Probe("dynamodb", "task", "Query", OUR_INDEX)]
    # A token belongs to no repository.
    + [Probe("ecr.api", "execution", "GetAuthorizationToken", target) for target in TARGETS]
    + [Probe(endpoint, "execution", operation, "ours") for endpoint in ("ecr.api", "ecr.dkr") for operation in PULL]
    + [Probe("logs", "execution", operation, "ours") for operation in LOG]
    + [Probe("s3", principal, operation, "ours") for principal in PRINCIPALS for operation in LAYERS]
)


# What passes the endpoint of S3 whoever asks, though no role of the stack may do it: only Amazon's own principal can.
NOT_FOR_ROLES = frozenset(
    Probe("s3", principal, operation, "ours") for principal in ("task", "execution") for operation in LAYERS
)

# Operations in a service's model that are called elsewhere: by S3 Express and by Object Lambda, whose names no endpoint
# of the stack has.
CALLED_ELSEWHERE = frozenset({("s3", "ListDirectoryBuckets"), ("s3", "WriteGetObjectResponse")})


def wanted_of_roles(probe: Probe) -> Fate:
    """Return what has to become of a call under the policies that the roles of the stack have."""
    if probe not in NOT_FOR_ROLES:
        return wanted(probe)
    # The answer to a HEAD request does not say who denies.
    return Fate.DENIED if probe.operation.startswith("Head") else Fate.DENIED_BY_IDENTITY


def wanted(probe: Probe) -> Fate:
    """Return what has to become of a call that a task makes, if only the endpoint's policy could be against it."""
    if probe in PASSING:
        return Fate.PASSED
    return Fate.UNREACHABLE if (probe.endpoint, probe.operation) in CALLED_ELSEWHERE else Fate.DENIED


def probes(endpoint: str) -> Iterator[Probe]:
    """Return every probe of an endpoint: each principal, operation and resource."""
    for operation in operations(SIGNED_AS.get(endpoint, endpoint)):
        for principal in PRINCIPALS:
            yield from (Probe(endpoint, principal, operation, target) for target in TARGETS)
            if endpoint == "dynamodb" and operation in READ_INDEXES:
                yield Probe(endpoint, principal, operation, OUR_INDEX)

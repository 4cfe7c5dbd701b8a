# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of the endpoint that a call goes through."""

from __future__ import annotations

import functools
import json
import logging
from typing import Any

from emulator.authorizer.call import Call
from emulator.authorizer.network import Endpoint
from emulator.authorizer.policy import (
    Decision,
    PolicyLanguageError,
    Request,
    evaluate,
    evaluate_gateway_endpoint_policy,
)

LOG = logging.getLogger(__name__)


def decide(endpoint: Endpoint, call: Call, request: Request) -> Decision:
    """Return what an endpoint's policy says to a request; one that cannot be judged lets nothing through.

    A call that is not fully understood passes only a policy in which nothing hangs on what is not known: no Deny, and
    conditions only on what every request has, such as its principal.
    """
    document = _parse(endpoint.policy)
    try:
        decision = (evaluate if endpoint.interface else evaluate_gateway_endpoint_policy)(document, request)
    except PolicyLanguageError as error:
        LOG.error("the policy of %s cannot be judged, so it denies: %s", endpoint.id, error)
        return Decision.IMPLICITLY_DENIED
    if decision is Decision.ALLOWED and not call.understood and not _is_plain(document):
        return Decision.IMPLICITLY_DENIED
    return decision


@functools.lru_cache(maxsize=256)
def _parse(policy: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(policy)
    return document


def _is_plain(document: dict[str, Any]) -> bool:
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    keys = {key for statement in statements for tests in statement.get("Condition", {}).values() for key in tests}
    return all(statement["Effect"] == "Allow" for statement in statements) and all(
        key.lower().startswith("aws:") for key in keys
    )

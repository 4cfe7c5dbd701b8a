# SPDX-License-Identifier: GPL-3.0-or-later
"""Condition keys that a request of a JSON or query protocol fixes itself, and actions that it asks for besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.authorizer.call import Context, HttpRequest
from emulator.authorizer.implied_calls import encryption_context

# Parameters of AssumeRole that are a permission of their own.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
FURTHER = {"Tags.member.1.Key": "TagSession", "SourceIdentity": "SetSourceIdentity"}
STS_KEYS = {"ExternalId": "sts:externalid", "RoleSessionName": "sts:rolesessionname"}
STS_KEYS["SourceIdentity"] = "sts:sourceidentity"


def of(http: HttpRequest) -> Context:
    """Return the keys of a request."""
    reader = READERS.get(http.service)
    return reader(http) if reader else {}


def further_operations(http: HttpRequest) -> tuple[str, ...]:
    """Return what else has to be allowed."""
    if http.service != "sts":
        return ()
    return tuple(operation for parameter, operation in FURTHER.items() if parameter in http.form)


def _kms(http: HttpRequest) -> Context:
    pairs = http.arguments.get("EncryptionContext")
    return encryption_context(pairs) if isinstance(pairs, Mapping) else {}


def _sts(http: HttpRequest) -> Context:
    return {key: (http.form[name],) for name, key in STS_KEYS.items() if name in http.form}


READERS: Mapping[str, Callable[[HttpRequest], Context]] = {"kms": _kms, "sts": _sts}

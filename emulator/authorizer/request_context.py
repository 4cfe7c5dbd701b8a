# SPDX-License-Identifier: GPL-3.0-or-later
"""Condition keys that follow from who calls, from where and when, and not from what is called.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import datetime

from emulator.authorizer.call import Context, Need
from emulator.authorizer.identities import Identity
from emulator.authorizer.implied_calls import Implied
from emulator.authorizer.network import Position
from emulator.authorizer.path import Path
from emulator.authorizer.policy import Principal, context_of

ALWAYS = frozenset({"aws:requestedregion", "aws:securetransport", "aws:currenttime", "aws:epochtime"})


def of_caller(principal: Principal, identity: Identity | None) -> Context:
    """Return what is known of who calls; a session's ARN does not tell the path of its role, the identity does."""
    context = context_of(principal)
    if identity is None or principal.service:
        return context
    tags = {f"aws:principaltag/{key.lower()}": (value,) for key, value in identity.tags.items()}
    return {**context, "aws:principalarn": (identity.arn,), **tags}


def of_way(path: Path, position: Position | None, region: str) -> Context:
    """Return what is known of when and from where. A private address never shows as aws:SourceIp.

    The emulator is called by HTTP; the endpoints of AWS only by HTTPS, so that is what is said.
    """
    now = datetime.datetime.now(datetime.UTC)
    context = {
        "aws:requestedregion": (region,),
        "aws:securetransport": ("true",),
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:viaawsservice": ("false",),
    }
    if path.endpoint is None or position is None:
        return {**context, "aws:sourceip": (path.source,)}
    return {
        **context,
        "aws:sourcevpc": (path.vpc_id,),
        "aws:sourcevpce": (path.endpoint.id,),
        "aws:vpcsourceip": (str(position.address),),
    }


def of_implied(way: Context, implied: Implied) -> Context:
    """Return what is left of the way when a service calls on behalf of who called it.

    A service comes from nowhere in the caller's network; it says that it is one, and which (IAM User Guide,
    access_forward_access_sessions). What a service does in its own name is no such session.
    """
    if not implied.via:
        return way
    rest = {key: values for key, values in way.items() if key in ALWAYS}
    if implied.service:
        return {**rest, "aws:viaawsservice": ("false",)}
    name = f"{implied.via}.amazonaws.com"
    called = {"aws:calledvia": (name,), "aws:calledviafirst": (name,), "aws:calledvialast": (name,)}
    return {**rest, "aws:viaawsservice": ("true",), **called}


def of_resource(need: Need) -> Context:
    """Return the account in the resource's ARN; buckets have none there."""
    parts = need.resource.split(":", 5)
    return {"aws:resourceaccount": (parts[4],)} if len(parts) == 6 and parts[4] else {}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Denials in AWS's words.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from emulator.authorizer.combination import Denial, Kind
from emulator.authorizer.policy import Decision, Request

ASSUME_ROLE = "sts:AssumeRole"
# "in an identity-based policy", "in a VPC endpoint policy"
ARTICLES = {Kind.IDENTITY: "an"}


def denial(found: Denial, request: Request) -> str:
    """Return the message about a denial."""
    begin = f"User: {request.principal.arn or request.principal.service} is not authorized to perform: {request.action}"
    if request.action == ASSUME_ROLE and found.kind is Kind.RESOURCE:
        # AWS names no resource here.
        if found.decision is Decision.EXPLICITLY_DENIED:
            return f"{begin} with an explicit deny in the role trust policy"
        return f"{begin} because no role trust policy allows the {request.action} action"
    if found.decision is Decision.EXPLICITLY_DENIED:
        article = ARTICLES.get(found.kind, "a")
        return f"{begin} on resource: {request.resource} with an explicit deny in {article} {found.kind.value}"
    return f"{begin} on resource: {request.resource} because no {found.kind.value} allows the {request.action} action"

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the judge of the embedded AWS says of a question under some policies, without another run."""

from __future__ import annotations

import json
from collections.abc import Sequence

from deployer.documents import NAMES, Document, fill
from deployer.page import listed
from deployer.question import Question
from emulator.authorizer import documents
from emulator.authorizer.policy import Decision, Principal, Request
from emulator.settings import ACCOUNT_ID

DEPLOYER = Principal(f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/palisade-deployer/test", ACCOUNT_ID)


def allowed(question: Question, policies: Sequence[Document]) -> bool:
    """Tell whether the policies together allow a question."""
    request = Request(DEPLOYER, question.action, question.resource, question.context)
    read = [documents.read(json.dumps(fill(policy, NAMES))) for policy in policies]
    return documents.decide(read, request) is Decision.ALLOWED


def without(action: str, document: Document) -> Document:
    """Return a policy without an action."""
    left = [
        {**one, "Action": [name for name in listed(one["Action"]) if name != action]} for one in document["Statement"]
    ]
    return {**document, "Statement": [one for one in left if one["Action"]]}

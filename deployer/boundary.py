# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions boundary of the stack's roles, which an administrator makes and the deployer must not change.

Who may write the boundary could lift it, and then make a role that may do everything. So the policies let the deployer
read it and give it to roles, and nothing else.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from deployer.documents import NAMES, Document, fill
from deployer.question import STACK, STACK_TAG, Question, filled_out

# The file that holds it, beside the policies.
NAME = "boundary"
POLICY = f"{STACK}-{NAMES['region']}-{NAME}"
ARN = f"arn:aws:iam::{NAMES['account']}:policy/{POLICY}"
# The role takes a boundary that the account has, and makes none then.
INPUT = "security_permissions_boundary_arn"
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GIVEN = "iam:permissionsboundary"
READS = ("iam:Get", "iam:List")


def needed(questions: list[Question]) -> list[Question]:
    """Leave out what writes the boundary."""
    arns = _arns(questions)
    return [one for one in questions if one.resource not in arns or one.action.startswith(READS)]


def find(iam: Any) -> Document | None:
    """Return the boundary of the account, with placeholders; nothing if there is none.

    The role compiles one that names the ids of its keys; any key stands in their place, for keys are not there before.
    """
    try:
        version = iam.get_policy(PolicyArn=ARN)["Policy"]["DefaultVersionId"]
    except iam.exceptions.NoSuchEntityException:
        return None
    found = iam.get_policy_version(PolicyArn=ARN, VersionId=version)["PolicyVersion"]["Document"]
    text = ID.sub("*", filled_out(json.dumps(found)).replace("arn:aws:", "arn:{partition}:"))
    written: Document = json.loads(text)
    return written


def make(iam: Any, documents: list[Document]) -> Mapping[str, str]:
    """Make the boundary as the page about it tells administrators to, and return the input that names it."""
    for document in documents:
        iam.create_policy(
            PolicyName=POLICY,
            PolicyDocument=json.dumps(fill(document, NAMES)),
            Tags=[{"Key": STACK_TAG, "Value": STACK}],
        )
    return {INPUT: ARN} if documents else {}


def _arns(questions: Iterable[Question]) -> set[str]:
    return {arn for one in questions if one.action == "iam:CreateRole" for arn in one.context.get(GIVEN, ())}

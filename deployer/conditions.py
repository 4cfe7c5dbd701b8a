# SPDX-License-Identifier: GPL-3.0-or-later
"""On which conditions a question is allowed: that the resource is the stack's, and what AWS knows about the call."""

from __future__ import annotations

from deployer.question import STACK_TAG, Question, filled_out

# By operator and key, as in a policy.
Condition = dict[str, dict[str, tuple[str, ...]]]

OURS = "{stack}"
# Where nothing but a tag tells whose a resource is: it has an id and no name.
TOLD_BY_TAGS = frozenset({"acm", "ec2", "kms"})
REQUEST_TAG = f"aws:RequestTag/{STACK_TAG}"
RESOURCE_TAG = f"aws:ResourceTag/{STACK_TAG}"
# Condition keys that narrow a call down, with the operator of each and its name as AWS writes it.
CARRIED = {
    "application-autoscaling:scalable-dimension": ("StringEquals", "application-autoscaling:scalable-dimension"),
    "application-autoscaling:service-namespace": ("StringEquals", "application-autoscaling:service-namespace"),
    "ec2:createaction": ("StringEquals", "ec2:CreateAction"),
    "ecs:createaction": ("StringEquals", "ecs:CreateAction"),
    "elasticloadbalancing:createaction": ("StringEquals", "elasticloadbalancing:CreateAction"),
    "iam:awsservicename": ("StringEquals", "iam:AWSServiceName"),
    "iam:passedtoservice": ("StringEquals", "iam:PassedToService"),
    "iam:permissionsboundary": ("StringEquals", "iam:PermissionsBoundary"),
    "iam:policyarn": ("ArnEquals", "iam:PolicyARN"),
    "kms:grantisforawsresource": ("Bool", "kms:GrantIsForAWSResource"),
    "kms:requestalias": ("StringEquals", "kms:RequestAlias"),
    "kms:viaservice": ("StringEquals", "kms:ViaService"),
}
# Told where nothing else is known: a key that is not there yet is looked for by its alias.
WITHOUT_RESOURCE_ONLY = frozenset({"kms:requestalias"})
# Keys whose values are listed in one statement: each goes with one action or resource only, which tells them apart.
LISTED = frozenset({"ec2:CreateAction", "ecs:CreateAction", "elasticloadbalancing:CreateAction"})
LISTED |= {"iam:AWSServiceName", "iam:PolicyARN", "kms:RequestAlias"}


class ForeignResourceError(ValueError):
    """The deployment touches what belongs to another stack."""


def condition(question: Question) -> Condition:
    """Return the condition of a question; raises ForeignResourceError if a tag names another stack."""
    found: Condition = {}
    for key, (operator, name) in CARRIED.items():
        if key in WITHOUT_RESOURCE_ONLY and question.resource != "*":
            continue
        if values := question.context.get(key):
            found.setdefault(operator, {})[name] = tuple(filled_out(value) for value in values)
    for operator, key, value in _ownership(question):
        found.setdefault(operator, {})[key] = (value,)
    return found


def _ownership(question: Question) -> list[tuple[str, str, str]]:
    """Return what shows that a resource is the stack's, or is to become it."""
    if question.service not in TOLD_BY_TAGS or OURS in question.pattern:
        return []
    requested, owned = question.tag("requesttag"), question.tag("resourcetag")
    if owned not in (None, OURS) or requested not in (None, OURS):
        raise ForeignResourceError(f"{question.action} on {question.resource}: a tag says {owned or requested}")
    found = [("StringEquals", REQUEST_TAG, OURS)] if requested else []
    if owned:
        return [*found, ("StringEquals", RESOURCE_TAG, OURS)]
    # AWS makes the defaults of a VPC without tags, and a certificate is imported before it is tagged.
    untagged = question.resource != "*" and not (requested and question.makes)
    return [*found, ("Null", RESOURCE_TAG, "true")] if untagged else found

# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of VPC endpoints to try rules on."""

from __future__ import annotations

from typing import Any

Policy = dict[str, Any]

ROLE = "arn:aws:iam::123456789012:role/shop-task"
BY_ROLE = {"ArnEquals": {"aws:PrincipalArn": ROLE}}
LAYERS = "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"

# examples/complete/main.tf of terraform-aws-modules/vpc 6.6.0, with an id in place of the reference: it denies what
# comes from elsewhere, allows nothing, and so denies everything.
DENY_ONLY: Policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:sourceVpc": "vpc-0a1b2c3d4e5f67890"}},
        }
    ],
}


def statement(**elements: Any) -> dict[str, Any]:
    """Return a statement that allows a role to read a bucket; an element of None is left out."""
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/*"}
    return {name: value for name, value in {**allowed, "Condition": BY_ROLE, **elements}.items() if value is not None}


def policy(*statements: dict[str, Any]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def with_test(operator: str, key: str, value: Any) -> Policy:
    """Return a policy with one test more."""
    return policy(statement(Condition={**BY_ROLE, operator: {key: value}}))


LAYER_STATEMENT = statement(Resource=LAYERS, Condition=None)

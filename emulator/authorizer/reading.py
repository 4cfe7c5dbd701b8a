# SPDX-License-Identifier: GPL-3.0-or-later
"""From an HTTP request to the call it makes."""

from __future__ import annotations

import re
from dataclasses import replace

from emulator.authorizer import dynamodb_calls, ec2_calls, request_keys, request_tags, resources, s3_calls
from emulator.authorizer.call import Call, HttpRequest, Need
from emulator.authorizer.inventory import Inventory

# Where the endpoint's name is not the one that requests are signed for.
ENDPOINTS = {"ecr": "ecr.api", "DynamoDBStreams_20120810": "dynamodb-streams"}
# The registry's own protocol is not spoken here, but a call of ECR's API to its name takes the registry's endpoint.
REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.")
# Where the prefix of actions is not the one that requests are signed for.
PREFIXES = {"monitoring": "cloudwatch", "email": "ses", "tagging": "tag"}


def read_call(http: HttpRequest, inventory: Inventory) -> Call:
    """Return the call that a request makes.

    What is not known here becomes a call that is not understood, on the resource `*`.
    """
    service = ENDPOINTS.get(http.target) or ENDPOINTS.get(http.service, http.service)
    if REGISTRY.match(http.host):
        service = "ecr.dkr"
    found, understood = _needs(http, inventory)
    return Call(service, found, understood, http.region, http.parameters)


def _needs(http: HttpRequest, inventory: Inventory) -> tuple[tuple[Need, ...], bool]:
    if http.service == "dynamodb":
        found, understood = dynamodb_calls.needs(http, inventory)
        tags = request_tags.of(http.arguments)
        return tuple(replace(need, context={**need.context, **tags}) for need in found), understood
    if http.service == "ec2":
        return ec2_calls.needs(http, inventory)
    if http.service == "s3":
        found = s3_calls.needs(http, inventory)
        return found or (Need("s3:UnknownAction"),), bool(found)
    prefix = PREFIXES.get(http.service, http.service)
    operations = (http.operation or "UnknownAction", *request_keys.further_operations(http))
    arns = resources.of(http, inventory)
    context = {**request_keys.of(http, inventory), **request_tags.of(http.parameters)}
    needs = tuple(Need(f"{prefix}:{operation}", arn, context) for operation in operations for arn in arns or ("*",))
    return needs, bool(arns) and bool(http.operation)

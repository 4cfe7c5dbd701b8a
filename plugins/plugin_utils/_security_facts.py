# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Form security_outputs from what AWS describes: a pure function over plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_facts import placeholder

Facts = Mapping[str, Any]


# A key of each kind of secret: who may read the one needs not read the others.
PURPOSES = ("data", "logs", "images")


def key_arns(results: Sequence[Facts], given: Facts, missing: str) -> dict[str, str]:
    """Return the ARN of each purpose's key: the one the user gave, else the one found, else one that nobody has.

    Results are those of a loop over purposes with M(amazon.aws.kms_key) or M(amazon.aws.kms_key_info).
    """
    found = {str(result["item"]): arn for result in results if (arn := _key_arn(result))}
    return {purpose: given.get(purpose) or found.get(purpose) or missing for purpose in PURPOSES}


def _key_arn(result: Facts) -> str:
    keys = [result, *result.get("kms_keys", [])]
    return next((str(key["key_arn"]) for key in keys if key.get("key_arn")), "")


def security_outputs(groups: Sequence[Facts], stack: str, key_arns: Mapping[str, str]) -> dict[str, str]:
    """Return groups and keys, with placeholders for what is not there yet (the dry run of an empty account)."""
    by_name = {group["group_name"]: group["group_id"] for group in groups}
    return {
        "alb_security_group_id": by_name.get(f"{stack}-alb", placeholder("sg")),
        "task_security_group_id": by_name.get(f"{stack}-task", placeholder("sg", 1)),
        **{f"{purpose}_key_arn": arn for purpose, arn in key_arns.items()},
    }


def edge_outputs(certificates: Sequence[Facts], inputs: Facts, web_acl: Facts) -> dict[str, Any]:
    """Return what the load balancer gets, with empty strings for what is not there yet.

    A stack that had its certificate imported and then had one requested has both until the first is deleted.
    """
    requested = not inputs["certificate_file"]
    kind = "AMAZON_ISSUED" if requested else "IMPORTED"
    found = [
        one["certificate_arn"]
        for one in certificates
        if one["type"] == kind and (not requested or one["domain_name"] == inputs["domain"].lower())
    ]
    return {
        "certificate_arn": inputs["certificate_arn"] or (found[0] if found else ""),
        "web_acl_arn": web_acl.get("arn", ""),
        "waf_enabled": inputs["waf_enabled"],
    }

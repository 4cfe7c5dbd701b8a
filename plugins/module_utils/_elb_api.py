# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Elastic Load Balancing about attributes, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import ElbErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._elb_attributes_plan import kind_of

# kind -> (the end of its operations' names, the parameter that names it)
WORDS = {
    "loadbalancer": ("load_balancer_attributes", "LoadBalancerArn"),
    "targetgroup": ("target_group_attributes", "TargetGroupArn"),
}
# Access logs are refused until the bucket's policy, which was set a moment ago, is seen.
NOT_YET = ["InvalidConfigurationRequest"]


def attributes_of(client: Any, arn: str) -> dict[str, str] | None:
    """Return the attributes of a load balancer or a target group, or None if it is missing. Raises AnsibleAWSError."""
    words, name = WORDS[kind_of(arn)]

    @ElbErrorHandler.list_error_handler(f"describe the attributes of {arn}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return _as_dict(getattr(client, f"describe_{words}")(**{name: arn}))

    found: dict[str, str] | None = attempt()
    return found


def set_attributes(client: Any, arn: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """Set attributes, and return what there is then, as far as it is said. Raises AnsibleAWSError."""
    words, name = WORDS[kind_of(arn)]
    listed = [{"Key": key, "Value": value} for key, value in attributes.items()]

    @ElbErrorHandler.common_error_handler(f"set the attributes of {arn}")
    @AWSRetry.jittered_backoff(retries=5, catch_extra_error_codes=NOT_YET)
    def attempt() -> Any:
        return _as_dict(getattr(client, f"modify_{words}")(**{name: arn}, Attributes=listed))

    return dict(attempt())


def _as_dict(answer: Mapping[str, Any]) -> dict[str, str]:
    return {one["Key"]: str(one["Value"]) for one in answer["Attributes"]}

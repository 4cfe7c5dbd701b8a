# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Elastic Load Balancing about rules of listeners, one function each. All raise AnsibleAWSError."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import ElbErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._elb_traffic_rule_plan import Change, Rule


def listener(client: Any, load_balancer_arn: str, port: int) -> str:
    """Return the listener of a load balancer on a port, nothing if there is none."""

    @ElbErrorHandler.list_error_handler(f"describe the listeners of {load_balancer_arn}", [])
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_listeners(LoadBalancerArn=load_balancer_arn)["Listeners"]

    return next((str(one["ListenerArn"]) for one in attempt() if one["Port"] == port), "")


def rule(client: Any, listener_arn: str, priority: int) -> dict[str, Any] | None:
    """Return the rule of a listener that has a priority."""

    @ElbErrorHandler.list_error_handler(f"describe the rules of {listener_arn}", [])
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.get_paginator("describe_rules").paginate(ListenerArn=listener_arn).build_full_result()["Rules"]

    return next((dict(one) for one in attempt() if str(one["Priority"]) == str(priority)), None)


def apply(client: Any, change: Change, listener_arn: str, tags: Mapping[str, str]) -> Change:
    """Create, change or remove a rule, and return the change with the ARN that came of it."""
    if not change.after.priority:
        _call(client, "delete_rule", RuleArn=change.before.rule_arn)
        return change
    if change.before.priority:
        # The action is not among what is asked for, so that the weights stay.
        _call(client, "modify_rule", RuleArn=change.before.rule_arn, Conditions=change.after.conditions)
        return change
    after = change.after
    named = {"Tags": ansible_dict_to_boto3_tag_list(tags)} if tags else {}
    wanted = {"Priority": after.priority, "Conditions": after.conditions, "Actions": after.actions, **named}
    made = _call(client, "create_rule", ListenerArn=listener_arn, **wanted)
    return replace(change, after=_with_arn(after, made["Rules"][0]["RuleArn"]))


def _with_arn(rule: Rule, arn: str) -> Rule:
    return replace(rule, rule_arn=arn)


def _call(client: Any, operation: str, **arguments: Any) -> Any:
    @ElbErrorHandler.common_error_handler(operation.replace("_", " "))
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return attempt()

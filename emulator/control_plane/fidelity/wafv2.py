# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS WAF as AWS answers it."""

from __future__ import annotations

import json
from typing import Any

from moto.elbv2.models import elbv2_backends
from moto.wafv2.exceptions import WAFNonexistentItemException
from moto.wafv2.models import WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from emulator.control_plane.fidelity.error import AwsError

DESTINATIONS = {"logs": "log-group:aws-waf-logs-", "s3": "aws-waf-logs-", "firehose": "deliverystream/aws-waf-logs-"}


def apply() -> None:
    """Install the patches."""
    _have_one_web_acl_per_resource(WAFV2Backend)
    _forget_what_is_gone(WAFV2Backend)
    _keep_web_acls_in_use(WAFV2Backend)
    _refuse_other_log_destinations(WAFV2Backend)
    _list_resources(WAFV2Response)


def _is_gone(backend: Any, resource_arn: str) -> bool:
    balancers = elbv2_backends[backend.account_id][backend.region_name].load_balancers
    return ":elasticloadbalancing:" in resource_arn and resource_arn not in balancers


def _have_one_web_acl_per_resource(backend_class: Any) -> None:
    """AWS: a resource has one web ACL, and another one takes its place. moto: lists it with both.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
    """
    original = backend_class.associate_web_acl

    def associate_web_acl(backend: Any, web_acl_arn: str, resource_arn: str) -> None:
        if web_acl_arn not in backend.wacls or _is_gone(backend, resource_arn):
            raise WAFNonexistentItemException
        backend.disassociate_web_acl(resource_arn)
        original(backend, web_acl_arn, resource_arn)

    backend_class.associate_web_acl = associate_web_acl


def _forget_what_is_gone(backend_class: Any) -> None:
    """AWS: says that a load balancer does not exist. moto: never looks, and keeps it in the list of its web ACL."""
    for name in ("get_web_acl_for_resource", "disassociate_web_acl"):
        setattr(backend_class, name, _looking_first(getattr(backend_class, name)))


def _looking_first(original: Any) -> Any:
    def call(backend: Any, resource_arn: str) -> Any:
        if _is_gone(backend, resource_arn):
            raise WAFNonexistentItemException
        return original(backend, resource_arn)

    return call


def _keep_web_acls_in_use(backend_class: Any) -> None:
    """AWS: refuses to delete a web ACL that a resource has; its logging goes with it. moto: deletes, and keeps that.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html
    """
    original = backend_class.delete_web_acl

    def delete_web_acl(backend: Any, name: str, scope: str, _id: str, lock_token: str) -> None:
        acl = next((one for one in backend.wacls.values() if one.id == _id), None)
        if acl and not all(_is_gone(backend, resource) for resource in acl.associated_resources):
            raise AwsError(
                "WAFAssociatedItemException",
                "AWS WAF couldn't perform the operation because your resource is being used by another resource or "
                "it's associated with another resource.",
            )
        original(backend, name, scope, _id, lock_token)
        backend.logging_configurations.pop(acl.arn if acl else "", None)

    backend_class.delete_web_acl = delete_web_acl


def _refuse_other_log_destinations(backend_class: Any) -> None:
    """AWS: logs of a web ACL that exists, to what is named aws-waf-logs-*. moto: of anything to anything.

    https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html
    """
    original = backend_class.put_logging_configuration

    def put_logging_configuration(backend: Any, arn: str, log_destination_configs: list[str], *rest: Any) -> Any:
        if ":regional/" in arn and arn not in backend.wacls:
            raise WAFNonexistentItemException
        for destination in log_destination_configs:
            _, _, service, _, _, resource = destination.split(":", 5)
            if not resource.startswith(DESTINATIONS.get(service, "\n")) or resource.endswith(":*"):
                raise AwsError(
                    "WAFInvalidParameterException",
                    "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information "
                    f"separated by colons or slashes., field: LOG_DESTINATION, parameter: {destination}",
                )
        return original(backend, arn, log_destination_configs, *rest)

    backend_class.put_logging_configuration = put_logging_configuration


def _list_resources(response_class: Any) -> None:
    """AWS: ListResourcesForWebACL. moto: does not know it."""

    def list_resources_for_web_acl(response: Any) -> Any:
        backend = response.wafv2_backend
        acl = backend.wacls.get(json.loads(response.body)["WebACLArn"])
        if acl is None:
            raise WAFNonexistentItemException
        living = [one for one in acl.associated_resources if not _is_gone(backend, one)]
        return 200, {}, json.dumps({"ResourceArns": living})

    response_class.list_resources_for_web_acl = list_resources_for_web_acl

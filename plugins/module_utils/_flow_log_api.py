# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2 about flow logs, one function each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import list_all, tag_specifications

with suppress(ImportError):  # AnsibleAWSModule says what is missing
    from botocore.exceptions import ClientError

NOT_YET = ("InvalidFlowLogId.NotFound",)
ROLE_NOT_YET = "RoleNotYetAssumable"
FlowLogErrorHandler = missing_as("InvalidFlowLogId.NotFound")


class FlowLogRetry(AWSRetry):
    """Tries again while a role that was made a moment ago cannot be assumed: IAM is eventually consistent.

    EC2 answers with InvalidParameter and "Unable to assume given IAM role", as it does for a role that never can be.
    """

    @staticmethod
    def status_code_from_exception(error: Any) -> str:
        """Return the code of an error, or one of our own for the error above."""
        if "Unable to assume" in error.response["Error"].get("Message", ""):
            return ROLE_NOT_YET
        return str(error.response["Error"]["Code"])


def list_flow_logs(client: Any, vpc_id: str, destination_type: str, name: str) -> list[dict[str, Any]]:
    """List the flow logs of a VPC of one destination type and name."""
    filters = {"resource-id": vpc_id, "log-destination-type": destination_type, "tag:Name": name}
    return list_all(
        client,
        f"list the flow logs of {vpc_id}",
        "describe_flow_logs",
        "FlowLogs",
        Filter=[{"Name": key, "Values": [value]} for key, value in filters.items()],
    )


def create_flow_log(client: Any, tags: Mapping[str, str], **options: Any) -> str:
    """Create a flow log and return its id; the token keeps a repeated request from creating a second one.

    Waits up to two minutes for the role. Raises AnsibleAWSError, also for what EC2 answers as unsuccessful.
    """
    (resource,) = options["ResourceIds"]
    token = uuid.uuid4().hex
    specifications = tag_specifications("vpc-flow-log", tags)

    @FlowLogErrorHandler.common_error_handler(f"create a flow log of {resource}")
    @FlowLogRetry.jittered_backoff(retries=12, delay=2, max_delay=10, catch_extra_error_codes=[ROLE_NOT_YET])
    def attempt() -> str:
        answer = client.create_flow_logs(ClientToken=token, TagSpecifications=specifications, **options)
        _refuse(answer, "CreateFlowLogs")
        return str(answer["FlowLogIds"][0])

    return str(attempt())


def delete_flow_logs(client: Any, flow_log_ids: Sequence[str]) -> None:
    """Delete flow logs; those that are gone already are no failure. Raises AnsibleAWSError."""
    for flow_log_id in flow_log_ids:
        _delete(client, flow_log_id)


def _delete(client: Any, flow_log_id: str) -> None:
    @FlowLogErrorHandler.deletion_error_handler(f"delete flow log {flow_log_id}")
    @AWSRetry.jittered_backoff()
    def attempt() -> None:
        _refuse(client.delete_flow_logs(FlowLogIds=[flow_log_id]), "DeleteFlowLogs")

    attempt()


def _refuse(answer: Mapping[str, Any], operation: str) -> None:
    # EC2 answers with HTTP 200 and a list of what it did not do.
    for failure in answer.get("Unsuccessful") or []:
        raise ClientError(failure, operation)

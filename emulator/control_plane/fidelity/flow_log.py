# SPDX-License-Identifier: GPL-3.0-or-later
"""Flow logs as AWS answers them."""

from __future__ import annotations

import inspect
from typing import Any

from moto.ec2.exceptions import FlowLogAlreadyExists
from moto.ec2.models.flow_logs import FlowLogsBackend

SETTINGS = (
    "traffic_type",
    "log_destination",
    "log_group_name",
    "deliver_logs_permission_arn",
    "max_aggregation_interval",
    "log_format",
)


def apply() -> None:
    """Install the patches."""
    _refuse_the_same_configuration_only(FlowLogsBackend)


def _refuse_the_same_configuration_only(backend_class: Any) -> None:
    """AWS: refuses a flow log of the same configuration *and* destination. moto: one of the same destination.

    A VPC may have several flow logs in one log group, for example of accepted and of rejected traffic.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
    """
    original = backend_class.create_flow_logs

    def create_flow_logs(backend: Any, *arguments: Any, **options: Any) -> Any:
        wanted = inspect.signature(original).bind(backend, *arguments, **options).arguments
        settings = tuple(wanted[name] for name in SETTINGS)
        for one in backend.flow_logs.values():
            if one.resource_id in wanted["resource_ids"] and settings == tuple(getattr(one, name) for name in SETTINGS):
                raise FlowLogAlreadyExists
        # moto asks for all flow logs only to refuse one of them.
        backend.describe_flow_logs = lambda: []
        try:
            return original(backend, *arguments, **options)
        finally:
            del backend.describe_flow_logs

    backend_class.create_flow_logs = create_flow_logs

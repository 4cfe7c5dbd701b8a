# SPDX-License-Identifier: GPL-3.0-or-later
"""Flow logs as AWS answers them."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import FlowLogAlreadyExists
from moto.ec2.models.flow_logs import FlowLogsBackend

SETTINGS = (
    "resource_id",
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
        before = list(backend.flow_logs.values())
        # moto asks for all flow logs only to refuse one of them.
        backend.describe_flow_logs = lambda: []
        try:
            made, unsuccessful = original(backend, *arguments, **options)
        finally:
            del backend.describe_flow_logs
        known = [_settings(one) for one in before]
        if any(_settings(one) in known for one in made):
            backend.delete_flow_logs([one.id for one in made])
            raise FlowLogAlreadyExists
        return made, unsuccessful

    backend_class.create_flow_logs = create_flow_logs


def _settings(flow_log: Any) -> list[Any]:
    return [getattr(flow_log, name) for name in SETTINGS]

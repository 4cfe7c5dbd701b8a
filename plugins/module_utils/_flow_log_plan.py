# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a flow log, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import tag_change, tags_of

# What AWS takes when it is given no format.
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}"
)
# Stands for a flow log that a dry run would create.
UNKNOWN_ID = "fl-00000000000000000"
DESTINATION_OPTIONS = {"cloud-watch-logs": ("log_group_name", "role_arn"), "s3": ("bucket_arn",)}


@dataclass(frozen=True)
class FlowLog:
    """A flow log; the fields are the module's results, and empty when there is none."""

    flow_log_id: str = ""
    destination: str = ""
    role_arn: str = ""
    traffic_type: str = ""
    max_aggregation_interval: int = 0
    log_format: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> tuple[Any, ...]:
        """What AWS cannot change."""
        return self.destination, self.role_arn, self.traffic_type, self.max_aggregation_interval, self.log_format


@dataclass(frozen=True)
class Change:
    """A flow log before and after, with the ids of those that have to go."""

    before: FlowLog
    after: FlowLog
    surplus: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether a flow log has to be created."""
        return bool(self.after.flow_log_id) and self.after.flow_log_id != self.before.flow_log_id

    def __bool__(self) -> bool:
        return self.before != self.after or bool(self.surplus)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (asdict(one) if one.flow_log_id else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), **asdict(self.after), **shown}


def checked(params: Mapping[str, Any]) -> None:
    """Raise PlanError for options that do not belong to the destination, or that AWS would refuse or ignore."""
    if params["state"] == "absent":
        return
    expected = DESTINATION_OPTIONS[params["destination_type"]]
    for option in ("log_group_name", "role_arn", "bucket_arn"):
        if bool(params[option]) != (option in expected):
            raise PlanError(
                f"destination_type is {params['destination_type']} and {option} is {params[option] or 'missing'}; "
                f"expected {' and '.join(expected)} and nothing else of the other destination."
            )
    bucket, role, log_format = params["bucket_arn"], params["role_arn"], params["log_format"]
    if bucket and not re.fullmatch(r"arn:[\w-]+:s3:::[a-z0-9.-]{3,63}(/.*)?", bucket):
        raise PlanError(f"bucket_arn is {bucket}; expected one such as arn:aws:s3:::shop-logs or .../flow-logs/.")
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-create-flow-log.html
    if bucket and "AWSLogs" in bucket.split("/")[1:]:
        raise PlanError(f"bucket_arn is {bucket}; AWSLogs is a folder that AWS makes itself. Leave it out.")
    if role and not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/.+", role):
        raise PlanError(f"role_arn is {role}; expected one such as arn:aws:iam::123456789012:role/shop-flow-logs.")
    if log_format and not re.fullmatch(r"\$\{[a-z0-9-]+\}( \$\{[a-z0-9-]+\})*", log_format):
        raise PlanError(f"log_format is {log_format!r}; expected fields as ${{srcaddr}}, with one space in between.")


def described(found: Mapping[str, Any]) -> FlowLog:
    """Return a flow log as EC2 describes it."""
    arn = found.get("LogDestination") or ""
    # A log group is told by its name, or by its ARN when that was given to CreateFlowLogs.
    group = found.get("LogGroupName") or arn.partition(":log-group:")[2].removesuffix(":*")
    return FlowLog(
        flow_log_id=found["FlowLogId"],
        destination=arn.rstrip("/") if found["LogDestinationType"] == "s3" else group,
        role_arn=found.get("DeliverLogsPermissionArn") or "",
        traffic_type=found["TrafficType"],
        max_aggregation_interval=found.get("MaxAggregationInterval", 600),
        log_format=found.get("LogFormat") or DEFAULT_FORMAT,
        tags=tags_of(found),
    )


def plan(found: Sequence[Mapping[str, Any]], params: Mapping[str, Any]) -> Change:
    """Return what makes the flow logs of one name and destination type the one that is wanted, or none.

    There are several when a change was interrupted between the new one and the deletion of the old one.
    """
    current = [described(one) for one in found]
    if params["state"] == "absent":
        return Change(current[0] if current else FlowLog(), FlowLog(), tuple(one.flow_log_id for one in current))
    wanted = FlowLog(
        destination=(params["bucket_arn"] or params["log_group_name"]).rstrip("/"),
        role_arn=params["role_arn"] or "",
        traffic_type=params["traffic_type"],
        max_aggregation_interval=params["max_aggregation_interval"],
        log_format=params["log_format"] or DEFAULT_FORMAT,
        tags={**params["tags"], "Name": params["name"]},
    )
    fitting = next((one for one in current if one.settings == wanted.settings), None)
    before = fitting or (current[0] if current else FlowLog())
    surplus = tuple(one.flow_log_id for one in current if one is not fitting)
    if fitting is None:
        # AWS alone sets tags that begin with aws:, and does so anew.
        movable = {key: value for key, value in before.tags.items() if not key.startswith("aws:")}
        return Change(before, replace(wanted, flow_log_id=UNKNOWN_ID, tags=_merged(movable, wanted, params)), surplus)
    return Change(fitting, replace(fitting, tags=_merged(fitting.tags, wanted, params)), surplus)


def _merged(current: Mapping[str, str], wanted: FlowLog, params: Mapping[str, Any]) -> dict[str, str]:
    unset = tag_change(wanted.flow_log_id, current, wanted.tags, params["purge_tags"]).unset
    return {**{key: value for key, value in current.items() if key not in unset}, **wanted.tags}


def request(vpc_id: str, destination_type: str, wanted: FlowLog) -> dict[str, Any]:
    """Return a flow log as CreateFlowLogs takes it, without its tags."""
    place = "LogDestination" if destination_type == "s3" else "LogGroupName"
    role = {"DeliverLogsPermissionArn": wanted.role_arn} if wanted.role_arn else {}
    return {
        "ResourceType": "VPC",
        "ResourceIds": [vpc_id],
        "LogDestinationType": destination_type,
        place: wanted.destination,
        **role,
        "TrafficType": wanted.traffic_type,
        "MaxAggregationInterval": wanted.max_aggregation_interval,
        "LogFormat": wanted.log_format,
    }

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a plan of AWS Backup and what it selects, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

NAME = re.compile(r"[a-zA-Z0-9_.-]{1,50}")
# AWS's own defaults: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html
WINDOWS = {"start_window_minutes": 480, "completion_window_minutes": 10080}
TIMEZONE = "Etc/UTC"


@dataclass(frozen=True)
class Rule:
    """The one rule of a plan."""

    vault_name: str = ""
    schedule: str = ""
    delete_after_days: int = 0
    start_window_minutes: int = 0
    completion_window_minutes: int = 0


@dataclass(frozen=True)
class Plan:
    """A plan with its selection; the fields are results of the module, and empty when there is none."""

    name: str = ""
    backup_plan_id: str = ""
    backup_plan_arn: str = ""
    rule: Rule = Rule()
    role_arn: str = ""
    resources: tuple[str, ...] = ()
    other_rules: bool = False
    other_selectors: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    def as_result(self) -> dict[str, Any]:
        """Return it as the results of the module."""
        told = asdict(self)
        rule = told.pop("rule")
        return {**told, **rule, "resources": list(self.resources)}


@dataclass(frozen=True)
class Change:
    """A plan before and after, with the ids of selections that have to go."""

    before: Plan
    after: Plan
    surplus: tuple[str, ...] = ()

    @property
    def new_rule(self) -> bool:
        """Whether the plan has to be written."""
        return bool(self.after.name) and (self.before.other_rules or self.before.rule != self.after.rule)

    @property
    def new_selection(self) -> bool:
        """Whether the selection has to be made."""
        found, wanted = ((one.role_arn, one.resources, one.other_selectors) for one in (self.before, self.after))
        return bool(self.after.name) and found != wanted

    def __bool__(self) -> bool:
        return self.before != self.after or bool(self.surplus)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (one.as_result() if one.name else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), **self.after.as_result(), **shown}


def checked(params: Mapping[str, Any]) -> None:
    """Raise PlanError for options that AWS would refuse."""
    if not NAME.fullmatch(params["name"]):
        raise PlanError(f"name is {params['name']!r}; expected 1 to 50 letters, digits, '-', '_' and '.'.")
    if params["state"] == "absent":
        return
    if not re.fullmatch(r"cron\(\S+( \S+){5}\)", params["schedule"]):
        raise PlanError(f"schedule is {params['schedule']!r}; expected one such as cron(0 5 ? * * *).")
    if params["delete_after_days"] < 1:
        raise PlanError(f"delete_after_days is {params['delete_after_days']}; expected 1 or more.")
    start, completion = params["start_window_minutes"], params["completion_window_minutes"]
    if start < 60 or completion < start + 60:
        raise PlanError(
            f"start_window_minutes is {start} and completion_window_minutes is {completion}; expected 60 or more, and "
            "the second at least 60 more than the first."
        )
    if not params["resources"]:
        raise PlanError("resources is empty; expected the ARN of what is to be backed up, at least one.")


def plan(
    found: Mapping[str, Any],
    selections: Sequence[Mapping[str, Any]],
    tags: Mapping[str, str],
    params: Mapping[str, Any],
) -> Change:
    """Return what makes a plan the one that is wanted, or none.

    There is a selection of the plan's name. AWS cannot change one, so another one takes its place.
    """
    fitting = [one for one in selections if _as_wanted(one["BackupSelection"], params)][:1]
    before = _described(found, fitting or selections[:1], tags)
    surplus = tuple(one["SelectionId"] for one in selections if one not in fitting)
    if params["state"] == "absent":
        return Change(before, Plan(), tuple(one["SelectionId"] for one in selections))
    after = Plan(
        name=params["name"],
        backup_plan_id=before.backup_plan_id,
        backup_plan_arn=before.backup_plan_arn,
        rule=Rule(**{key: params[key] for key in asdict(Rule())}),
        role_arn=params["role_arn"],
        resources=tuple(sorted(params["resources"])),
        tags=merged(before.tags, params),
    )
    return Change(before, after, surplus)


def _as_wanted(selection: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    same = sorted(selection.get("Resources") or []) == sorted(params["resources"] or [])
    return same and selection["IamRoleArn"] == params["role_arn"] and not _selects_otherwise(selection)


def _selects_otherwise(selection: Mapping[str, Any]) -> bool:
    conditions = selection.get("Conditions") or {}
    return bool(selection.get("ListOfTags") or selection.get("NotResources") or any(conditions.values()))


def _has_other_rules(rules: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Tell whether a plan has rules besides ours, or ours says more than we do."""
    first = rules[0]
    return (
        len(rules) != 1
        or first["RuleName"] != name
        or first.get("ScheduleExpressionTimezone", TIMEZONE) != TIMEZONE
        or bool(first.get("CopyActions") or first.get("EnableContinuousBackup"))
        or bool((first.get("Lifecycle") or {}).get("MoveToColdStorageAfterDays"))
    )


def _described(found: Mapping[str, Any], selections: Sequence[Mapping[str, Any]], tags: Mapping[str, str]) -> Plan:
    if not found:
        return Plan()
    name, rules = found["BackupPlan"]["BackupPlanName"], found["BackupPlan"]["Rules"]
    rule = rules[0]
    selection = selections[0]["BackupSelection"] if selections else {}
    return Plan(
        name=name,
        backup_plan_id=found["BackupPlanId"],
        backup_plan_arn=found["BackupPlanArn"],
        rule=Rule(
            vault_name=rule["TargetBackupVaultName"],
            schedule=rule.get("ScheduleExpression", ""),
            delete_after_days=(rule.get("Lifecycle") or {}).get("DeleteAfterDays") or 0,
            start_window_minutes=rule.get("StartWindowMinutes", WINDOWS["start_window_minutes"]),
            completion_window_minutes=rule.get("CompletionWindowMinutes", WINDOWS["completion_window_minutes"]),
        ),
        role_arn=selection.get("IamRoleArn", ""),
        resources=tuple(sorted(selection.get("Resources") or [])),
        other_rules=_has_other_rules(rules, name),
        other_selectors=_selects_otherwise(selection),
        tags=dict(tags),
    )


def document(after: Plan) -> dict[str, Any]:
    """Return a plan as CreateBackupPlan and UpdateBackupPlan take it."""
    rule = {
        "RuleName": after.name,
        "TargetBackupVaultName": after.rule.vault_name,
        "ScheduleExpression": after.rule.schedule,
        "ScheduleExpressionTimezone": TIMEZONE,
        "StartWindowMinutes": after.rule.start_window_minutes,
        "CompletionWindowMinutes": after.rule.completion_window_minutes,
        "Lifecycle": {"DeleteAfterDays": after.rule.delete_after_days},
    }
    return {"BackupPlanName": after.name, "Rules": [rule]}


def selection(after: Plan) -> dict[str, Any]:
    """Return the selection as CreateBackupSelection takes it."""
    return {"SelectionName": after.name, "IamRoleArn": after.role_arn, "Resources": list(after.resources)}

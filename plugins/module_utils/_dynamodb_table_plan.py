# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way of a DynamoDB table from what it is to what is wanted, in steps that AWS allows, as pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list, compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import NONE, PROVISIONED, Index, Key, Table
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import compact, differ


@dataclass(frozen=True)
class Step:
    """One call to DynamoDB, by the name of its method in boto3; what it does is for messages."""

    operation: str
    what: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """A table before and after, with the steps in between."""

    before: Table
    after: Table
    steps: tuple[Step, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (one.as_result() if one != Table() else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        steps = [step.what for step in self.steps]
        return {"changed": bool(self), "steps": steps, **self.after.as_result(), **shown}


def plan_absent(name: str, before: Table, protection: bool = True) -> Change:
    """Return what removes a table; raises PlanError while it is protected, unless no protection is wanted."""
    if not before.table_arn:
        return Change(before, Table())
    if before.deletion_protection and protection:
        raise PlanError(
            f"Table {name} is protected from deletion. If its data may be lost, run this module with "
            "deletion_protection false. Nothing was changed."
        )
    lift = [_update(name, "lift the deletion protection", {"DeletionProtectionEnabled": False})]
    delete = Step("delete_table", "delete the table", {"TableName": name})
    return Change(before, Table(), (*(lift if before.deletion_protection else []), delete))


def plan_present(name: str, before: Table, after: Table) -> Change:
    """Return what makes a table the one that is wanted."""
    if before.resource_policy and after.resource_policy:
        # A policy that means the same is left as it is written.
        same = not differ(dict(before.resource_policy), dict(after.resource_policy))
        after = replace(after, resource_policy=before.resource_policy) if same else after
    begin: list[Step] = []
    if not before.table_arn:
        begin = [Step("create_table", "create the table", create_arguments(name, after))]
        before = replace(after, ttl_attribute="", recovery_period_in_days=0, contributor_insights=NONE)
    updates = [_update(name, *one) for one in _updates(before, after)]
    steps = (*begin, *_beside(name, before, after), *updates, *_time_to_live(name, before, after))
    return Change(Table() if begin else before, after, steps)


def create_arguments(name: str, after: Table) -> dict[str, Any]:
    """Return a table as CreateTable takes it, protected from its first moment."""
    return {
        "TableName": name,
        "AttributeDefinitions": _definitions(after, after.indexes),
        "KeySchema": _schema(after.keys),
        "BillingMode": after.billing_mode,
        **_throughput(after, after.capacity),
        **({"GlobalSecondaryIndexes": [_index(after, one) for one in after.indexes]} if after.indexes else {}),
        "TableClass": after.table_class,
        "DeletionProtectionEnabled": after.deletion_protection,
        **({"SSESpecification": _encryption(after)} if after.kms_key_arn else {}),
        **({"StreamSpecification": _stream(after)} if after.stream_view_type != NONE else {}),
        **({"ResourcePolicy": compact(dict(after.resource_policy))} if after.resource_policy else {}),
        "Tags": ansible_dict_to_boto3_tag_list(dict(after.tags)),
    }


def _definitions(table: Table, indexes: tuple[Index, ...]) -> list[dict[str, str]]:
    types = {key.name: key.type for keys in (table.keys, *(one.keys for one in indexes)) for key in keys}
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in sorted(types.items())]


def _schema(keys: tuple[Key, ...]) -> list[dict[str, str]]:
    return [{"AttributeName": key.name, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


def _throughput(table: Table, capacity: Any) -> dict[str, Any]:
    if table.billing_mode == PROVISIONED:
        return {"ProvisionedThroughput": capacity.provisioned}
    maximum = {name: units for name, units in capacity.maximum.items() if units > 0}
    return {"OnDemandThroughput": maximum} if maximum else {}


def _index(table: Table, index: Index) -> dict[str, Any]:
    attributes = {"NonKeyAttributes": list(index.non_key_attributes)} if index.non_key_attributes else {}
    return {
        "IndexName": index.name,
        "KeySchema": _schema(index.keys),
        "Projection": {"ProjectionType": index.projection, **attributes},
        **_throughput(table, index.capacity),
    }


def _encryption(after: Table) -> dict[str, Any]:
    # Without KMS, AWS uses a key that it owns itself.
    on = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": after.kms_key_arn}
    return on if after.kms_key_arn else {"Enabled": False}


def _stream(after: Table) -> dict[str, Any]:
    return {"StreamEnabled": True, "StreamViewType": after.stream_view_type}


def _update(name: str, what: str, arguments: Mapping[str, Any]) -> Step:
    return Step("update_table", what, {"TableName": name, **arguments})


def _updates(before: Table, after: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what UpdateTable has to be told, one setting at a time: most of them it refuses to take together.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
    """
    if before.deletion_protection != after.deletion_protection:
        yield "set the deletion protection", {"DeletionProtectionEnabled": after.deletion_protection}
    if before.kms_key_arn != after.kms_key_arn:
        yield "switch the key", {"SSESpecification": _encryption(after)}
    for index in before.indexes:
        if not after.index(index.name):
            yield f"delete index {index.name}", {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": index.name}}]}
    kept = tuple(index for index in after.indexes if before.index(index.name))
    yield from _capacity_updates(before, after, kept)
    if before.table_class != after.table_class:
        yield "change the table class", {"TableClass": after.table_class}
    yield from _stream_updates(before, after)
    there = kept
    for index in after.indexes:
        if index not in there:
            there = (*there, index)
            creation = [{"Create": _index(after, index)}]
            definitions = _definitions(after, there)
            yield (
                f"create index {index.name}",
                {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": creation},
            )


def _capacity_updates(before: Table, after: Table, kept: tuple[Index, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    switched = before.billing_mode != after.billing_mode
    mode = {"BillingMode": after.billing_mode} if switched else {}
    if after.billing_mode == PROVISIONED:
        # A switch needs the units of the table and of every index, and they go together at any other time, too.
        own = {"ProvisionedThroughput": after.capacity.provisioned}
        own = own if switched or before.capacity != after.capacity else {}
        updates = [_capacity_update(one, "ProvisionedThroughput") for one in kept if switched or _differs(before, one)]
        indexes = {"GlobalSecondaryIndexUpdates": updates} if updates else {}
        if mode or own or indexes:
            yield f"{'switch to' if switched else 'change the'} provisioned capacity", {**mode, **own, **indexes}
        return
    if switched:
        yield "switch to on-demand capacity", mode
    if before.capacity.maximum != after.capacity.maximum:
        yield "change the maximum of the table", {"OnDemandThroughput": after.capacity.maximum}
    for one in kept:
        existing = before.index(one.name)
        if existing and existing.capacity.maximum != one.capacity.maximum:
            update = [_capacity_update(one, "OnDemandThroughput")]
            yield f"change the maximum of index {one.name}", {"GlobalSecondaryIndexUpdates": update}


def _differs(before: Table, index: Index) -> bool:
    existing = before.index(index.name)
    return existing is not None and existing.capacity != index.capacity


def _capacity_update(index: Index, kind: str) -> dict[str, Any]:
    value = index.capacity.provisioned if kind == "ProvisionedThroughput" else index.capacity.maximum
    return {"Update": {"IndexName": index.name, kind: value}}


def _stream_updates(before: Table, after: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    if before.stream_view_type == after.stream_view_type:
        return
    # AWS cannot change what a stream shows: the next one is another stream, of another ARN.
    if before.stream_view_type != NONE:
        yield "end the stream", {"StreamSpecification": {"StreamEnabled": False}}
    if after.stream_view_type != NONE:
        yield "begin a stream", {"StreamSpecification": _stream(after)}


def _beside(name: str, before: Table, after: Table) -> Iterator[Step]:
    """Yield what is set by calls of its own; it protects, so it comes before what may take hours."""
    days = after.recovery_period_in_days
    if before.recovery_period_in_days != days:
        period = {"RecoveryPeriodInDays": days} if days else {}
        recovery = {"PointInTimeRecoveryEnabled": bool(days), **period}
        arguments = {"TableName": name, "PointInTimeRecoverySpecification": recovery}
        yield Step("update_continuous_backups", "set the recovery to a point in time", arguments)
    of_table = {"ResourceArn": before.table_arn}
    if before.resource_policy != after.resource_policy:
        if after.resource_policy:
            policy = {**of_table, "Policy": compact(dict(after.resource_policy))}
            yield Step("put_resource_policy", "set the resource policy", policy)
        else:
            yield Step("delete_resource_policy", "remove the resource policy", of_table)
    yield from _tagging(before, after, of_table)
    if before.contributor_insights != after.contributor_insights:
        on = after.contributor_insights != NONE
        mode = {"ContributorInsightsMode": after.contributor_insights} if on else {}
        action = {"TableName": name, "ContributorInsightsAction": "ENABLE" if on else "DISABLE", **mode}
        yield Step("update_contributor_insights", "set the contributor insights", action)


def _tagging(before: Table, after: Table, of_table: Mapping[str, Any]) -> Iterator[Step]:
    to_set, to_unset = compare_aws_tags(before.tags, after.tags)
    if to_unset:
        yield Step("untag_resource", "remove tags", {**of_table, "TagKeys": to_unset})
    if to_set:
        yield Step("tag_resource", "set tags", {**of_table, "Tags": ansible_dict_to_boto3_tag_list(to_set)})


def _time_to_live(name: str, before: Table, after: Table) -> Iterator[Step]:
    """Yield the time to live, which comes last: AWS takes but one change of it within an hour or so."""
    if before.ttl_attribute == after.ttl_attribute:
        return
    for attribute, enabled in ((before.ttl_attribute, False), (after.ttl_attribute, True)):
        if attribute:
            specification = {"Enabled": enabled, "AttributeName": attribute}
            what = f"{'begin' if enabled else 'end'} the time to live by {attribute}"
            yield Step("update_time_to_live", what, {"TableName": name, "TimeToLiveSpecification": specification})

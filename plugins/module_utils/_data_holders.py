# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What holds data, on plain data: what is looked for, which keys it needs, and how it is removed."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

WHY = {
    "table": "it holds the items",
    "backup": "it holds the items of {name} as they were",
    "vault": "it holds backups",
    "recovery point": "it holds the items as they were",
    "log group": "it holds log events",
    "bucket": "it holds access logs",
    "repository": "it holds images",
    "secret": "it is encrypted with a key of the stack",
}
BY_SIZE = "its storage, by GB and month"
COST = {
    "table": f"{BY_SIZE}, with its recovery to a point in time; provisioned units by the hour",
    "backup": BY_SIZE,
    "vault": "nothing but what is in it",
    "recovery point": f"{BY_SIZE}, until AWS Backup deletes it at the end of its retention",
    "log group": f"{BY_SIZE}, until its events are older than its retention",
    "bucket": f"{BY_SIZE}, until its lifecycle deletes the logs",
    "repository": BY_SIZE,
    "secret": "0.40 USD a month",
    "key": "1 USD a month, and as much for each of its first two rotations",
}
PENDING = "PendingDeletion"
DELETING = "DELETING"
# DynamoDB's own backup of a table that was deleted.
SYSTEM = "SYSTEM"
# What goes without anybody, by its state: why it is there. None of it costs anything.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BackupDetails.html
ON_ITS_WAY = {
    PENDING: "AWS deletes it within 30 days; a deployment before that takes it up again",
    DELETING: "AWS is deleting it, and may make a last backup of it",
    SYSTEM: "DynamoDB has made it when {name} was deleted, and deletes it 35 days later",
}
# The commands of the AWS CLI; {name} and {arn} are quoted.
REMOVAL = {
    "backup": "aws dynamodb delete-backup --backup-arn {arn}",
    "vault": "aws backup delete-backup-vault --backup-vault-name {name}",
    "recovery point": "aws backup delete-recovery-point --backup-vault-name {name} --recovery-point-arn {arn}",
    "log group": "aws logs delete-log-group --log-group-name {name}",
    "repository": "aws ecr delete-repository --force --repository-name {name}",
    "secret": "aws secretsmanager delete-secret --secret-id {arn}",
}
# What takes more than one command.
REMOVAL_IN_WORDS = {
    "table": "run the playbook teardown with -e data_destroy_confirm={name}",
    "key": "remove that, then run the playbook teardown again",
    "bucket": "empty bucket {name} with all its versions, then aws s3api delete-bucket --bucket {name}",
}


@dataclass(frozen=True)
class Holder:
    """Something that holds data; of a key C(empty) says that nothing needs it.

    C(state) is that of a key or of a table that is being deleted, or the type of DynamoDB's own backup.
    """

    kind: str
    name: str
    arn: str
    key_arn: str = ""
    empty: bool = False
    state: str = ""
    # Whether it was asked for by its name, and not found by its key alone.
    named: bool = True
    needed_by: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is looked for: patterns of names, and ARNs of keys."""

    names: tuple[str, ...]
    key_arns: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.names or self.key_arns)

    def is_named(self, name: str) -> bool:
        """Return whether the name fits a pattern."""
        return any(fnmatchcase(name, pattern) for pattern in self.names)

    def has(self, name: str, key_arn: str) -> bool:
        """Return whether something of this name and key is looked for."""
        return self.is_named(name) or key_arn in self.key_arns


def foreseen(found: Sequence[Holder], deleted_table: str) -> list[Holder]:
    """Return what a removal will have left: nothing empty that was named, and of a deleted table its last backup."""
    left = [one for one in found if not (one.named and one.empty)]
    return [_last_backup(one) if (one.kind, one.name) == ("table", deleted_table) else one for one in left]


def _last_backup(table: Holder) -> Holder:
    return replace(table, kind="backup", arn=f"{table.arn}/backup/not-made-yet")


def with_keys(found: Sequence[Holder], keys: Sequence[Holder], foresee: bool = False) -> list[Holder]:
    """Return what was found, and then the keys, which are empty if nothing that was found needs them.

    A removal schedules these for deletion, which may be foreseen.
    """
    told = [_with_users(key, found) for key in keys]
    return [*found, *(replace(key, state=PENDING) if foresee and key.empty else key for key in told)]


def _with_users(key: Holder, found: Sequence[Holder]) -> Holder:
    users = [one for one in found if one.key_arn == key.arn]
    kinds = sorted({one.kind for one in users})
    told = ", ".join(f"{kind} {_some_names([one.name for one in users if one.kind == kind])}" for kind in kinds)
    return replace(key, empty=not users, needed_by=told)


def _some_names(names: Sequence[str]) -> str:
    first, *others = sorted(set(names))
    return f"{first} and {len(others)} more" if others else first


def as_result(holder: Holder) -> dict[str, Any]:
    """Return a holder as the module returns it."""
    facts = asdict(holder)
    del facts["named"], facts["needed_by"]
    if holder.state in ON_ITS_WAY:
        return {**facts, "why": _why(holder), "cost": "nothing", "removal": ""}
    quoted = {"name": shlex.quote(holder.name), "arn": shlex.quote(holder.arn)}
    removal = (REMOVAL | REMOVAL_IN_WORDS)[holder.kind].format(**quoted)
    return {**facts, "why": _why(holder), "cost": COST[holder.kind], "removal": removal}


def _why(holder: Holder) -> str:
    if holder.state == PENDING and holder.needed_by:
        cancel = f"aws kms cancel-key-deletion --key-id {shlex.quote(holder.arn)}"
        return f"AWS deletes it within 30 days, though it is needed by {holder.needed_by}; to keep that, {cancel}"
    if holder.state in ON_ITS_WAY:
        return ON_ITS_WAY[holder.state].format(name=holder.name)
    if holder.empty:
        return "it is empty"
    return f"it is needed by {holder.needed_by}" if holder.kind == "key" else WHY[holder.kind].format(name=holder.name)

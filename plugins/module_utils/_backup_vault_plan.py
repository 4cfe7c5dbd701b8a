# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a vault of AWS Backup, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

# https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
NAME = re.compile(r"[a-zA-Z0-9_-]{2,50}")
LONGEST_RETENTION = 36500


@dataclass(frozen=True)
class Vault:
    """A vault; the fields are results of the module, and empty when there is none."""

    name: str = ""
    vault_arn: str = ""
    kms_key_arn: str = ""
    lock_min_retention_days: int = 0
    lock_max_retention_days: int = 0
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def lock(self) -> dict[str, int]:
        """The lock as PutBackupVaultLockConfiguration takes it; nothing for no lock."""
        days = {"MinRetentionDays": self.lock_min_retention_days, "MaxRetentionDays": self.lock_max_retention_days}
        return {name: value for name, value in days.items() if value}


@dataclass(frozen=True)
class Change:
    """A vault before and after."""

    before: Vault
    after: Vault

    def __bool__(self) -> bool:
        return self.before != self.after

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (asdict(one) if one.name else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), **asdict(self.after), **shown}


def checked(params: Mapping[str, Any]) -> None:
    """Raise PlanError for options that AWS would refuse."""
    name, low, high = (params[key] for key in ("name", "lock_min_retention_days", "lock_max_retention_days"))
    if not NAME.fullmatch(name):
        raise PlanError(f"name is {name!r}; expected 2 to 50 letters, digits, '-' and '_'.")
    if not 0 <= low <= LONGEST_RETENTION or not 0 <= high <= LONGEST_RETENTION or 0 < high < low:
        raise PlanError(
            f"lock_min_retention_days is {low} and lock_max_retention_days is {high}; expected 0 to "
            f"{LONGEST_RETENTION}, and the first at most the second."
        )


def described(found: Mapping[str, Any], tags: Mapping[str, str]) -> Vault:
    """Return a vault as AWS Backup lists it; an empty one for nothing."""
    if not found:
        return Vault()
    locked = found.get("Locked", False)
    low, high = ((found.get(key) or 0) if locked else 0 for key in ("MinRetentionDays", "MaxRetentionDays"))
    return Vault(
        name=found["BackupVaultName"],
        vault_arn=found["BackupVaultArn"],
        kms_key_arn=found.get("EncryptionKeyArn") or "",
        lock_min_retention_days=low,
        lock_max_retention_days=high,
        tags=dict(tags),
    )


def plan(before: Vault, params: Mapping[str, Any]) -> Change:
    """Return what makes a vault the one that is wanted, or none; raises PlanError for another key."""
    if params["state"] == "absent":
        return Change(before, Vault())
    if before.name and before.kms_key_arn != params["kms_key_arn"]:
        raise PlanError(
            f"Vault {before.name} has the key {before.kms_key_arn}, and {params['kms_key_arn']} is wanted. AWS cannot "
            "change the key of a vault. Use a vault of another name for what is to come; this one keeps its backups."
        )
    after = Vault(
        name=params["name"],
        vault_arn=before.vault_arn,
        kms_key_arn=params["kms_key_arn"],
        lock_min_retention_days=params["lock_min_retention_days"],
        lock_max_retention_days=params["lock_max_retention_days"],
        tags=merged(before.tags, params),
    )
    return Change(before, after)

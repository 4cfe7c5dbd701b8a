# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every module about VPC endpoints knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What stands for the id of an endpoint that a dry run has yet to see created.
PLACEHOLDER_ID = "vpce-00000000000000000"


def full_service_name(service: str, region: str) -> str:
    """Expand `s3` or `ecr.api`; a name that begins as AWS's names do is complete."""
    return service if service.startswith(("com.", "cn.", "aws.")) else f"com.amazonaws.{region}.{service}"


def state_of(description: Mapping[str, Any]) -> str:
    """Return an endpoint's state: EC2's model capitalises what EC2 answers in lower case."""
    return str(description["State"]).lower()


def is_leaving(description: Mapping[str, Any]) -> bool:
    """Tell whether an endpoint is deleted or about to be: EC2 goes on listing it for a while."""
    return state_of(description) in ("deleting", "deleted")

# SPDX-License-Identifier: GPL-3.0-or-later
"""What every reader of the live state needs: all pages of an answer, and no answer for what is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
# Kind of resource -> what AWS answers about each, as it answers.
State = dict[str, list[Item]]
Clients = Callable[[str], Any]


def pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """Return what all pages of a read hold under a key."""
    if not client.can_paginate(operation):
        return list(getattr(client, operation)(**arguments).get(key, []))
    found = client.get_paginator(operation).paginate(**arguments)
    return [item for page in found for item in page.get(key, [])]


def if_there(read: Callable[[], Any], *codes: str) -> Any:
    """Return an answer, or nothing if AWS answers with one of these errors, which mean that there is none."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise

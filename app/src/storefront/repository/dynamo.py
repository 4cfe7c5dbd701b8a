# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository on DynamoDB: one table, two indexes, no scans."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from storefront.repository.calls import ConditionFailed, storage_errors
from storefront.repository.items import PARTITION, READINESS_SORT_KEY, SETTINGS, SIGNING_KEY
from storefront.repository.orders import Orders

if TYPE_CHECKING:
    from storefront.repository.items import Item


class DynamoRepository(Orders):
    """All parts together, and what belongs to none of them."""

    def signing_key(self) -> bytes:
        """Return the secret that all tasks sign with; the first to ask makes it."""
        key: Item = {"pk": {"S": SETTINGS}, "sk": {"S": SIGNING_KEY}}
        if found := self.read(key):
            return _value(found)
        item: Item = {**key, "value": {"B": secrets.token_bytes(32)}}
        try:
            self.writer.attempt(lambda: self.client.put_item(**self.put(item)))
        except ConditionFailed as error:
            return _value(error.failed[0])
        return _value(item)

    def ping(self) -> None:
        """Return if the table answers; raise StorageUnavailable if not."""
        with storage_errors():
            self.client.get_item(TableName=self.name, Key={"pk": {"S": PARTITION}, "sk": {"S": READINESS_SORT_KEY}})


def _value(item: Mapping[str, Any]) -> bytes:
    value: bytes = item["value"]["B"]
    return value

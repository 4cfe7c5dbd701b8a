# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of DynamoDB: what goes wrong becomes a refusal of the domain, and conflicts are tried again within bounds."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from storefront.domain import StorageBusy, StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

# Transactions that meet in one item cancel each other, and the SDK tries none of them again. With full jitter, after
# 10, 20, 40 ... 320 ms at most, and never for longer than a client waits in patience.
ATTEMPTS = 7
FIRST_PAUSE = 0.01
PATIENCE = 2.0
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
    }
)
CONFLICTS = frozenset({"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"})


class ConditionFailed(Exception):
    """A condition does not hold; `failed` has, for each part that failed, by its position, the item that is there."""

    def __init__(self, failed: Mapping[int, Mapping[str, Any]]) -> None:
        super().__init__(f"conditions of parts {sorted(failed)}")
        self.failed = failed


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn what DynamoDB and the way to it do wrong into StorageUnavailable; a wrong request is our own mistake."""
    try:
        yield
    except ParamValidationError:
        raise
    except BotoCoreError as error:
        raise StorageUnavailable from error
    except ClientError as error:
        codes = _codes(error)
        if codes & THROTTLED or codes & CONFLICTS:
            raise StorageBusy from error
        if codes & {"ValidationException", "ValidationError"}:
            raise
        raise StorageUnavailable from error


class Writer:
    """Writes, each whole or not at all."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._client = client

    def transact(self, parts: Sequence[TransactWriteItemTypeDef]) -> None:
        """Write all parts; raise ConditionFailed, StorageBusy or StorageUnavailable."""
        self.attempt(lambda: self._client.transact_write_items(TransactItems=parts))

    def attempt(self, call: Callable[[], Any]) -> Any:
        """Call, and again where transactions meet; raise ConditionFailed, StorageBusy or StorageUnavailable."""
        with storage_errors():
            end = time.monotonic() + PATIENCE
            for attempt in range(1, ATTEMPTS):
                try:
                    return call()
                except ClientError as error:
                    failed = _failed(error)
                    if failed:
                        raise ConditionFailed(failed) from error
                    if not _codes(error) <= CONFLICTS or time.monotonic() > end:
                        raise
                time.sleep(random.uniform(0, FIRST_PAUSE * 2**attempt))  # noqa: S311 -- no secret
            return _last(call)


def _last(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ClientError as error:
        if failed := _failed(error):
            raise ConditionFailed(failed) from error
        raise


def _reasons(error: ClientError) -> list[dict[str, Any]]:
    response: dict[str, Any] = dict(error.response)
    if response["Error"]["Code"] == "ConditionalCheckFailedException":
        return [{"Code": "ConditionalCheckFailed", "Item": response.get("Item", {})}]
    reasons: list[dict[str, Any]] = response.get("CancellationReasons", [])
    return reasons


def _failed(error: ClientError) -> dict[int, dict[str, Any]]:
    reasons = enumerate(_reasons(error))
    return {at: reason.get("Item", {}) for at, reason in reasons if reason["Code"] == "ConditionalCheckFailed"}


def _codes(error: ClientError) -> set[str]:
    """Return why a call failed: the reasons of the parts of a transaction, else the code of the error."""
    codes = {reason["Code"] for reason in _reasons(error)} - {"None"}
    return codes or {error.response["Error"]["Code"]}

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of DynamoDB that answers as a table does on a bad day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError


def refusal(code: str, *reasons: str, operation: str = "TransactWriteItems") -> ClientError:
    """Return the error of DynamoDB, for a transaction with the reasons of its parts."""
    response: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, operation)


def lost() -> ReadTimeoutError:
    """Return what the SDK raises where no answer came."""
    return ReadTimeoutError(endpoint_url="https://dynamodb.example")


class Faulty:
    """A client; `fault(operation)` says before each call whether it fails and how, and whether it was carried out."""

    def __init__(
        self,
        client: Any,
        fault: Callable[[str], tuple[Exception | None, bool]],
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        self._client = client
        self._lock = lock or nullcontext()
        self._fault = fault
        self.exceptions = client.exceptions
        self.calls: list[str] = []

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._client, operation)

        def answer(**arguments: Any) -> Any:
            with self._lock:
                self.calls.append(operation)
                error, carried_out = self._fault(operation)
                if error is None or carried_out:
                    done = call(**arguments)
            if error is not None:
                raise error
            return done

        return answer


def failing_once(operation: str, error: Exception, times: int = 1, carried_out: bool = False) -> Callable[..., Any]:
    """Return a fault of the first calls of an operation."""
    left = [times]

    def fault(called: str) -> tuple[Exception | None, bool]:
        if called != operation or not left[0]:
            return None, False
        left[0] -= 1
        return error, carried_out

    return fault

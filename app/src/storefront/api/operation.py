# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a route says of itself, beside its code, for the description in OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from storefront.domain import StorefrontError

F = TypeVar("F", bound=Callable[..., Any])
Refusals = tuple[type[StorefrontError], ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method of a route takes and answers."""

    status: int
    answer: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    key: str = ""  # "required" or "optional": the header Idempotency-Key
    precondition: bool = False
    refusals: Refusals = ()


def operation(status: int, answer: type[BaseModel] | None = None, **more: Any) -> Callable[[F], F]:
    """Describe the method that follows."""

    def describe(method: F) -> F:
        method.operation = Operation(status, answer, **more)  # type: ignore[attr-defined] # read by openapi.py
        return method

    return describe

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the shop knows: products, their limits and the refusals a caller may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PRODUCT_ID_PATTERN = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
MAX_NAME_LENGTH = 120
MAX_PRICE_CENTS = 100_000_000
MAX_STOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Product:
    """An article with a price in euro cents and the number of pieces in stock."""

    id: str
    name: str
    price_cents: int
    stock: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Products in the order of their ids; `next_after` is the id to go on after, None at the end."""

    products: tuple[Product, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored of a product, to be compared: a digest of all of it; `created_at` is None if it is no product."""

    id: str
    digest: str
    created_at: datetime | None


class StorefrontError(Exception):
    """A refusal; its message is written for the caller and reveals nothing else."""


class ProductExists(StorefrontError):
    """The id is taken."""

    def __init__(self, product_id: str) -> None:
        super().__init__(f"There is already a product with the id '{product_id}'.")


class ProductNotFound(StorefrontError):
    """No product has the id."""

    def __init__(self, product_id: str) -> None:
        super().__init__(f"There is no product with the id '{product_id}'.")


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one part of the input breaks; `pointer` is a JSON pointer as a URI fragment."""

    pointer: str
    detail: str


class InvalidInput(StorefrontError):
    """The input can be read, but breaks at least one rule."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__("The input breaks at least one rule.")
        self.violations = violations


class MalformedBody(StorefrontError):
    """The body is not JSON."""

    def __init__(self) -> None:
        super().__init__("The body is not valid JSON.")


class StorageUnavailable(StorefrontError):
    """The table does not answer, or refuses; the cause is chained for the logs."""

    def __init__(self) -> None:
        super().__init__("The storage does not answer at the moment. Try again.")

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refusals of the shop: their messages are written for the caller and reveal nothing else."""

from __future__ import annotations

from dataclasses import dataclass


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


class OutOfStock(StorefrontError):
    """Fewer pieces are left than were asked for."""

    def __init__(self, product_id: str, left: int) -> None:
        super().__init__(f"Of '{product_id}' only {left} are left." if left else f"'{product_id}' is sold out.")


class StaleVersion(StorefrontError):
    """Somebody else changed it since the caller read it."""

    def __init__(self, current: int) -> None:
        super().__init__(f"It was changed meanwhile and is now at version {current}. Read it again.")


class ReservationNotFound(StorefrontError):
    """No reservation has the id."""

    def __init__(self, reservation_id: str) -> None:
        super().__init__(f"There is no reservation with the id '{reservation_id}'.")


class ReservationEnded(StorefrontError):
    """The reservation holds nothing any more."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The reservation holds nothing any more: it is {status}.")
        self.status = status


class OrderNotFound(StorefrontError):
    """No order has the id."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order with the id '{order_id}'.")


class OrderSettled(StorefrontError):
    """What was asked for cannot be done with an order in its status."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The order is {status} already.")


class IdempotencyKeyReused(StorefrontError):
    """The key came before with another request."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before. Take a new key for a new request.")


class IdempotencyKeyMissing(StorefrontError):
    """A request that must not be carried out twice has no key."""

    def __init__(self) -> None:
        super().__init__("Send an Idempotency-Key of 8 to 64 letters, digits, hyphens and underscores.")


class PreconditionMissing(StorefrontError):
    """A change does not say what it is a change of."""

    def __init__(self) -> None:
        super().__init__('Send If-Match with the ETag that was read, such as "3".')


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


class StorageBusy(StorageUnavailable):
    """The table has more to do than it takes, after a few attempts; the cause is chained for the logs."""

    def __init__(self) -> None:
        StorefrontError.__init__(self, "Too many want the same at the moment. Try again.")

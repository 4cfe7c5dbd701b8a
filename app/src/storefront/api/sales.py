# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations and orders as JSON."""

from __future__ import annotations

from flask import Response, jsonify, request, url_for
from flask.views import MethodView

from storefront.api import answers, requests
from storefront.api.operation import operation
from storefront.checkout import Checkout
from storefront.domain import (
    IdempotencyKeyReused,
    InvalidInput,
    Order,
    OrderNotFound,
    OrderSettled,
    OutOfStock,
    ProductNotFound,
    ReservationEnded,
    ReservationNotFound,
    StaleVersion,
)
from storefront.inputs import OrderChangeInput, OrderQuery, WishInput, next_cursor, read_cursor, read_strings
from storefront.repository import Repository
from storefront.signing import Signer

Created = tuple[Response, int, dict[str, str]]
SOLD = (ProductNotFound, OutOfStock, InvalidInput, IdempotencyKeyReused)


class ReservationCollection(MethodView):
    """Where reservations are made."""

    init_every_request = False

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout

    @operation(201, answers.ReservationAnswer, body=WishInput, key="required", refusals=SOLD)
    def post(self) -> Created:
        """Hold pieces of a product for a while."""
        once = requests.once()
        made = self._checkout.reserve(requests.body(WishInput).to_wish(), once)
        location = url_for("api.reservation", reservation_id=made.id)
        return jsonify(answers.reservation(made, self._checkout.over(made))), 201, {"Location": location}


class ReservationResource(MethodView):
    """One reservation."""

    init_every_request = False

    def __init__(self, repository: Repository, checkout: Checkout) -> None:
        self._repository = repository
        self._checkout = checkout

    @operation(200, answers.ReservationAnswer, refusals=(ReservationNotFound,))
    def get(self, reservation_id: str) -> Response:
        """Show a reservation."""
        found = self._repository.reservation(reservation_id)
        return jsonify(answers.reservation(found, self._checkout.over(found)))

    @operation(204, refusals=(ReservationNotFound, ReservationEnded))
    def delete(self, reservation_id: str) -> tuple[str, int]:
        """Give a reservation up: its pieces go back."""
        self._repository.release(reservation_id)
        return "", 204


class ReservationOrder(MethodView):
    """The order of a reservation."""

    init_every_request = False

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout

    @operation(
        201,
        answers.OrderAnswer,
        key="required",
        refusals=(ReservationNotFound, ReservationEnded, IdempotencyKeyReused),
    )
    def post(self, reservation_id: str) -> Created:
        """Buy what is held."""
        return _created(self._checkout.confirm(reservation_id, requests.once()))


class OrderCollection(MethodView):
    """All orders."""

    init_every_request = False

    def __init__(self, repository: Repository, checkout: Checkout, signer: Signer) -> None:
        self._repository = repository
        self._checkout = checkout
        self._signer = signer

    @operation(200, answers.OrderList, query=OrderQuery, refusals=(InvalidInput,))
    def get(self) -> Response:
        """List the orders of a customer, or those in a status, the newest first."""
        query = read_strings(OrderQuery, request.args)
        scope = f"orders {query.customer_id} {query.status}"
        after = read_cursor(self._signer, scope, query.cursor)
        if query.customer_id is not None:
            page = self._repository.orders_of(query.customer_id, query.limit, after)
        else:
            page = self._repository.orders_in(query.status or "placed", query.limit, after)
        return answers.listed(
            [answers.order(order) for order in page.orders], next_cursor(self._signer, scope, page.next_after)
        )

    @operation(201, answers.OrderAnswer, body=WishInput, key="required", refusals=SOLD)
    def post(self) -> Created:
        """Buy without a reservation."""
        once = requests.once()
        return _created(self._checkout.buy(requests.body(WishInput).to_wish(), once))


class OrderResource(MethodView):
    """One order."""

    init_every_request = False

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    @operation(200, answers.OrderAnswer, refusals=(OrderNotFound,))
    def get(self, order_id: str) -> Response:
        """Show an order."""
        return answers.versioned(answers.order(self._repository.order(order_id)))

    @operation(
        200,
        answers.OrderAnswer,
        body=OrderChangeInput,
        precondition=True,
        refusals=(OrderNotFound, OrderSettled, StaleVersion, InvalidInput),
    )
    def patch(self, order_id: str) -> Response:
        """Ship or cancel an order; what is cancelled goes back on the shelf."""
        version = requests.version()
        status = requests.body(OrderChangeInput).status
        return answers.versioned(answers.order(self._repository.settle(order_id, status, version)))


def _created(order: Order) -> Created:
    return answers.versioned(answers.order(order)), 201, {"Location": url_for("api.order", order_id=order.id)}

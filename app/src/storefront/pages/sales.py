# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A visitor's reservations and orders. Those of others are not found."""

from __future__ import annotations

import re

from flask import request
from flask.typing import ResponseReturnValue

from storefront.api.answers import reservation as plain
from storefront.domain import (
    Order,
    OrderNotFound,
    OrderSettled,
    Reservation,
    ReservationEnded,
    ReservationNotFound,
    StaleVersion,
)
from storefront.inputs import ListQuery, next_cursor, read_cursor, read_strings
from storefront.pages.view import View, once, see
from storefront.routing import GivenIdConverter

ORDERS_PER_PAGE = 10
HOLDS = 20


class ReservationPage(View):
    """One reservation."""

    def get(self, reservation_id: str) -> ResponseReturnValue:
        """Show the reservation."""
        return self.show(self.own(reservation_id))

    def show(self, reservation: Reservation, refusal: str = "") -> str:
        """Return the page."""
        status = plain(reservation, self.shop.checkout.over(reservation))["status"]
        return self.render_form("reservation.html", reservation=reservation, status=status, refusal=refusal)

    def own(self, reservation_id: str) -> Reservation:
        """Return a reservation of this visitor; raise ReservationNotFound."""
        found = self.shop.repository.reservation(reservation_id)
        if found.customer_id != self.shop.visitors.current():
            raise ReservationNotFound(reservation_id)
        return found


class Confirm(ReservationPage):
    """The button that buys what is held."""

    def post(self, reservation_id: str) -> ResponseReturnValue:
        """Buy what is held."""
        self.own(reservation_id)
        try:
            return see("orders", new=self.shop.checkout.confirm(reservation_id, once()).id)
        except ReservationEnded as error:
            return self.show(self.own(reservation_id), str(error)), 409


class Release(ReservationPage):
    """The button that gives up what is held."""

    def post(self, reservation_id: str) -> ResponseReturnValue:
        """Give up what is held."""
        held = self.own(reservation_id)
        try:
            self.shop.repository.release(reservation_id)
        except ReservationEnded as error:
            return self.show(self.own(reservation_id), str(error)), 409
        return see("product", product_id=held.product_id)


class OrdersPage(View):
    """What a visitor holds and has bought."""

    def get(self) -> ResponseReturnValue:
        """Show reservations and orders."""
        return self.show()

    def show(self, refusal: str = "") -> str:
        """Return the page."""
        visitor, arguments = self.shop.visitors.current(), request.args
        scope = f"orders of {visitor}"
        given = {"cursor": arguments["cursor"]} if "cursor" in arguments else {}
        query = read_strings(ListQuery, {"limit": str(ORDERS_PER_PAGE), **given})
        after = read_cursor(self.shop.signer, scope, query.cursor)
        page = self.shop.repository.orders_of(visitor, query.limit, after)
        holds = self.shop.repository.holds_of(visitor, HOLDS)
        orders = _with_new(page.orders, self._new(visitor)) if after is None else page.orders
        return self.render_form(
            "orders.html",
            orders=orders,
            holds=[hold for hold in holds if not self.shop.checkout.over(hold)],
            new=arguments.get("new"),
            next_cursor=next_cursor(self.shop.signer, scope, page.next_after),
            first_page=after is None,
            refusal=refusal,
        )

    def _new(self, visitor: str) -> Order | None:
        """Return the order that was placed a moment ago: an index may not show it yet."""
        given = request.args.get("new", "")
        if not re.fullmatch(GivenIdConverter.regex, given):
            return None
        try:
            order = self.shop.repository.order(given)
        except OrderNotFound:
            return None
        return order if order.customer_id == visitor else None


class Cancel(OrdersPage):
    """The button that cancels an order."""

    def post(self, order_id: str) -> ResponseReturnValue:
        """Cancel the order, if it still is what the visitor saw."""
        order = self.shop.repository.order(order_id)
        if order.customer_id != self.shop.visitors.current():
            raise OrderNotFound(order_id)
        try:
            self.shop.repository.settle(order_id, "cancelled", order.version)
        except (OrderSettled, StaleVersion) as error:
            return self.show(str(error)), 409
        return see("orders", new=order_id)


def _with_new(orders: tuple[Order, ...], new: Order | None) -> tuple[Order, ...]:
    """Return the orders with the newest as it is, whatever the index still says of it."""
    if new is None:
        return orders
    others = tuple(order for order in orders if order.id != new.id)
    return tuple(sorted((new, *others), key=lambda order: order.placed_at, reverse=True))

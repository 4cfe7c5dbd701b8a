# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of a repository for reservations and orders: the real one and the fake both keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from storefront_support.memory import MemoryRepository
from storefront_support.products import NOW, OTHER_CUSTOMER, once, product, wish
from storefront_support.table import TABLE

from storefront.domain import (
    CLOCK_TOLERANCE,
    IdempotencyKeyReused,
    OrderNotFound,
    OrderSettled,
    OutOfStock,
    ProductChange,
    ProductExists,
    ProductNotFound,
    Reservation,
    ReservationEnded,
    ReservationNotFound,
    StaleVersion,
)
from storefront.repository import DynamoRepository, Repository

HELD_UNTIL = NOW + timedelta(minutes=10)
SWEPT = HELD_UNTIL + CLOCK_TOLERANCE + timedelta(microseconds=1)


@pytest.fixture(params=["memory", "dynamodb"])
def shop(request: pytest.FixtureRequest) -> Repository:
    """Return a repository of each kind that has seven mugs."""
    shop: Repository
    if request.param == "memory":
        shop = MemoryRepository()
    else:
        shop = DynamoRepository(request.getfixturevalue("dynamodb"), TABLE)
    shop.add(product(supplied=7))
    return shop


def stock(shop: Repository) -> int:
    return shop.get("blue-mug").stock


def reserve(shop: Repository, quantity: int = 2, **changes: Any) -> Reservation:
    return shop.reserve(wish(quantity, **changes), HELD_UNTIL, once())


def test_reservation_holds_pieces_at_the_price_of_its_time(shop: Repository) -> None:
    held = reserve(shop)
    assert shop.reservation(held.id) == held
    assert (held.status, held.quantity, held.unit_price_cents, held.held_until) == ("held", 2, 1250, HELD_UNTIL)
    assert stock(shop) == 5
    assert shop.get("blue-mug").version == 2
    shop.change("blue-mug", ProductChange(price_cents=9999), 2)
    order = shop.confirm(held.id, NOW, once())
    assert (order.total_cents, order.status, order.customer_id) == (2500, "placed", held.customer_id)
    assert shop.order(order.id) == order
    assert shop.reservation(held.id).status == "confirmed"
    assert stock(shop) == 5


def test_direct_sale_takes_the_pieces(shop: Repository) -> None:
    order = shop.buy(wish(7), NOW, once())
    assert shop.order(order.id) == order
    assert stock(shop) == 0


@pytest.mark.parametrize("left", [7, 0])
def test_more_than_there_is_cannot_be_had(shop: Repository, left: int) -> None:
    if not left:
        shop.buy(wish(7), NOW, once())
    for sale in (lambda: reserve(shop, 8), lambda: shop.buy(wish(8), NOW, once())):
        with pytest.raises(OutOfStock, match="only 7 are left" if left else "sold out"):
            sale()
    assert stock(shop) == left


def test_what_is_not_there_is_not_found(shop: Repository) -> None:
    with pytest.raises(ProductNotFound):
        reserve(shop, product_id="other")
    with pytest.raises(ProductNotFound):
        shop.buy(wish(product_id="other"), NOW, once())
    for missing in (lambda: shop.release("none"), lambda: shop.confirm("none", NOW, once())):
        with pytest.raises(ReservationNotFound):
            missing()
    with pytest.raises(OrderNotFound):
        shop.settle("none", "shipped", 1)
    with pytest.raises(ProductNotFound):
        shop.change("other", ProductChange(), 1)


def test_same_key_makes_the_same_and_nothing_more(shop: Repository) -> None:
    key = once()
    held = shop.reserve(wish(2), HELD_UNTIL, key)
    assert shop.reserve(wish(2), HELD_UNTIL + timedelta(hours=1), key) == held
    bought = shop.buy(wish(5), NOW, key_of_sale := once())
    assert stock(shop) == 0
    assert shop.buy(wish(5), NOW, key_of_sale) == bought
    order = shop.confirm(held.id, NOW, key_of_order := once())
    assert shop.confirm(held.id, SWEPT, key_of_order) == order
    assert stock(shop) == 0


def test_key_is_known_also_when_the_product_is_gone(shop: Repository) -> None:
    bought = shop.buy(wish(5), NOW, key := once())
    shop.remove("blue-mug")
    assert shop.buy(wish(5), NOW, key) == bought


def test_key_for_another_request_is_refused(shop: Repository) -> None:
    held = shop.reserve(wish(2), HELD_UNTIL, key := once())
    other = replace(key, fingerprint="other")
    for reuse in (
        lambda: shop.reserve(wish(1), HELD_UNTIL, other),
        lambda: shop.buy(wish(7), NOW, other),
        lambda: shop.confirm(held.id, NOW, other),
        lambda: shop.add(product("other"), other),
    ):
        with pytest.raises(IdempotencyKeyReused):
            reuse()
    assert stock(shop) == 5
    assert shop.reservation(held.id).status == "held"


def test_refused_request_may_come_again_with_its_key(shop: Repository) -> None:
    held = reserve(shop, 7)
    with pytest.raises(OutOfStock):
        shop.buy(wish(1), NOW, key := once())
    shop.release(held.id)
    assert shop.buy(wish(1), NOW, key).quantity == 1


def test_product_is_added_once(shop: Repository) -> None:
    key = once()
    assert shop.add(product("other"), key) == product("other")
    assert shop.add(product("other", created_at=NOW), key) == product("other")
    with pytest.raises(ProductExists):
        shop.add(product("other", created_at=NOW), once())


def test_released_pieces_go_back_once(shop: Repository) -> None:
    held = reserve(shop)
    assert shop.release(held.id) == replace(held, status="released") == shop.reservation(held.id)
    assert shop.release(held.id).status == "released"
    assert stock(shop) == 7
    with pytest.raises(ReservationEnded, match="released"):
        shop.confirm(held.id, NOW, once())


def test_confirmed_reservation_cannot_be_released(shop: Repository) -> None:
    held = reserve(shop)
    shop.confirm(held.id, NOW, once())
    with pytest.raises(ReservationEnded, match="confirmed"):
        shop.release(held.id)
    with pytest.raises(ReservationEnded, match="confirmed"):
        shop.confirm(held.id, NOW, once())
    assert stock(shop) == 5


def test_hold_ends_to_the_microsecond_for_its_customer_and_later_for_the_sweep(shop: Repository) -> None:
    held = reserve(shop)
    with pytest.raises(ReservationEnded, match="expired"):
        shop.confirm(held.id, HELD_UNTIL, once())
    assert shop.expire(HELD_UNTIL + CLOCK_TOLERANCE) == 0
    assert shop.expire(SWEPT) == 1
    assert shop.expire(SWEPT) == 0
    assert shop.reservation(held.id).status == "expired"
    assert stock(shop) == 7
    for late in (lambda: shop.release(held.id), lambda: shop.confirm(held.id, NOW, once())):
        with pytest.raises(ReservationEnded, match="expired"):
            late()


def test_sweep_begins_with_the_oldest_and_leaves_what_is_held(shop: Repository) -> None:
    late = shop.reserve(wish(1), HELD_UNTIL + timedelta(hours=1), once())
    second = shop.reserve(wish(1), HELD_UNTIL, once())
    first = shop.reserve(wish(1), HELD_UNTIL - timedelta(seconds=1), once())
    confirmed = reserve(shop, 1)
    shop.confirm(confirmed.id, NOW, once())
    assert shop.expire(SWEPT, 1) == 1
    assert [shop.reservation(one.id).status for one in (first, second, late)] == ["expired", "held", "held"]
    assert shop.expire(SWEPT) == 1
    assert shop.reservation(late.id).status == "held"
    assert stock(shop) == 5


def test_pieces_never_go_to_a_later_product_of_the_same_id(shop: Repository) -> None:
    released, swept, sold = reserve(shop, 1), reserve(shop, 1), shop.buy(wish(1), NOW, once())
    shop.remove("blue-mug")
    shop.release(released.id)
    shop.add(product(created_at=datetime(2026, 1, 1, tzinfo=UTC), supplied=7))
    assert shop.expire(SWEPT) == 1
    assert shop.settle(sold.id, "cancelled", 1).status == "cancelled"
    assert stock(shop) == 7
    assert [shop.reservation(one.id).status for one in (released, swept)] == ["released", "expired"]


def test_customers_see_their_own_holds(shop: Repository) -> None:
    second = reserve(shop, 1)
    first = shop.reserve(wish(1), HELD_UNTIL - timedelta(seconds=1), once())
    reserve(shop, 1, customer_id=OTHER_CUSTOMER)
    ended = reserve(shop, 1)
    shop.release(ended.id)
    assert shop.holds_of(first.customer_id, 10) == (first, second)
    assert shop.holds_of(first.customer_id, 1) == (first,)


def test_order_is_shipped_or_cancelled_once_by_who_knows_it(shop: Repository) -> None:
    shipped, cancelled = (shop.buy(wish(2), NOW, once()) for _ in range(2))
    assert shop.settle(shipped.id, "shipped", 1) == replace(shipped, status="shipped", version=2)
    assert shop.order(shipped.id).status == "shipped"
    assert stock(shop) == 3
    shop.settle(cancelled.id, "cancelled", 1)
    assert stock(shop) == 5
    with pytest.raises(StaleVersion, match="version 2"):
        shop.settle(shipped.id, "cancelled", 1)
    for order in (shipped, cancelled):
        with pytest.raises(OrderSettled):
            shop.settle(order.id, "cancelled", 2)
    assert stock(shop) == 5


def test_orders_are_listed_by_customer_and_status_newest_first(shop: Repository) -> None:
    orders = [shop.buy(wish(1), NOW + timedelta(seconds=number), once()) for number in range(4)]
    other = shop.buy(wish(1, customer_id=OTHER_CUSTOMER), NOW, once())
    shop.settle(orders[1].id, "shipped", 1)
    reserve(shop, 1)
    seen: list[str] = []
    page = shop.orders_of(orders[0].customer_id, 3)
    assert page.next_after
    seen = [order.id for order in page.orders]
    page = shop.orders_of(orders[0].customer_id, 3, page.next_after)
    assert page.next_after is None
    assert seen + [order.id for order in page.orders] == [order.id for order in reversed(orders)]
    assert [order.id for order in shop.orders_in("shipped", 5).orders] == [orders[1].id]
    assert {order.id for order in shop.orders_in("placed", 5).orders} == {
        *(orders[number].id for number in (0, 2, 3)),
        other.id,
    }
    assert shop.orders_in("cancelled", 5).orders == ()


def test_change_needs_the_version_that_was_read(shop: Repository) -> None:
    changed = shop.change("blue-mug", ProductChange(name="Red mug", price_cents=1, stock=9), 1)
    assert shop.get("blue-mug") == changed == product(name="Red mug", price_cents=1, stock=9, supplied=9, version=2)
    with pytest.raises(StaleVersion, match="version 2"):
        shop.change("blue-mug", ProductChange(stock=1), 1)
    assert shop.change("blue-mug", ProductChange(), 2) == replace(changed, version=3)


def test_supply_is_counted_over_changes_and_sales(shop: Repository) -> None:
    shop.buy(wish(3), NOW, once())
    shop.change("blue-mug", ProductChange(stock=10), 2)
    assert (stock(shop), shop.get("blue-mug").supplied) == (10, 13)


def test_signing_key_stays_the_same(shop: Repository) -> None:
    assert shop.signing_key() == shop.signing_key()
    assert len(shop.signing_key()) == 32

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any sequence of steps does to the table what it does to the model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import hypothesis
import hypothesis.stateful as machine
from hypothesis import strategies as st
from storefront_support.memory import MemoryRepository
from storefront_support.products import NOW, once, product, wish
from storefront_support.table import DEPLOYED, TABLE, client_of_emptied_table, empty

from storefront.accounting import accounts
from storefront.domain import Order, ProductChange, Reservation, StorefrontError
from storefront.repository import DynamoRepository, Repository

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

IDS = st.sampled_from(["blue-mug", "red-mug"])
MAYBE = st.none() | st.integers(0, 6)
QUANTITIES = st.integers(1, 4)
LATER = st.sampled_from([timedelta(0), timedelta(seconds=59), timedelta(seconds=64), timedelta(seconds=66)])
PLAIN = ("status", "quantity", "unit_price_cents", "product_id", "customer_id", "version", "stock", "supplied")


def told(act: Callable[[], Any]) -> tuple[Any, Any]:
    """Return what a step made, and what can be compared of it: ids differ, whatever else is said has to be the same."""
    try:
        made = act()
    except StorefrontError as error:
        return None, type(error).__name__
    return made, {name: getattr(made, name) for name in PLAIN if hasattr(made, name)}


class ShopMachine(machine.RuleBasedStateMachine):
    """The table beside the model."""

    dynamodb: DynamoDBClient
    reservations = machine.Bundle("reservations")
    orders = machine.Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        client_of_emptied_table() if DEPLOYED else empty(self.dynamodb)
        self.shops: tuple[Repository, Repository] = (MemoryRepository(), DynamoRepository(self.dynamodb, TABLE))
        self.made = 0

    def both(self, act: Callable[[Repository, int], Any]) -> tuple[Any, Any]:
        """Do a step to both, and compare; return what each made."""
        (mine, said), (theirs, answered) = (told(lambda at=at: act(self.shops[at], at)) for at in (0, 1))  # type: ignore[misc]
        assert said == answered
        return mine, theirs

    @machine.rule(product_id=IDS, stock=st.integers(0, 6))
    def add(self, product_id: str, stock: int) -> None:
        self.made += 1
        new = product(product_id, stock=stock, supplied=stock, created_at=NOW + timedelta(days=self.made))
        self.both(lambda shop, _: shop.add(new))

    @machine.rule(product_id=IDS)
    def remove(self, product_id: str) -> None:
        self.both(lambda shop, _: shop.remove(product_id))

    @machine.rule(
        product_id=IDS, stock=st.none() | st.integers(0, 6), price=st.none() | st.integers(0, 9), stale=st.booleans()
    )
    def change(self, product_id: str, stock: int | None, price: int | None, stale: bool) -> None:
        def act(shop: Repository, _: int) -> Any:
            version = shop.get(product_id).version - stale
            return shop.change(product_id, ProductChange(price_cents=price, stock=stock), version)

        self.both(act)

    @machine.rule(target=reservations, product_id=IDS, quantity=QUANTITIES, again=st.booleans())
    def reserve(self, product_id: str, quantity: int, again: bool) -> Any:
        key, wanted = once(), wish(quantity, product_id=product_id)
        made = [
            self.both(lambda shop, _: shop.reserve(wanted, NOW + timedelta(minutes=1), key)) for _ in range(1 + again)
        ]
        assert made[0] == made[-1]
        return made[0] if made[0][0] else machine.multiple()

    @machine.rule(target=orders, product_id=IDS, quantity=QUANTITIES)
    def buy(self, product_id: str, quantity: int) -> Any:
        key, wanted = once(), wish(quantity, product_id=product_id)
        made = self.both(lambda shop, _: shop.buy(wanted, NOW, key))
        return made if made[0] else machine.multiple()

    @machine.rule(target=orders, held=reservations, later=LATER)
    def confirm(self, held: tuple[Reservation, Reservation], later: timedelta) -> Any:
        key = once()
        made = self.both(lambda shop, at: shop.confirm(held[at].id, NOW + later, key))
        return made if made[0] else machine.multiple()

    @machine.rule(held=reservations)
    def release(self, held: tuple[Reservation, Reservation]) -> None:
        self.both(lambda shop, at: shop.release(held[at].id))

    @machine.rule(later=LATER)
    def expire(self, later: timedelta) -> None:
        ended = [shop.expire(NOW + later) for shop in self.shops]
        assert ended[0] == ended[1]

    @machine.rule(order=orders, status=st.sampled_from(["shipped", "cancelled"]), stale=st.booleans())
    def settle(self, order: tuple[Order, Order], status: Any, stale: bool) -> None:
        self.both(lambda shop, at: shop.settle(order[at].id, status, shop.order(order[at].id).version - stale))

    @machine.invariant()
    def shelves_are_the_same_and_every_account_is_sound(self) -> None:
        assert self.shops[0].page(100) == self.shops[1].page(100)
        found = [accounts(shop) for shop in self.shops]
        assert found[0] == found[1]
        assert all(account.sound for account in found[0])


def test_table_and_model_agree_after_any_sequence_of_steps(dynamodb: DynamoDBClient) -> None:
    ShopMachine.dynamodb = dynamodb
    machine.run_state_machine_as_test(
        ShopMachine,
        settings=hypothesis.settings(
            max_examples=10 if DEPLOYED else 40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )

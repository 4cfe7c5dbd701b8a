# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is oversold and nothing is lost, whatever fails meanwhile: randomized, and repeated by its seed."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from storefront_support.faults import Faulty, lost, refusal
from storefront_support.products import NOW, once, product, wish
from storefront_support.table import DEPLOYED, TABLE, client_of_emptied_table, empty

from storefront.accounting import accounts
from storefront.domain import Once, OutOfStock, StorageUnavailable, StorefrontError
from storefront.repository import DynamoRepository, calls

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

ITEMS, BUYERS, TASKS = 10, 24, 4
SHORT, FULL = 12, 200
FAULTS: list[tuple[Exception, bool]] = [
    (refusal("ProvisionedThroughputExceededException"), False),
    (refusal("TransactionCanceledException", "ThrottlingError", "None", "None"), False),
    (refusal("TransactionCanceledException", "TransactionConflict", "None", "None"), False),
    (refusal("InternalServerError"), False),
    # The write was made, and nobody heard: a task was killed, or a line was cut.
    (lost(), True),
    (lost(), False),
]
# moto has no lock of its own: DynamoDB serialises what meets in one item.
ONE_AT_A_TIME = threading.Lock()


@dataclass
class Run:
    """One run: tasks whose table fails in three of ten calls and whose clocks differ, and buyers who try again."""

    seed: int
    client: Any
    bought: list[int] = field(default_factory=list)
    sold_out: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 -- no secret
        self.trouble = 0.3
        skews = (timedelta(0), timedelta(seconds=4), timedelta(minutes=-3), timedelta(hours=1))
        self.tasks = [(DynamoRepository(self._faulty(), TABLE), skew) for skew in skews]

    def _faulty(self) -> Any:
        def fault(_: str) -> tuple[Exception | None, bool]:
            if self.random.random() >= self.trouble:
                return None, False
            return self.random.choice(FAULTS)

        return Faulty(self.client, fault, ONE_AT_A_TIME)

    def buyer(self, number: int) -> None:
        """Buy at once, or reserve and then pay or leave; whatever does not answer is asked again of any task."""
        choice = random.Random(f"{self.seed} {number}")  # noqa: S311 -- no secret
        wanted, key = wish(choice.choice((1, 1, 2)), customer_id=f"customer-{number:04}"), once(f"{number}")
        if choice.random() < 0.4:
            if self._insist(choice, lambda shop, now: shop.buy(wanted, now, key)):
                self.bought.append(wanted.quantity)
            return
        held = self._insist(choice, lambda shop, now: shop.reserve(wanted, now + timedelta(minutes=10), key))
        if held is None:
            return
        end = choice.random()
        if end < 0.5:
            paid: Once = once(f"pay {number}")
            if self._insist(choice, lambda shop, now: shop.confirm(held.id, now, paid)):
                self.bought.append(wanted.quantity)
        elif end < 0.75:
            self._insist(choice, lambda shop, _: shop.release(held.id))

    def _insist(self, choice: random.Random, act: Any) -> Any:
        """Do something until it is answered, and then sometimes once more, as an impatient client does."""
        answers = 0
        for _ in range(200):
            shop, skew = choice.choice(self.tasks)
            try:
                answer = act(shop, NOW + skew)
            except StorageUnavailable:
                continue
            except StorefrontError as error:
                self.sold_out += isinstance(error, OutOfStock)
                return None
            answers += 1
            if answers == 2 or choice.random() < 0.7:
                return answer
        raise AssertionError("never answered")

    def sweeps(self) -> None:
        """Sweep by every task while others buy."""
        for shop, skew in self.tasks * 3:
            try:
                shop.expire(NOW + skew)
            except StorageUnavailable:
                continue


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(SHORT), id="short"),
        # Both marks: the application's tests also run without those of the collection, where the one implies the other.
        pytest.param(range(SHORT, FULL), id="all", marks=[pytest.mark.full, pytest.mark.nightly]),
    ],
)
def test_nothing_is_oversold_and_nothing_is_lost_in_randomized_faults(
    dynamodb: DynamoDBClient, seeds: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FIRST_PAUSE", 0.0001)
    sold_out = 0
    for seed in seeds:
        # The role of a task may not scan: the owner of the table empties it.
        client_of_emptied_table() if DEPLOYED else empty(dynamodb)
        shop = DynamoRepository(dynamodb, TABLE)
        shop.add(product(stock=ITEMS, supplied=ITEMS))
        run = Run(seed, dynamodb)
        with ThreadPoolExecutor(8) as pool:
            for done in [*[pool.submit(run.buyer, number) for number in range(BUYERS)], pool.submit(run.sweeps)]:
                done.result()
        (account,) = accounts(shop)
        assert account.sound, f"seed {seed}: {account}"
        assert account.sold == sum(run.bought), f"seed {seed}"
        assert account.sold <= ITEMS
        # What is still held comes back, whoever held it.
        while shop.expire(NOW + timedelta(days=1)):
            pass
        (settled,) = accounts(shop)
        assert (settled.held, settled.stock) == (0, ITEMS - account.sold), f"seed {seed}"
        sold_out += run.sold_out > 0
    # The control: the runs are about the last piece.
    assert sold_out >= len(seeds) // 2

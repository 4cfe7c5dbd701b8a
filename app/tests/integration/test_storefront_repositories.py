# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of a repository: the real one and the one that other tests use both keep it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from storefront_support.memory import MemoryRepository
from storefront_support.products import product
from storefront_support.table import TABLE

from storefront.domain import ProductExists, ProductNotFound
from storefront.repository import DynamoRepository, Repository


@pytest.fixture(params=["memory", "dynamodb"])
def repository(request: pytest.FixtureRequest) -> Repository:
    """Return an empty repository of each kind."""
    if request.param == "memory":
        return MemoryRepository()
    return DynamoRepository(request.getfixturevalue("dynamodb"), TABLE)


def test_product_comes_back_as_it_was(repository: Repository) -> None:
    mug = product(name='Tasse „blau" 🫖', price_cents=100_000_000, stock=0)
    repository.add(mug)
    assert repository.get("blue-mug") == mug


def test_missing_product_is_not_found(repository: Repository) -> None:
    with pytest.raises(ProductNotFound, match="blue-mug"):
        repository.get("blue-mug")


@pytest.mark.parametrize("change", [{"stock": 8}, {"created_at": datetime(2025, 3, 1, 9, 30, 0, 1, tzinfo=UTC)}])
def test_taken_id_keeps_what_it_has(repository: Repository, change: dict[str, Any]) -> None:
    repository.add(product())
    with pytest.raises(ProductExists, match="blue-mug"):
        repository.add(product(**change))
    assert repository.get("blue-mug") == product()


def test_adding_the_very_same_product_again_is_no_conflict(repository: Repository) -> None:
    repository.add(product())
    repository.add(product())
    assert repository.page(5).products == (product(),)


def test_removed_product_is_gone_and_its_id_is_free(repository: Repository) -> None:
    repository.add(product())
    repository.remove("blue-mug")
    with pytest.raises(ProductNotFound):
        repository.get("blue-mug")
    repository.add(product(stock=8))
    assert repository.get("blue-mug").stock == 8


def test_missing_product_cannot_be_removed(repository: Repository) -> None:
    repository.add(product("other"))
    with pytest.raises(ProductNotFound, match="blue-mug"):
        repository.remove("blue-mug")
    assert repository.get("other") == product("other")


def test_empty_shop_is_one_empty_page(repository: Repository) -> None:
    page = repository.page(5)
    assert (page.products, page.next_after) == ((), None)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7, 100])
def test_pages_join_to_the_whole_list_in_order(repository: Repository, limit: int) -> None:
    ids = ["a", "a-b", "a0", "b", "z9", "zz"]
    for product_id in reversed(ids):
        repository.add(product(product_id))
    seen: list[str] = []
    page = repository.page(limit)
    while page.next_after is not None:
        assert len(page.products) == limit
        seen += [each.id for each in page.products]
        page = repository.page(limit, page.next_after)
    assert page.products
    assert seen + [each.id for each in page.products] == ids


def test_page_goes_on_after_an_id_that_is_gone(repository: Repository) -> None:
    for product_id in ("a", "b", "c"):
        repository.add(product(product_id))
    repository.remove("b")
    assert [each.id for each in repository.page(5, "b").products] == ["c"]


def test_store_answers(repository: Repository) -> None:
    repository.ping()

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the repository on DynamoDB has to get right."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber
from storefront_support.faults import Faulty, failing_once, lost, refusal
from storefront_support.products import NOW, once, product, wish
from storefront_support.table import REFUSAL_OF_ANOTHER_TABLE, TABLE

from storefront.domain import (
    OutOfStock,
    ProductChange,
    ProductNotFound,
    ReservationEnded,
    StaleVersion,
    StorageBusy,
    StorageUnavailable,
)
from storefront.repository import DynamoRepository, calls, moves

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# What the role of a task is allowed to do; a transaction is allowed by its parts.
ALLOWED = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "TransactWriteItems"}
PARTS = {"Put", "Update"}
HELD_UNTIL = NOW + timedelta(minutes=10)


@pytest.fixture
def repository(dynamodb: DynamoDBClient) -> DynamoRepository:
    """Return the repository on an empty table."""
    return DynamoRepository(dynamodb, TABLE)


def use_everything(repository: DynamoRepository) -> None:
    repository.add(product())
    repository.get("blue-mug")
    repository.page(1)
    repository.change("blue-mug", ProductChange(stock=9), 1)
    repository.signing_key()
    held = repository.reserve(wish(2), HELD_UNTIL, once())
    repository.holds_of(held.customer_id, 1)
    repository.settle(repository.confirm(held.id, NOW, once()).id, "cancelled", 1)
    repository.release(repository.reserve(wish(2), HELD_UNTIL, once()).id)
    repository.buy(wish(), NOW, once())
    repository.orders_of(held.customer_id, 1)
    repository.orders_in("placed", 1)
    repository.expire(NOW)
    repository.ping()
    repository.remove("blue-mug")


def test_only_what_the_task_role_allows_is_called(dynamodb: DynamoDBClient, repository: DynamoRepository) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    dynamodb.meta.events.register(
        "before-parameter-build.dynamodb.*", lambda params, model, **_: calls.append((model.name, dict(params)))
    )
    use_everything(repository)
    assert {name for name, _ in calls} == ALLOWED
    parts = [part for name, call in calls if name == "TransactWriteItems" for part in call["TransactItems"]]
    assert {kind for part in parts for kind in part} == PARTS
    tables = [call["TableName"] for name, call in calls if name != "TransactWriteItems"]
    assert {*tables, *(content["TableName"] for part in parts for content in part.values())} == {TABLE}
    # An index cannot be read consistently, and nobody waits for the readiness of the table to be the latest.
    reads = [call for name, call in calls[:-2] if name in ("GetItem", "Query") and "IndexName" not in call]
    assert all(call["ConsistentRead"] for call in reads)


def test_write_whose_answer_was_lost_is_recognised_when_repeated(
    dynamodb: DynamoDBClient, repository: DynamoRepository
) -> None:
    statuses = repeated(dynamodb, "PutItem")
    repository.add(product())
    assert statuses == [200, 400]
    assert repository.get("blue-mug") == product()


def test_unknown_table_is_unavailable_and_not_a_missing_product(dynamodb: DynamoDBClient) -> None:
    repository = DynamoRepository(dynamodb, "another")
    for call in (
        repository.ping,
        lambda: repository.page(1),
        lambda: repository.get("a"),
        lambda: repository.remove("a"),
        lambda: repository.add(product()),
        lambda: repository.add(product(), once()),
        lambda: repository.orders_in("placed", 1),
        lambda: repository.expire(NOW),
        lambda: repository.holds_of("customer-one", 1),
    ):
        with pytest.raises(StorageUnavailable) as raised:
            call()
        assert REFUSAL_OF_ANOTHER_TABLE in str(raised.value.__cause__)


def test_unreachable_endpoint_is_unavailable(dynamodb: DynamoDBClient) -> None:
    client = boto3.client(
        "dynamodb",
        region_name="eu-central-1",
        endpoint_url="http://127.0.0.1:1",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    with pytest.raises(StorageUnavailable):
        DynamoRepository(client, TABLE).ping()


def test_request_that_is_wrong_is_not_blamed_on_the_storage(
    dynamodb: DynamoDBClient, repository: DynamoRepository
) -> None:
    with pytest.raises(ParamValidationError):
        repository.page(limit=-5)
    with Stubber(dynamodb) as stubber:
        stubber.add_client_error("get_item", "ValidationException")
        with pytest.raises(ClientError, match="ValidationException"):
            repository.get("blue-mug")


def test_other_items_of_the_partition_are_no_products(dynamodb: DynamoDBClient, repository: DynamoRepository) -> None:
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "PRODUCTS"}, "sk": {"S": "AAA"}})
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "PRODUCTS"}, "sk": {"S": "READINESS"}})
    repository.add(product())
    page = repository.page(1)
    assert ([each.id for each in page.products], page.next_after) == (["blue-mug"], None)


@pytest.fixture
def stocked(repository: DynamoRepository) -> DynamoRepository:
    """Return the repository with seven mugs."""
    repository.add(product(supplied=7))
    return repository


def faulty(dynamodb: DynamoDBClient, *arguments: Any, **options: Any) -> tuple[DynamoRepository, Faulty]:
    client = Faulty(dynamodb, failing_once(*arguments, **options))
    return DynamoRepository(client, TABLE), client  # type: ignore[arg-type] # it answers as one does


CONFLICT = ("TransactionCanceledException", "TransactionConflict", "None", "None")


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    "error",
    [refusal(*CONFLICT), refusal("TransactionConflictException"), refusal("TransactionInProgressException")],
    ids=lambda error: error.response["Error"]["Code"],
)
def test_transactions_that_meet_are_tried_again(dynamodb: DynamoDBClient, error: ClientError) -> None:
    shop, client = faulty(dynamodb, "transact_write_items", error, times=calls.ATTEMPTS - 1)
    assert shop.buy(wish(2), NOW, once()).quantity == 2
    assert client.calls.count("transact_write_items") == calls.ATTEMPTS
    assert shop.get("blue-mug").stock == 5


@pytest.mark.usefixtures("stocked")
def test_transactions_that_meet_for_ever_are_refused_within_bounds(
    dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, client = faulty(dynamodb, "transact_write_items", refusal(*CONFLICT), times=99)
    with pytest.raises(StorageBusy):
        shop.buy(wish(2), NOW, once())
    assert client.calls.count("transact_write_items") == calls.ATTEMPTS
    monkeypatch.setattr(calls, "PATIENCE", -1.0)
    with pytest.raises(StorageBusy):
        shop.buy(wish(2), NOW, once())
    assert client.calls.count("transact_write_items") == calls.ATTEMPTS + 1


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize(
    "error",
    [
        refusal("TransactionCanceledException", "None", "ThrottlingError", "None"),
        refusal("TransactionCanceledException", "TransactionConflict", "ProvisionedThroughputExceeded", "None"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("ThrottlingException"),
    ],
    ids=str,
)
def test_throttling_is_told_apart(dynamodb: DynamoDBClient, error: ClientError) -> None:
    shop, client = faulty(dynamodb, "transact_write_items", error)
    with pytest.raises(StorageBusy):
        shop.buy(wish(2), NOW, once())
    # The SDK has tried again already.
    assert client.calls.count("transact_write_items") == 1


def test_transaction_that_is_wrong_is_not_blamed_on_the_storage(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    error = refusal("TransactionCanceledException", "ValidationError", "None", "None")
    with pytest.raises(ClientError, match="TransactionCanceled"):
        faulty(dynamodb, "transact_write_items", error)[0].buy(wish(), NOW, once())


def test_condition_that_fails_at_the_last_attempt_is_none_of_the_storage(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    stocked.buy(wish(7), NOW, key := once())
    stocked.change("blue-mug", ProductChange(stock=9), 2)
    shop, _ = faulty(dynamodb, "transact_write_items", refusal(*CONFLICT), times=calls.ATTEMPTS - 1)
    assert shop.buy(wish(7), NOW, key).quantity == 7
    assert shop.get("blue-mug").stock == 9


def test_last_attempt_is_judged_as_all_are(dynamodb: DynamoDBClient) -> None:
    wrong = refusal("TransactionCanceledException", "ValidationError")
    attempts = iter([*[refusal(*CONFLICT)] * (calls.ATTEMPTS - 1), wrong])

    def call() -> None:
        raise next(attempts)

    with pytest.raises(ClientError, match="TransactionCanceled"):
        calls.Writer(dynamodb).attempt(call)


def test_sale_whose_answer_was_lost_is_the_same_when_it_comes_again(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    for sale in (
        lambda shop, key: shop.buy(wish(2), NOW, key),
        lambda shop, key: shop.reserve(wish(2), HELD_UNTIL, key),
    ):
        before = stocked.get("blue-mug").stock
        shop, _ = faulty(dynamodb, "transact_write_items", lost(), carried_out=True)
        key = once()
        with pytest.raises(StorageUnavailable):
            sale(shop, key)
        assert sale(shop, key).quantity == 2
        assert stocked.get("blue-mug").stock == before - 2


def repeated(client: DynamoDBClient, operation: str) -> list[int]:
    """Make the SDK repeat its first write although the table took it, with another token than that of the first."""
    statuses: list[int] = []

    def repeat(response: Any, attempts: int, **_: Any) -> Any:
        statuses.append(response[0].status_code)
        return 0 if attempts == 1 else None

    client.meta.events.register_first(f"needs-retry.dynamodb.{operation}", repeat)
    return statuses


def test_changes_whose_answer_was_lost_are_recognised_when_repeated(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    held, order = stocked.reserve(wish(), HELD_UNTIL, once()), stocked.buy(wish(), NOW, once())
    updates = repeated(dynamodb, "UpdateItem")
    assert stocked.change("blue-mug", ProductChange(stock=9), 3).version == 4
    assert updates == [200, 400]
    transactions = repeated(dynamodb, "TransactWriteItems")
    assert stocked.release(held.id).status == "released"
    assert transactions == [200, 400]
    assert stocked.settle(order.id, "shipped", 1).status == "shipped"
    assert stocked.buy(wish(), NOW, once()).quantity == 1
    assert stocked.get("blue-mug").stock == 9


class Meanwhile:
    """Do something between the first read and what follows it."""

    def __init__(self, client: DynamoDBClient, act: Any) -> None:
        self._left = [act]
        client.meta.events.register("after-call.dynamodb.GetItem", self._act)

    def _act(self, **_: Any) -> None:
        if self._left:
            self._left.pop()()


def own(dynamodb: DynamoDBClient, act: Any) -> DynamoRepository:
    """Return a repository with a client of its own, and let `act` happen after its first read."""
    client = boto3.client("dynamodb", region_name="eu-central-1")
    Meanwhile(client, act)
    return DynamoRepository(client, TABLE)


def test_price_that_changed_meanwhile_is_what_the_customer_gets(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    shop = own(dynamodb, lambda: stocked.change("blue-mug", ProductChange(price_cents=1), 1))
    assert shop.buy(wish(2), NOW, once()).total_cents == 2


def test_price_that_never_stays_is_a_busy_storage(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    client = boto3.client("dynamodb", region_name="eu-central-1")

    def change(**_: Any) -> None:
        known = stocked.get("blue-mug")
        stocked.change("blue-mug", ProductChange(price_cents=known.price_cents + 1), known.version)

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", change)
    with pytest.raises(StorageBusy):
        DynamoRepository(client, TABLE).buy(wish(), NOW, once())
    assert stocked.get("blue-mug").stock == 7


@pytest.mark.parametrize("gone", [True, False])
def test_last_piece_that_goes_meanwhile_is_not_sold(
    dynamodb: DynamoDBClient, stocked: DynamoRepository, gone: bool
) -> None:
    act = (lambda: stocked.remove("blue-mug")) if gone else (lambda: stocked.buy(wish(7), NOW, once()))
    with pytest.raises(ProductNotFound if gone else OutOfStock):
        own(dynamodb, act).buy(wish(), NOW, once())


def test_same_request_that_comes_twice_at_once_happens_once(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    key, made = once(), []
    shop = own(dynamodb, lambda: made.append(stocked.buy(wish(), NOW, key)))
    assert [shop.buy(wish(), NOW, key)] == made
    held, key_of_order = stocked.reserve(wish(), HELD_UNTIL, once()), once()
    shop = own(dynamodb, lambda: made.append(stocked.confirm(held.id, NOW, key_of_order)))
    assert shop.confirm(held.id, NOW, key_of_order) == made[-1]
    assert stocked.get("blue-mug").stock == 5


def test_hold_that_ends_meanwhile_ends_once(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    def hold() -> Any:
        return stocked.reserve(wish(), HELD_UNTIL, once())

    released, confirmed, late = hold(), hold(), hold()
    assert own(dynamodb, lambda: stocked.release(released.id)).release(released.id).status == "released"
    with pytest.raises(ReservationEnded, match="confirmed"):
        own(dynamodb, lambda: stocked.confirm(confirmed.id, NOW, once())).release(confirmed.id)
    with pytest.raises(ReservationEnded, match="released"):
        own(dynamodb, lambda: stocked.release(late.id)).confirm(late.id, NOW, once())
    assert stocked.get("blue-mug").stock == 6


def test_hold_that_was_prolonged_by_nobody_is_expired_by_the_clock_of_the_table(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    held = stocked.reserve(wish(), HELD_UNTIL, once())
    key = {"pk": {"S": f"RESERVATION#{held.id}"}, "sk": {"S": "RESERVATION"}}

    def shorten() -> None:
        dynamodb.update_item(
            TableName=TABLE,
            Key=key,
            UpdateExpression="SET held_until = :now",
            ExpressionAttributeValues={":now": {"S": NOW.isoformat(timespec="microseconds")}},
        )

    with pytest.raises(ReservationEnded, match="expired"):
        own(dynamodb, shorten).confirm(held.id, NOW, once())


def test_sweep_passes_over_what_the_index_has_still_and_the_table_has_not(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    held = stocked.reserve(wish(), HELD_UNTIL, once())
    client = boto3.client("dynamodb", region_name="eu-central-1")
    client.meta.events.register("after-call.dynamodb.Query", lambda **_: stocked.release(held.id))
    assert DynamoRepository(client, TABLE).expire(HELD_UNTIL + timedelta(hours=1)) == 0
    assert stocked.get("blue-mug").stock == 7


def test_hold_on_a_product_that_is_gone_ends_once(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    held = stocked.reserve(wish(), HELD_UNTIL, once())
    stocked.remove("blue-mug")
    client = boto3.client("dynamodb", region_name="eu-central-1")
    left = [held]

    def release(**_: Any) -> None:
        if left:
            stocked.release(left.pop().id)

    # Between the transaction that finds no product and the one that ends the hold alone.
    client.meta.events.register("after-call.dynamodb.TransactWriteItems", release)
    with pytest.raises(ReservationEnded):
        DynamoRepository(client, TABLE)._put_back(held, moves.expire(TABLE, held, HELD_UNTIL + timedelta(hours=1)))


def test_order_that_is_settled_meanwhile_is_stale(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    order = stocked.buy(wish(), NOW, once())
    with pytest.raises(StaleVersion, match="version 2"):
        own(dynamodb, lambda: stocked.settle(order.id, "shipped", 1)).settle(order.id, "cancelled", 1)
    assert stocked.get("blue-mug").stock == 6


def test_product_that_changed_meanwhile_is_stale(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    with pytest.raises(StaleVersion, match="version 2"):
        own(dynamodb, lambda: stocked.buy(wish(), NOW, once())).change("blue-mug", ProductChange(stock=1), 1)
    assert stocked.get("blue-mug").stock == 6


def test_product_of_before_there_were_versions_is_sold_and_changed(
    dynamodb: DynamoDBClient, repository: DynamoRepository
) -> None:
    old = {"name": {"S": "Blue mug"}, "price_cents": {"N": "1250"}, "stock": {"N": "7"}}
    created = {"created_at": {"S": "2025-03-01T09:30:00+00:00"}, "colour": {"S": "blue"}}
    key = {"pk": {"S": "PRODUCTS"}, "sk": {"S": "PRODUCT#blue-mug"}}
    dynamodb.put_item(TableName=TABLE, Item={**key, **old, **created})
    assert repository.change("blue-mug", ProductChange(stock=8), 1) == product(stock=8, version=2)
    assert repository.buy(wish(), NOW, once()).quantity == 1
    item = dynamodb.get_item(TableName=TABLE, Key=key)["Item"]
    assert item["colour"] == {"S": "blue"}
    dynamodb.put_item(TableName=TABLE, Item={**key, **old, **created})
    assert repository.buy(wish(), NOW, once()).quantity == 1
    assert repository.get("blue-mug") == product(stock=6, version=2)


def test_key_that_has_expired_counts_no_more(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    stocked.buy(wish(6), NOW, key := once())
    dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"ONCE#{key.key}"}, "sk": {"S": "ONCE"}},
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    with pytest.raises(OutOfStock):
        stocked.buy(wish(2), NOW, key)
    assert stocked.buy(wish(1), NOW, replace(key, fingerprint="another")).quantity == 1


def test_first_signing_key_wins(dynamodb: DynamoDBClient, repository: DynamoRepository) -> None:
    made: list[bytes] = []
    shop = own(dynamodb, lambda: made.append(repository.signing_key()))
    assert shop.signing_key() == made[0] == repository.signing_key()


def test_settled_reservations_end_some_time_and_held_ones_never(
    dynamodb: DynamoDBClient, stocked: DynamoRepository
) -> None:
    held, released = (stocked.reserve(wish(), HELD_UNTIL, once()) for _ in range(2))
    stocked.release(released.id)
    ends = {}
    for each in (held, released):
        key = {"pk": {"S": f"RESERVATION#{each.id}"}, "sk": {"S": "RESERVATION"}}
        ends[each.id] = dynamodb.get_item(TableName=TABLE, Key=key)["Item"].get("expires_at")
    later = int((HELD_UNTIL + timedelta(days=30)).timestamp())
    assert ends == {held.id: None, released.id: {"N": str(later)}}


def test_everything_is_read_over_pages(dynamodb: DynamoDBClient, stocked: DynamoRepository) -> None:
    held = {stocked.reserve(wish(), HELD_UNTIL, once()).id for _ in range(3)}
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "PRODUCTS"}, "sk": {"S": "PRODUCT#broken"}})
    dynamodb.meta.events.register("provide-client-params.dynamodb.Query", lambda params, **_: {**params, "Limit": 1})
    assert {hold.id for hold in stocked.held()} == held
    found = {record.id: record.created_at for record in stocked.records()}
    assert found == {"blue-mug": product().created_at, "broken": None}

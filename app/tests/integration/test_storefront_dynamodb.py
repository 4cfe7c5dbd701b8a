# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the repository on DynamoDB has to get right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.stub import Stubber
from storefront_support.products import product
from storefront_support.table import REFUSAL_OF_ANOTHER_TABLE, TABLE

from storefront.domain import StorageUnavailable
from storefront.repository import DynamoRepository

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# What the role of a task is allowed to do.
ALLOWED = {"GetItem", "PutItem", "DeleteItem", "Query"}


@pytest.fixture
def repository(dynamodb: DynamoDBClient) -> DynamoRepository:
    """Return the repository on an empty table."""
    return DynamoRepository(dynamodb, TABLE)


def test_only_what_the_task_role_allows_is_called(dynamodb: DynamoDBClient, repository: DynamoRepository) -> None:
    calls: list[tuple[str, dict[str, Any]]] = []
    dynamodb.meta.events.register(
        "before-parameter-build.dynamodb.*", lambda params, model, **_: calls.append((model.name, dict(params)))
    )
    repository.add(product())
    repository.get("blue-mug")
    repository.page(1)
    repository.ping()
    repository.remove("blue-mug")
    assert {name for name, _ in calls} == ALLOWED
    assert {parameters["TableName"] for _, parameters in calls} == {TABLE}
    assert all(parameters["ConsistentRead"] for name, parameters in calls[:-2] if name in ("GetItem", "Query"))


def lose_first_answer(client: DynamoDBClient) -> list[int]:
    """Make the SDK repeat its first write although the table took it; return the status of every attempt."""
    statuses: list[int] = []

    def repeat(response: Any, attempts: int, **_: Any) -> Any:
        statuses.append(response[0].status_code)
        return 0 if attempts == 1 else None

    client.meta.events.register_first("needs-retry.dynamodb.PutItem", repeat)
    return statuses


def test_write_whose_answer_was_lost_is_recognised_when_repeated(
    dynamodb: DynamoDBClient, repository: DynamoRepository
) -> None:
    statuses = lose_first_answer(dynamodb)
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

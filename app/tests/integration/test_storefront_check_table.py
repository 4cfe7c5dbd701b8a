# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a restored table, as a task runs it: the real process against a table behind an address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from storefront_support.products import NOW, once, product, wish
from storefront_support.table import CREDENTIALS, NOT_JUDGED, REGION, TABLE

from storefront.repository import DynamoRepository

SOURCE = Path(__file__).resolve().parents[2] / "src"
LATER = "2025-04-01T00:00:00Z"
TWO_PAGES = 5


@pytest.fixture
def endpoint(aws: str) -> str:
    """Return where the table is, which is empty."""
    for item in client(aws).scan(TableName=TABLE)["Items"]:
        client(aws).delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
    return aws


def client(endpoint: str) -> Any:
    return boto3.client("dynamodb", region_name=REGION, endpoint_url=endpoint, **NOT_JUDGED)


def check(endpoint: str, source: str, copy: str, restored_to: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "STOREFRONT_TABLE_NAME": TABLE,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        **CREDENTIALS,
    }
    command = [sys.executable, "-m", "storefront", "check-table", source, copy, "--restored-to", restored_to]
    return subprocess.run(
        [*command, "--patience", "1"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_table_equals_itself(endpoint: str) -> None:
    repository = DynamoRepository(client(endpoint), TABLE)
    # More than one page of a query, which has 1 MB.
    for number in range(TWO_PAGES):
        client(endpoint).put_item(
            TableName=TABLE,
            Item={
                "pk": {"S": "PRODUCTS"},
                "sk": {"S": f"PRODUCT#mug-{number}"},
                "name": {"S": "Mug"},
                "price_cents": {"N": "1"},
                "stock": {"N": "1"},
                "created_at": {"S": "2025-03-01T09:30:00+00:00"},
                "note": {"S": "x" * 300_000},
            },
        )
    assert len(list(repository.records())) == TWO_PAGES
    done = check(endpoint, TABLE, TABLE, LATER)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert (found["sound"], found["source"]["items"], found["copy"]["items"]) == (True, TWO_PAGES, TWO_PAGES)
    assert found["source"]["newest"] == "2025-03-01T09:30:00+00:00"


def test_copy_that_has_what_is_no_product_is_not_sound(endpoint: str) -> None:
    client(endpoint).put_item(TableName=TABLE, Item={"pk": {"S": "PRODUCTS"}, "sk": {"S": "PRODUCT#mug"}})
    done = check(endpoint, TABLE, TABLE, LATER)
    assert (done.returncode, json.loads(done.stdout)["copy"]["unreadable"]) == (1, 1)


def test_orders_are_compared_whatever_became_of_them(endpoint: str) -> None:
    repository = DynamoRepository(client(endpoint), TABLE)
    repository.add(product())
    first, second = (repository.buy(wish(), NOW + timedelta(seconds=number), once()) for number in range(2))
    repository.settle(first.id, "shipped", 1)
    assert [record.id.partition("#")[2] for record in repository.order_records()] == [first.id, second.id]
    done = check(endpoint, TABLE, TABLE, LATER)
    assert json.loads(done.stdout)["copy"]["items"] == 3, done.stderr
    key = {"pk": {"S": f"ORDER#{first.id}"}, "sk": {"S": "ORDER"}}
    client(endpoint).update_item(TableName=TABLE, Key=key, UpdateExpression="REMOVE placed_at")
    done = check(endpoint, TABLE, TABLE, LATER)
    assert (done.returncode, json.loads(done.stdout)["copy"]["unreadable"]) == (1, 1)


def test_table_that_cannot_be_read_is_told_from_one_that_is_not_sound(endpoint: str) -> None:
    done = check(endpoint, TABLE, "another", LATER)
    assert (done.returncode, done.stdout) == (3, "")
    assert "another cannot both be read" in done.stderr


def test_time_without_a_zone_is_refused(endpoint: str) -> None:
    assert check(endpoint, TABLE, TABLE, "2025-04-01T00:00:00").returncode == 2

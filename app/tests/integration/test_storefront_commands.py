# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks for operators, each the real process against a table behind an address."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from storefront_support.process import environment
from storefront_support.products import NOW, once, wish
from storefront_support.table import NOT_JUDGED, REGION, TABLE

from storefront.repository import DynamoRepository


def run(directory: Path, aws: str, *task: str, table: str = TABLE) -> subprocess.CompletedProcess[str]:
    variables = environment(
        directory, STOREFRONT_TABLE_NAME=table, AWS_REGION=REGION, AWS_ENDPOINT_URL=aws, AWS_MAX_ATTEMPTS="1"
    )
    command = [sys.executable, "-m", "storefront", *task]
    return subprocess.run(command, check=False, env=variables, capture_output=True, text=True, timeout=60)


def test_goods_are_added_once_and_the_stock_is_taken(aws: str, tmp_path: Path) -> None:
    first, second = (json.loads(run(tmp_path, aws, "seed").stdout)["added"] for _ in range(2))
    assert len(first) == 6
    assert second == []
    client: Any = boto3.client("dynamodb", region_name=REGION, endpoint_url=aws, **NOT_JUDGED)
    shop = DynamoRepository(client, TABLE)
    shop.buy(wish(2, product_id="enamel-mug"), NOW, once())
    shop.reserve(wish(2, product_id="enamel-mug"), NOW, once())
    sound = run(tmp_path, aws, "check")
    assert (sound.returncode, json.loads(sound.stdout)) == (0, {"sound": True, "products": 6, "wrong": []})
    client.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "PRODUCTS"}, "sk": {"S": "PRODUCT#enamel-mug"}},
        UpdateExpression="SET stock = stock + :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    wrong = run(tmp_path, aws, "check", "--patience", "1")
    assert wrong.returncode == 1
    account = {"product_id": "enamel-mug", "supplied": 40, "stock": 37, "held": 2, "sold": 2}
    assert json.loads(wrong.stdout) == {"sound": False, "products": 6, "wrong": [account]}


def test_table_that_does_not_answer_is_told_apart(aws: str, tmp_path: Path) -> None:
    for task in ("seed", "check"):
        done = run(tmp_path, aws, task, table="another")
        assert (done.returncode, done.stdout) == (3, "")
        assert "The table does not answer" in done.stderr


def test_unknown_task_is_refused(aws: str, tmp_path: Path) -> None:
    done = run(tmp_path, aws, "sell-everything")
    assert done.returncode == 2
    assert "expected one of check, check-table, seed" in done.stderr

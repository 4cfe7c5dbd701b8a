# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators do with the table: `python -m storefront seed` and `python -m storefront check`.

Both print one line of JSON. The exit code is 0, or 1 if an account is wrong, or 3 if the table does not answer.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

from storefront.accounting import accounts
from storefront.check_table import EXIT_UNREADABLE, EXIT_UNSOUND, PATIENT, PAUSE
from storefront.checkout import utc_now
from storefront.domain import Product, ProductExists, StorageUnavailable
from storefront.repository import DynamoRepository
from storefront.settings import read_settings
from storefront.wsgi import dynamodb_client

GOODS = (
    ("brass-lantern", "Brass lantern", 4990, 8),
    ("enamel-mug", "Enamel mug", 1250, 40),
    ("field-notebook", "Field notebook", 790, 140),
    ("linen-apron", "Linen apron", 2900, 12),
    ("oak-cutting-board", "Oak cutting board", 3450, 24),
    ("wool-blanket", "Wool blanket", 8900, 3),
)


def seed(arguments: Sequence[str]) -> int:
    """Put some goods on the shelves; what is there stays as it is."""
    argparse.ArgumentParser("storefront seed").parse_args(arguments)
    repository = _repository()
    added = []
    try:
        for product_id, name, price, stock in GOODS:
            try:
                repository.add(Product(product_id, name, price, stock, utc_now(), supplied=stock))
                added.append(product_id)
            except ProductExists:
                continue
    except StorageUnavailable as error:
        return _unavailable(error)
    print(json.dumps({"added": added}))
    return 0


def check(arguments: Sequence[str]) -> int:
    """Take stock: of every product, what was supplied has to be on the shelf, held or sold."""
    parser = argparse.ArgumentParser("storefront check")
    parser.add_argument("--patience", type=float, default=10, help="seconds until the indexes have to be up to date")
    end = time.monotonic() + parser.parse_args(arguments).patience
    repository = _repository()
    try:
        while True:
            found = accounts(repository)
            wrong = [asdict(account) for account in found if not account.sound]
            if not wrong or time.monotonic() >= end:
                break
            time.sleep(PAUSE)
    except StorageUnavailable as error:
        return _unavailable(error)
    print(json.dumps({"sound": not wrong, "products": len(found), "wrong": wrong}))
    return EXIT_UNSOUND if wrong else 0


def _repository() -> DynamoRepository:
    settings = read_settings()
    return DynamoRepository(dynamodb_client(settings, PATIENT), settings.table_name)


def _unavailable(error: StorageUnavailable) -> int:
    print(f"The table does not answer: {error.__cause__}", file=sys.stderr)
    return EXIT_UNREADABLE

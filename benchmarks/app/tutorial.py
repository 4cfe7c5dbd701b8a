# SPDX-License-Identifier: GPL-3.0-or-later
"""The same view as tutorials write it: a resource of boto3 for every request, served by gunicorn's threads."""

from __future__ import annotations

import os
from typing import Any

import boto3
from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/api/products/<product_id>")
def show(product_id: str) -> Any:
    """Show a product."""
    table = boto3.resource("dynamodb").Table(os.environ["STOREFRONT_TABLE_NAME"])
    answer = table.get_item(Key={"pk": "PRODUCTS", "sk": f"PRODUCT#{product_id}"})
    item = answer.get("Item")
    if item is None:
        return jsonify(error="not found"), 404
    return jsonify({**item, "price_cents": int(item["price_cents"]), "stock": int(item["stock"])})

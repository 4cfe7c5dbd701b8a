# SPDX-License-Identifier: GPL-3.0-or-later
"""The least that Flask can do: a view that returns a constant, on the server that the shop has."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

app = Flask(__name__)


@app.get("/api/products/<product_id>")
def show(product_id: str) -> dict[str, str]:
    """Return a constant."""
    return {"id": "mug"}


if __name__ == "__main__":
    Granian(
        "benchmarks.app.static_view:app",
        address="127.0.0.1",
        port=int(os.environ["GRANIAN_PORT"]),
        interface=Interfaces.WSGI,
        blocking_threads=16,
        ssl_cert=Path(os.environ["CERTIFICATE"]),
        ssl_key=Path(os.environ["KEY"]),
    ).serve()

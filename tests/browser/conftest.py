# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser, and a shop for it to look at: the process that a task runs, with a table behind it."""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from tests import node_packages

ROOT = Path(__file__).resolve().parents[2]
# In pytest's import mode "importlib" the helpers of the application's tests are not importable by themselves.
sys.path.insert(0, str(ROOT / "app" / "tests"))

from storefront_support.process import Shop, running_shop  # noqa: E402 -- see above
from storefront_support.table import served_table  # noqa: E402 -- see above

FILES = ("package.json", "package-lock.json")
INSTALLED = ROOT / ".run" / "cache" / "browser"
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
GOODS = (
    ("enamel-mug", "Enamel mug", 1250, 7),
    ("wool-blanket", "Wool blanket", 8900, 3),
    ("brass-lantern", "Brass lantern", 4990, 0),
    ("oak-cutting-board", "Oak cutting board", 3450, 24),
    ("linen-apron", "Linen apron", 2900, 12),
    ("field-notebook", "Field notebook", 790, 140),
)


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core."""
    node_packages.require_node(18)
    node_packages.install(Path(__file__).parent, FILES, INSTALLED)
    return (INSTALLED / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a running shop with some goods; reservations hold for five seconds there."""
    with served_table() as endpoint, running_shop(tmp_path_factory.mktemp("shop"), endpoint, **SHORT) as shop:
        for product_id, name, price, stock in GOODS:
            body = {"id": product_id, "name": name, "price_cents": price, "stock": stock}
            assert shop.request("POST", "/api/products", body)[0] == 201
        yield shop


SHORT = {"STOREFRONT_HOLD_SECONDS": "5", "STOREFRONT_SWEEP_SECONDS": "1"}


def options(width: int, height: int) -> Any:
    """Return how the browser is started."""
    found = webdriver.ChromeOptions()
    found.binary_location = shutil.which("chromium") or ""
    found.accept_insecure_certs = True
    arguments = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
    for argument in (*arguments, "--lang=en", f"--window-size={width},{height}"):
        found.add_argument(argument)
    # A phone is narrower than any window can be.
    found.add_experimental_option(
        "mobileEmulation", {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1}}
    )
    found.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return found


@pytest.fixture(params=list(WIDTHS))
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return a browser of a new visitor; at its end nothing stands in its console."""
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("Chromium and its driver are needed, for example: apt-get install chromium chromium-driver")
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options(*WIDTHS[request.param]), service=service)
    try:
        yield driver
        said = [entry["message"] for entry in driver.get_log("browser")]
        # What a form is answered with that is refused, a browser calls a failure to load.
        assert [text for text in said if "the server responded with a status of 4" not in text] == [], json.dumps(said)
    finally:
        driver.quit()


@pytest.fixture
def new_name() -> str:
    """Return an id that no product has."""
    return f"p-{uuid.uuid4().hex[:8]}"

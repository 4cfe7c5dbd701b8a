# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do in the shop, by a browser."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as until
from selenium.webdriver.support.ui import WebDriverWait
from storefront_support.process import Shop

from tests.browser.conftest import ROOT

PATIENCE = 15
# Where a person looks at them: `SCREENSHOTS=somewhere pytest tests/browser`.
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visit:
    """A visitor, who reads and clicks."""

    def __init__(self, browser: Any, shop: Shop, axe: str) -> None:
        self.browser = browser
        self._url = f"https://127.0.0.1:{shop.port}"
        self._axe = axe

    def open(self, path: str) -> None:
        self.browser.get(self._url + path)

    def click(self, selector: str) -> None:
        self.wait(until.element_to_be_clickable((By.CSS_SELECTOR, selector))).click()

    def type(self, selector: str, text: str) -> None:
        field = self.browser.find_element(By.CSS_SELECTOR, selector)
        field.clear()
        field.send_keys(text)

    def wait(self, condition: Any) -> Any:
        return WebDriverWait(self.browser, PATIENCE, 0.05).until(condition)

    def sees(self, text: str, selector: str = "main") -> None:
        self.wait(until.text_to_be_present_in_element((By.CSS_SELECTOR, selector), text))

    def at(self, part: str) -> None:
        self.wait(until.url_contains(part))

    def looks_well(self, name: str) -> None:
        """Have the judge of accessibility look at the page, in both colour schemes, and see that nothing sticks out."""
        for scheme in ("light", "dark"):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
            assert self._violations() == [], f"{name}, {scheme}"
            if SCREENSHOTS:
                width = self.browser.execute_script("return innerWidth")
                self._whole_page(Path(SCREENSHOTS) / f"{name}-{width}-{scheme}.png")
        sticks_out = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.browser.execute_script(sticks_out) == 0, name

    def _violations(self) -> list[str]:
        self.browser.execute_script("if (!window.axe) { " + self._axe + " }")
        run = "const [rules, done] = arguments; axe.run({runOnly: rules}).then(done, e => done({error: `${e}`}))"
        found = self.browser.execute_async_script(run, RULES)
        assert "error" not in found, found
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    def _whole_page(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.browser.save_screenshot(str(path))


@pytest.fixture
def visit(browser: Any, shop: Shop, axe: str) -> Visit:
    """Return a visitor."""
    return Visit(browser, shop, axe)


def test_visitor_buys_and_cancels(visit: Visit, shop: Shop) -> None:
    visit.open("/")
    visit.sees("Oak cutting board")
    visit.looks_well("catalogue")
    visit.click("a[href$='/products/oak-cutting-board']")
    visit.at("/products/oak-cutting-board")
    visit.sees("34.50")
    visit.looks_well("product")
    before = shop.request("GET", "/api/products/oak-cutting-board")[1]["stock"]
    visit.type("#quantity", "2")
    visit.click("form button:not(.second)")
    visit.at("/orders")
    visit.sees("Placed")
    visit.sees("69.00")
    visit.looks_well("orders")
    assert shop.request("GET", "/api/products/oak-cutting-board")[1]["stock"] == before - 2
    visit.click("form button.small")
    visit.sees("Cancelled")
    assert shop.request("GET", "/api/products/oak-cutting-board")[1]["stock"] == before


def test_visitor_buys_what_was_reserved(visit: Visit) -> None:
    visit.open("/products/linen-apron")
    visit.click("form button.second")
    visit.at("/reservations/")
    visit.sees("Reserved for you")
    visit.click("form[action$='/buy'] button")
    visit.at("/orders")
    visit.sees("Linen apron")


def test_reservation_ends_before_the_visitors_eyes(visit: Visit) -> None:
    visit.open("/products/field-notebook")
    visit.click("form button.second")
    visit.at("/reservations/")
    visit.sees("Reserved for you")
    visit.looks_well("reservation")
    # htmx asks again: nobody loads the page anew.
    visit.sees("Your reservation has expired")
    visit.looks_well("reservation-expired")


def test_what_cannot_be_bought_is_said_beside_the_field(visit: Visit) -> None:
    for typed, said in (("99", "only 3 are left"), ("0", "greater than or equal to 1"), ("many", "valid integer")):
        visit.open("/products/wool-blanket")
        visit.type("#quantity", typed)
        visit.click("form button:not(.second)")
        visit.sees(said, "#quantity-hint")
        assert visit.browser.find_element(By.ID, "quantity").get_attribute("aria-invalid") == "true"
    visit.looks_well("refused")


def test_shelves_are_filled_and_changed(visit: Visit, new_name: str) -> None:
    visit.open("/admin")
    visit.type("#new-name", "<b>Tea</b> towel \"'&")
    visit.type("#new-id", new_name)
    visit.type("#new-price", "free")
    visit.type("#new-stock", "5")
    visit.click("#add button")
    visit.sees("An amount in euros", "#new-price-hint")
    assert visit.browser.find_element(By.ID, "new-id").get_attribute("value") == new_name
    visit.type("#new-price", "7,5")
    visit.click("#add button")
    visit.sees(f"{new_name} is on the shelf")
    visit.sees("<b>Tea</b> towel \"'&")
    visit.looks_well("admin")
    visit.type(f"[id='{new_name}-stock']", "9")
    visit.click(f"form[action$='/{new_name}'] button")
    visit.sees(f"{new_name} · version 2")


def test_page_that_is_not_there_says_so(visit: Visit) -> None:
    visit.open("/products/nothing")
    visit.sees("No such product")
    visit.looks_well("problem")


def test_vendored_script_is_the_one_that_was_published() -> None:
    script = ROOT / "app" / "src" / "storefront" / "pages" / "static" / "htmx.min.js"
    text = json.dumps(hashlib.sha256(script.read_bytes()).hexdigest())
    assert text.strip('"') in (script.parent / "README.md").read_text(encoding="utf-8")

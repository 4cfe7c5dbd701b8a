# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository
from storefront_support.products import TASK_ID, form, product

from storefront.pages.catalogue import format_price


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def input(self, name: str) -> dict[str, str | None]:
        return next(attributes for attributes in self.attributes("input") if attributes["name"] == name)


def test_page_shows_products_and_who_answered(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product(price_cents=123456, stock=0))
    answer = client.get("/")
    assert answer.mimetype == "text/html"
    text = Page(answer.text).text
    assert "Blue mug" in text
    assert "€\u00a01,234.56" in text
    assert "Sold out" in text
    assert TASK_ID in text
    assert "1.2.3" in text


def test_empty_shop_says_so(client: FlaskClient) -> None:
    assert "Nothing on the shelves yet" in client.get("/").text


def test_form_adds_a_product_and_leads_back_to_the_list(client: FlaskClient, memory: MemoryRepository) -> None:
    answer = client.post("/", data=form())
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/?added=blue-mug#products"
    assert memory.get("blue-mug").price_cents == 1250
    assert "blue-mug was added." in Page(client.get("/?added=blue-mug").text).text


@pytest.mark.parametrize(("typed", "cents"), [("12", 1200), ("12.5", 1250), ("0,99", 99), (" 7.00 ", 700), ("0", 0)])
def test_price_is_understood(client: FlaskClient, memory: MemoryRepository, typed: str, cents: int) -> None:
    assert client.post("/", data=form(price=typed)).status_code == 303
    assert memory.get("blue-mug").price_cents == cents


@pytest.mark.parametrize("typed", ["", "free", "-1", "1.234", "1_000", "12345678", "1e3", "1250.000", "1000001", "٣"])
def test_what_is_no_price_is_refused(client: FlaskClient, memory: MemoryRepository, typed: str) -> None:
    answer = client.post("/", data=form(price=typed))
    assert answer.status_code == 422
    assert memory.page(1).products == ()
    assert Page(answer.text).input("price")["aria-invalid"] == "true"


def test_refused_form_keeps_what_was_typed_and_marks_only_what_is_wrong(client: FlaskClient) -> None:
    answer = client.post("/", data=form(id='"><b>', stock="many"))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.input("id")["value"] == '"><b>'
    assert page.input("name")["value"] == "Blue mug"
    assert {name for name in ("name", "id", "price", "stock") if "aria-invalid" in page.input(name)} == {"id", "stock"}
    assert page.attributes("b") == []


def test_taken_id_is_marked(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product())
    answer = client.post("/", data=form())
    assert answer.status_code == 409
    assert Page(answer.text).input("id")["aria-invalid"] == "true"


def test_markup_in_a_name_is_text(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product(name="<script>alert(1)</script>"))
    page = Page(client.get("/").text)
    assert page.attributes("script") == []
    assert "<script>alert(1)</script>" in page.text


def test_only_an_id_is_repeated_from_the_address(client: FlaskClient) -> None:
    assert "was added" not in client.get("/?added=Call+us!").text
    assert "was added" in client.get("/?added=blue-mug").text


def test_pages_lead_through_the_whole_list(client: FlaskClient, memory: MemoryRepository) -> None:
    for number in range(13):
        memory.add(product(f"p-{number:02}", name=f"Product {number:02}"))
    first = client.get("/").text
    assert "Product 11" in first
    assert "Product 12" not in first
    links = [attributes["href"] or "" for attributes in Page(first).attributes("a")]
    following = next(link for link in links if "cursor" in parse_qs(urlsplit(link).query))
    second = client.get(following).text
    assert "Product 12" in second
    assert "Product 11" not in second
    assert "cursor=" not in second


def test_page_obeys_its_own_content_security_policy(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product())
    page = Page(client.get("/").text)
    assert page.attributes("script") == []
    assert page.attributes("style") == []
    for _, attributes in page.elements:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
    addresses = [attributes["href"] for attributes in page.attributes("link")]
    addresses += [attributes["src"] for attributes in page.attributes("img")]
    assert len(addresses) == 3
    for address in addresses:
        assert address is not None
        assert client.get(address).status_code == 200


def test_style_sheet_loads_nothing(client: FlaskClient) -> None:
    answer = client.get("/static/storefront.css")
    assert answer.mimetype == "text/css"
    assert not re.search(r"url\(|@import", answer.text)
    assert client.get("/static/storefront.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_every_input_has_a_label_and_a_hint(client: FlaskClient) -> None:
    page = Page(client.get("/").text)
    labels = {attributes["for"] for attributes in page.attributes("label")}
    ids = {attributes.get("id") for _, attributes in page.elements}
    inputs = page.attributes("input")
    assert len(inputs) == 4
    for attributes in inputs:
        assert attributes["id"] in labels
        assert attributes["aria-describedby"] in ids


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (99, "0.99"), (100_000_000, "1,000,000.00")])
def test_price_has_two_decimals(cents: int, text: str) -> None:
    assert format_price(cents) == f"€\u00a0{text}"

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository
from storefront_support.products import NOW, TASK_ID, form, once, product, wish
from werkzeug.test import TestResponse

from storefront.domain import ProductChange
from storefront.pages.view import format_amount, format_price


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

    def form(self) -> dict[str, str]:
        """Return what every form of the page brings back."""
        hidden = {each["name"]: each["value"] for each in self.attributes("input") if each.get("type") == "hidden"}
        return {str(name): str(value) for name, value in hidden.items()}

    def input(self, name: str) -> dict[str, str | None]:
        return next(
            attributes
            for attributes in self.attributes("input")
            if attributes["name"] == name and attributes.get("type") != "hidden"
        )


def load(client: FlaskClient, path: str) -> Page:
    return Page(client.get(path).text)


def send(client: FlaskClient, source: str, path: str, values: dict[str, str] | None = None) -> TestResponse:
    """Send a form of a page."""
    return client.post(path, data={**load(client, source).form(), **(values or {})})


def test_catalogue_shows_products_and_who_answered(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product(price_cents=123456, stock=0))
    memory.add(product("scarce", stock=4))
    answer = client.get("/")
    assert answer.mimetype == "text/html"
    text = Page(answer.text).text
    for part in ("Blue mug", "€\u00a01,234.56", "Sold out", "Only 4 left", TASK_ID, "1.2.3"):
        assert part in text
    # Nobody needs a name, or the table, to look around.
    assert "Set-Cookie" not in answer.headers


def test_empty_shop_says_so(client: FlaskClient) -> None:
    assert "Nothing on the shelves yet" in client.get("/").text
    assert "Nothing bought yet" in client.get("/orders").text


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


@pytest.fixture
def stocked(client: FlaskClient, memory: MemoryRepository) -> FlaskClient:
    """Return a visitor of a shop with seven mugs."""
    memory.add(product())
    return client


def test_visitor_buys_and_sees_the_order_and_cancels_it(stocked: FlaskClient, memory: MemoryRepository) -> None:
    bought = send(stocked, "/products/blue-mug", "/products/blue-mug/buy", {"quantity": "2"})
    assert bought.status_code == 303
    page = load(stocked, bought.headers["Location"])
    assert "€\u00a025.00" in page.text
    assert "Placed" in page.text
    (order,) = memory.orders_in("placed", 5).orders
    cancelled = send(stocked, "/orders", f"/orders/{order.id}/cancel")
    assert cancelled.status_code == 303
    assert "Cancelled" in load(stocked, cancelled.headers["Location"]).text
    assert memory.get("blue-mug").stock == 7
    again = stocked.post(f"/orders/{order.id}/cancel", data=load(stocked, "/products/blue-mug").form())
    assert again.status_code == 409
    assert "cancelled already" in again.text


def test_form_that_is_sent_twice_happens_once(stocked: FlaskClient, memory: MemoryRepository) -> None:
    values = {**load(stocked, "/products/blue-mug").form(), "quantity": "2"}
    answers = [stocked.post("/products/blue-mug/buy", data=values) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert memory.get("blue-mug").stock == 5
    other = stocked.post("/products/blue-mug/buy", data={**values, "quantity": "1"})
    assert other.status_code == 422
    assert stocked.post("/products/blue-mug/buy", data={**values, "once": "x"}).status_code == 400


def test_visitor_reserves_and_then_buys_or_gives_up(stocked: FlaskClient, memory: MemoryRepository) -> None:
    addresses = []
    for _ in range(2):
        held = send(stocked, "/products/blue-mug", "/products/blue-mug/reserve", {"quantity": "1"})
        assert held.status_code == 303
        addresses.append(held.headers["Location"])
    assert "Reserved for you" in load(stocked, addresses[0]).text
    assert load(stocked, "/orders").text.count("Open") == 2
    assert send(stocked, addresses[0], f"{addresses[0]}/buy").status_code == 303
    assert send(stocked, addresses[1], f"{addresses[1]}/release").headers["Location"] == "/products/blue-mug"
    assert memory.get("blue-mug").stock == 6
    values = load(stocked, "/products/blue-mug").form()
    for address in addresses:
        for what in ("buy", "release"):
            late = stocked.post(f"{address}/{what}", data={**values, "once": "another-key"})
            expected = 303 if (address, what) == (addresses[1], "release") else 409
            assert late.status_code == expected


def test_what_is_of_others_is_not_found(stocked: FlaskClient, memory: MemoryRepository) -> None:
    held = memory.reserve(wish(), NOW + timedelta(days=9999), once())
    order = memory.buy(wish(), NOW, once())
    values = load(stocked, "/products/blue-mug").form()
    assert stocked.get(f"/reservations/{held.id}").status_code == 404
    for path in (f"/reservations/{held.id}/buy", f"/reservations/{held.id}/release", f"/orders/{order.id}/cancel"):
        assert stocked.post(path, data=values).status_code == 404
    for new in (order.id, "0" * 32, "<b>"):
        assert "Blue mug" not in stocked.get("/orders", query_string={"new": new}).text
    assert memory.order(order.id).status == "placed"


def test_orders_are_paged_and_their_cursor_is_the_visitors_own(stocked: FlaskClient, memory: MemoryRepository) -> None:
    memory.change("blue-mug", ProductChange(stock=99), 1)
    for _ in range(11):
        send(stocked, "/products/blue-mug", "/products/blue-mug/buy", {"quantity": "1"})
    links = [str(attributes["href"]) for attributes in load(stocked, "/orders").attributes("a")]
    following = next(link for link in links if "cursor" in link)
    assert load(stocked, following).text.count("Placed") == 1
    stranger = stocked.application.test_client()
    assert stranger.get(following).status_code == 422


@pytest.mark.parametrize(("typed", "status"), [("8", 409), ("0", 422), ("many", 422), ("", 422), ("1.5", 422)])
def test_what_cannot_be_bought_is_said_beside_the_field(
    stocked: FlaskClient, memory: MemoryRepository, typed: str, status: int
) -> None:
    for what in ("buy", "reserve"):
        answer = send(stocked, "/products/blue-mug", f"/products/blue-mug/{what}", {"quantity": typed})
        assert answer.status_code == status
        field = Page(answer.text).input("quantity")
        assert (field["value"], field["aria-invalid"]) == (typed, "true")
    assert memory.get("blue-mug").stock == 7


def test_form_of_another_visit_is_refused(stocked: FlaskClient, memory: MemoryRepository) -> None:
    values = load(stocked, "/products/blue-mug").form() | {"quantity": "1"}
    stranger = stocked.application.test_client()
    for client, sent in ((stranger, values), (stocked, values | {"token": "x"}), (stocked, {"quantity": "1"})):
        assert client.post("/products/blue-mug/buy", data=sent).status_code == 403
    assert memory.get("blue-mug").stock == 7


def test_cookie_is_kept_from_scripts_and_other_sites_and_cannot_be_made(stocked: FlaskClient) -> None:
    cookie = stocked.get("/products/blue-mug").headers["Set-Cookie"]
    assert cookie.startswith("__Host-visitor=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Set-Cookie" not in stocked.get("/products/blue-mug").headers
    stocked.set_cookie("__Host-visitor", "made.up")
    assert "Set-Cookie" in stocked.get("/products/blue-mug").headers


def test_form_adds_a_product_and_leads_back_to_the_list(client: FlaskClient, memory: MemoryRepository) -> None:
    answer = send(client, "/admin", "/admin", form())
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/admin?done=blue-mug"
    assert (memory.get("blue-mug").price_cents, memory.get("blue-mug").supplied) == (1250, 7)
    assert "blue-mug is on the shelf." in load(client, "/admin?done=blue-mug").text
    assert "is on the shelf" not in load(client, "/admin?done=Call+us!").text


@pytest.mark.parametrize(("typed", "cents"), [("12", 1200), ("12.5", 1250), ("0,99", 99), (" 7.00 ", 700), ("0", 0)])
def test_price_is_understood(client: FlaskClient, memory: MemoryRepository, typed: str, cents: int) -> None:
    assert send(client, "/admin", "/admin", form(price=typed)).status_code == 303
    assert memory.get("blue-mug").price_cents == cents


@pytest.mark.parametrize("typed", ["", "free", "-1", "1.234", "1_000", "12345678", "1e3", "1250.000", "1000001", "٣"])
def test_what_is_no_price_is_refused(client: FlaskClient, memory: MemoryRepository, typed: str) -> None:
    answer = send(client, "/admin", "/admin", form(price=typed))
    assert answer.status_code == 422
    assert memory.page(1).products == ()
    assert Page(answer.text).input("price")["aria-invalid"] == "true"


def test_refused_form_keeps_what_was_typed_and_marks_only_what_is_wrong(client: FlaskClient) -> None:
    answer = send(client, "/admin", "/admin", form(id='"><b>', stock="many"))
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.input("id")["value"] == '"><b>'
    assert page.input("name")["value"] == "Blue mug"
    assert {name for name in ("name", "id", "price", "stock") if "aria-invalid" in page.input(name)} == {"id", "stock"}
    assert page.attributes("b") == []


def test_taken_id_is_marked(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product())
    answer = send(client, "/admin", "/admin", form())
    assert answer.status_code == 409
    assert "There is already a product" in Page(answer.text).text


def test_stock_is_changed_by_who_saw_it_last(stocked: FlaskClient, memory: MemoryRepository) -> None:
    old = load(stocked, "/admin").form()
    values = {**old, "price": "9", "stock": "3"}
    assert stocked.post("/admin/products/blue-mug", data=values).status_code == 303
    assert (memory.get("blue-mug").stock, memory.get("blue-mug").price_cents) == (3, 900)
    stale = stocked.post("/admin/products/blue-mug", data={**values, "stock": "8"})
    assert stale.status_code == 409
    assert "version 2" in stale.text
    wrong = send(stocked, "/admin", "/admin/products/blue-mug", {"price": "9", "stock": "-1"})
    assert wrong.status_code == 422
    for version in ("", "x", "9" * 13):
        sent = {**values, "version": version}
        assert stocked.post("/admin/products/blue-mug", data=sent).status_code == 409
    assert memory.get("blue-mug").stock == 3


def test_markup_in_a_name_is_text_on_every_page(client: FlaskClient, memory: MemoryRepository) -> None:
    name = "<script>alert(1)</script>\"'&{{7*7}}"
    memory.add(product(name=name))
    send(client, "/products/blue-mug", "/products/blue-mug/buy", {"quantity": "1"})
    held = send(client, "/products/blue-mug", "/products/blue-mug/reserve", {"quantity": "1"})
    for path in ("/", "/products/blue-mug", "/orders", "/admin", held.headers["Location"]):
        page = load(client, path)
        assert len(page.attributes("script")) == 2
        assert name in page.text


def test_pages_obey_their_own_content_security_policy(stocked: FlaskClient) -> None:
    held = send(stocked, "/products/blue-mug", "/products/blue-mug/reserve", {"quantity": "1"})
    for path in ("/", "/products/blue-mug", "/orders", "/admin", held.headers["Location"]):
        answer = stocked.get(path)
        page = Page(answer.text)
        assert page.attributes("style") == []
        for _, attributes in page.elements:
            assert not [name for name in attributes if name == "style" or name.startswith("on")]
        (nonce,) = {attributes["nonce"] for attributes in page.attributes("script")}
        assert f"script-src 'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        addresses = [attributes["href"] for attributes in page.attributes("link")]
        addresses += [attributes["src"] for name in ("img", "script") for attributes in page.attributes(name)]
        for address in addresses:
            assert address is not None
            assert stocked.get(address).status_code == 200
    assert "script-src" not in stocked.get("/healthz").headers["Content-Security-Policy"]


def test_every_page_has_another_nonce(client: FlaskClient) -> None:
    nonces = {load(client, "/").attributes("script")[0]["nonce"] for _ in range(3)}
    assert len(nonces) == 3


def test_people_get_problems_as_pages_and_programs_do_not(client: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    shown = client.get("/products/nothing", headers=browser)
    assert (shown.status_code, shown.mimetype) == (404, "text/html")
    assert "No such product" in Page(shown.text).text
    assert client.get("/products/nothing").mimetype == "application/problem+json"
    assert client.get("/api/products/nothing", headers=browser).mimetype == "application/problem+json"


def test_style_sheet_loads_nothing(client: FlaskClient) -> None:
    answer = client.get("/static/storefront.css")
    assert answer.mimetype == "text/css"
    assert not re.search(r"url\(|@import", answer.text)
    assert client.get("/static/storefront.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_every_input_has_a_label(stocked: FlaskClient) -> None:
    for path in ("/products/blue-mug", "/admin"):
        page = load(stocked, path)
        labels = {attributes["for"] for attributes in page.attributes("label")}
        inputs = [attributes for attributes in page.attributes("input") if attributes.get("type") != "hidden"]
        assert inputs
        assert {attributes["id"] for attributes in inputs} <= labels


@pytest.mark.parametrize(("cents", "text"), [(0, "0.00"), (5, "0.05"), (99, "0.99"), (100_000_000, "1,000,000.00")])
def test_price_has_two_decimals(cents: int, text: str) -> None:
    assert format_price(cents) == f"€\u00a0{text}"
    assert format_amount(cents) == text.replace(",", "")

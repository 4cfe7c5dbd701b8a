# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What operators see: accounts, metrics, traces, the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from storefront_support.memory import MemoryRepository
from storefront_support.products import NOW, once, product, wish

from storefront import create_app, tracing
from storefront.accounting import Account, accounts
from storefront.domain import StorageUnavailable
from storefront.settings import Settings
from storefront.sweeper import Sweeper


def test_account_is_what_is_in_stock_held_and_sold(memory: MemoryRepository) -> None:
    memory.add(product(supplied=7))
    memory.add(product("uncounted"))
    for number in range(101):
        memory.add(product(f"more-{number:03}", supplied=7))
    memory.reserve(wish(2), NOW, once())
    memory.buy(wish(1), NOW, once())
    memory.settle(memory.buy(wish(1), NOW, once()).id, "cancelled", 1)
    memory.settle(memory.buy(wish(1), NOW, once()).id, "shipped", 1)
    memory.buy(wish(product_id="uncounted"), NOW, once())
    found = {account.product_id: account for account in accounts(memory)}
    assert len(found) == 103
    assert found["blue-mug"] == Account("blue-mug", 7, 3, 2, 2)
    assert found["uncounted"] == Account("uncounted", None, 6, 0, 1)
    assert all(account.sound for account in found.values())


def test_orders_of_many_pages_are_all_counted(memory: MemoryRepository) -> None:
    memory.add(product(stock=105, supplied=105))
    for _ in range(102):
        memory.buy(wish(), NOW, once())
    assert accounts(memory) == [Account("blue-mug", 105, 3, 0, 102)]


def test_what_was_sold_of_an_earlier_product_of_the_same_id_is_not_counted(memory: MemoryRepository) -> None:
    memory.add(product(supplied=7))
    memory.buy(wish(), NOW, once())
    memory.remove("blue-mug")
    memory.add(product(supplied=7, created_at=NOW))
    assert accounts(memory) == [Account("blue-mug", 7, 7, 0, 0)]


@pytest.mark.parametrize("numbers", [(7, 7, 0, 1), (7, 6, 0, 0), (7, -1, 0, 8), (None, -1, 0, 0)])
def test_wrong_account_is_noticed(numbers: tuple[int | None, int, int, int]) -> None:
    assert not Account("blue-mug", *numbers).sound


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """Return what is logged."""
    with structlog.testing.capture_logs() as found:
        yield found


def test_line_of_a_request_has_metrics_if_a_namespace_is_set(
    settings: Settings, memory: MemoryRepository, lines: list[dict[str, Any]]
) -> None:
    measured = settings.model_copy(update={"metrics_namespace": "Shop"})
    for each in (settings, measured):
        create_app(each, memory).test_client().get("/nothing")
    plain, line = lines
    assert "_aws" not in plain
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Shop"
    # CloudWatch drops a line without a word if it names what is not in it.
    for name in [metric["Name"] for metric in directive["Metrics"]] + [
        one for set_ in directive["Dimensions"] for one in set_
    ]:
        assert name in line
    assert (line["refused"], line["failed"], line["version"]) == (1, 0, "1.2.3")
    assert abs(line["_aws"]["Timestamp"] / 1000 - NOW.timestamp()) > 1


def test_requests_become_spans_of_the_callers_trace(client: FlaskClient, settings: Settings) -> None:
    app = create_app(settings, MemoryRepository())
    exporter = InMemorySpanExporter()
    tracing.install(app, "1.2.3", exporter)
    app.extensions["tracer_provider"].add_span_processor(SimpleSpanProcessor(exporter))
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    app.test_client().get("/healthz", headers={"traceparent": parent})
    app.test_client().get("/nothing")
    first, second = exporter.get_finished_spans()[:2]
    assert (first.name, f"{first.context.trace_id:032x}") == ("GET /healthz", parent.split("-")[1])
    assert first.attributes is not None
    assert first.attributes["http.response.status_code"] == 200
    assert second.name == "GET unknown"
    app.extensions["tracer_provider"].shutdown()


def test_sweep_puts_back_and_tells(memory: MemoryRepository, lines: list[dict[str, Any]]) -> None:
    memory.add(product())
    memory.reserve(wish(2), NOW.replace(year=2025), once())
    for _ in range(2):
        Sweeper(memory, 1).sweep()
    assert memory.get("blue-mug").stock == 7
    assert [(line["event"], line["count"]) for line in lines] == [("reservations expired", 1)]


def test_sweep_that_fails_is_told_and_tried_again(
    memory: MemoryRepository, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeper = Sweeper(memory, 0.001)
    rounds: list[int] = []

    def fail(*_: object) -> int:
        rounds.append(1)
        if len(rounds) == 3:
            sweeper.stop()
        raise StorageUnavailable from TimeoutError("table")

    monkeypatch.setattr(memory, "expire", fail)
    sweeper.start()
    sweeper.join(timedelta(seconds=20).total_seconds())
    assert not sweeper.is_alive()
    assert len(rounds) == 3
    assert {line["cause"] for line in lines} == {"TimeoutError('table')"}

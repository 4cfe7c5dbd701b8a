# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces as a collector gets them from a task: over the network, also those of its last requests."""

from __future__ import annotations

import json
import time
from pathlib import Path

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from storefront_support.collector import Collector
from storefront_support.process import free_port, running_shop, wait_until
from storefront_support.serving import serving

from storefront import tracing

# Longer than a test takes: what comes, comes because the task ends.
LATER = {"OTEL_BSP_SCHEDULE_DELAY": "60000"}
# Besides the seconds for the last spans, on a machine that has much to do.
PROMPT_SECONDS = 5


def attributes(span: Span) -> dict[str, object]:
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes}


def test_spans_of_requests_come_to_the_collector(tmp_path: Path, aws: str) -> None:
    variables = {"OTEL_BSP_SCHEDULE_DELAY": "100", "STOREFRONT_VERSION": "1.2.3"}
    with serving(Collector()) as collector:
        with running_shop(tmp_path, aws, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **variables) as shop:
            assert shop.request("GET", "/api/products/none")[0] == 404
            wait_until(lambda: len(collector.spans) == 1, "the span has come")
            log = [json.loads(line) for line in shop.log.read_text().splitlines() if "/api/products" in line]
        (span,) = collector.spans
        assert span.name == "GET /api/products/<product_id:product_id>"
        assert span.kind == Span.SPAN_KIND_SERVER
        assert attributes(span) == {
            "http.request.method": "GET",
            "http.route": "/api/products/<product_id:product_id>",
            "http.response.status_code": 404,
        }
        assert span.status.code == Status.STATUS_CODE_UNSET
        # By it one finds the lines of a request.
        assert [line["trace_id"] for line in log] == [span.trace_id.hex()]
        resource = {one.key: one.value.string_value for one in collector.received[0].resource.attributes}
        assert (resource["service.name"], resource["service.version"]) == ("storefront", "1.2.3")


def test_spans_of_the_last_requests_come_before_a_task_ends(tmp_path: Path, aws: str) -> None:
    with serving(Collector()) as collector:
        with running_shop(tmp_path, aws, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **LATER) as shop:
            for _ in range(3):
                shop.request("GET", "/healthz")
            assert collector.spans == []
            shop.terminate()
            assert shop.exit_code() == 0
        assert [span.name for span in collector.spans] == ["GET /healthz"] * 3


def test_a_collector_that_is_away_delays_no_answer_and_no_end(tmp_path: Path, aws: str) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with running_shop(tmp_path, aws, OTEL_EXPORTER_OTLP_ENDPOINT=nobody, OTEL_BSP_SCHEDULE_DELAY="50") as shop:
        for _ in range(20):
            assert shop.request("GET", "/readyz")[0] == 200
        shop.terminate()
        began = time.monotonic()
        assert shop.exit_code() == 0
        assert time.monotonic() - began < tracing.LAST_SPANS_SECONDS + PROMPT_SECONDS
        # Whatever is said of it is one line of JSON each.
        assert all(json.loads(line) for line in shop.log.read_text().splitlines())

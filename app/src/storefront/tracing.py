# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces by OpenTelemetry, for who has a collector: without an endpoint nothing of it is even imported."""

from __future__ import annotations

import threading
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Response, g, request

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

# So long a task that ends waits for a collector, which may be away: half a minute, left to the SDK.
LAST_SPANS_SECONDS = 3


def install(app: Flask, version: str, exporter: SpanExporter | None = None) -> None:
    """Make a span of every request; the exporter reads the rest of OTEL_EXPORTER_OTLP_* itself."""
    # ruff: noqa: PLC0415 -- a third of a second at the start, and memory, for who does not use it
    from opentelemetry import propagate, trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": "storefront", "service.version": version})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
    tracer = provider.get_tracer("storefront")
    app.extensions["tracer_provider"] = provider
    # A worker ends as a process of multiprocessing does, which knows nothing of atexit: the last spans would be lost.
    Finalize(provider, _send_what_is_left, (provider,), exitpriority=0)

    def begin() -> None:
        rule = request.url_rule.rule if request.url_rule else "unknown"
        context = propagate.extract({name.lower(): value for name, value in request.headers})
        g.span = tracer.start_span(f"{request.method} {rule}", context, kind=trace.SpanKind.SERVER)
        g.span.set_attributes({"http.request.method": request.method, "http.route": rule})
        structlog.contextvars.bind_contextvars(trace_id=f"{g.span.get_span_context().trace_id:032x}")

    def end(response: Response) -> Response:
        g.span.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 500:
            g.span.set_status(trace.StatusCode.ERROR)
        g.span.end()
        return response

    app.before_request(begin)
    app.after_request(end)


def _send_what_is_left(provider: TracerProvider) -> None:
    sender = threading.Thread(target=provider.shutdown, daemon=True)
    sender.start()
    sender.join(LAST_SPANS_SECONDS)

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A collector of traces: it takes OTLP over HTTP as OpenTelemetry's own does, and keeps the spans."""

from __future__ import annotations

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from storefront_support.serving import LoopbackServer, QuietHandler


class Collector(LoopbackServer):
    """The collector; `received` has what came, in that order."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.received: list[ResourceSpans] = []

    @property
    def spans(self) -> list[Span]:
        """Return all spans that came."""
        return [span for one in list(self.received) for scope in one.scope_spans for span in scope.spans]


class _Handler(QuietHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.body()
        known = (self.path, self.headers["Content-Type"]) == ("/v1/traces", "application/x-protobuf")
        if known:
            self.server.received += ExportTraceServiceRequest.FromString(body).resource_spans
        self.answer(200 if known else 400)

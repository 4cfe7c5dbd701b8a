# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs: one JSON object per line on stdout, with the id of the request that caused it."""

from __future__ import annotations

import logging
import logging.config
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

from storefront import metrics

REQUEST_ID_HEADER = "X-Request-Id"
_SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE_TRACE = re.compile(r"[A-Za-z0-9=;:_-]{1,256}")
_LONGEST_PATH = 256

_log = structlog.stdlib.get_logger("storefront.request")


def configure(level: str) -> None:
    """Send the logs of this process, the libraries' too, to stdout."""
    logging.config.dictConfig(logging_config(level))
    structlog.configure(
        processors=[*_shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def logging_config(level: str) -> dict[str, Any]:
    """Return the configuration in the form that logging and granian take."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "storefront.logs.json_formatter"}},
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {"_granian": {"level": level}},
    }


def json_formatter() -> logging.Formatter:
    """Return the formatter that writes one JSON object per record: no text can end a line or forge another."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_shared_processors()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def _shared_processors() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]


def install(app: Flask, metrics_namespace: str = "", version: str = "") -> None:
    """Give every request an id, and write one line about it when it is answered, maybe with metrics in it."""

    def end_request(response: Response) -> Response:
        more = metrics.of_request(metrics_namespace, version, response.status_code) if metrics_namespace else {}
        return _end_request(response, more)

    app.before_request(_begin_request)
    app.after_request(end_request)


def current_request_id() -> str:
    """Return the id of the request that is being answered."""
    request_id: str = g.request_id
    return request_id


def _begin_request() -> None:
    g.started = time.perf_counter()
    given = request.headers.get(REQUEST_ID_HEADER, "")
    g.request_id = given if _SAFE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    trace = request.headers.get("X-Amzn-Trace-Id", "")
    if _SAFE_TRACE.fullmatch(trace):
        structlog.contextvars.bind_contextvars(trace=trace)


def _end_request(response: Response, more: Mapping[str, Any]) -> Response:
    response.headers[REQUEST_ID_HEADER] = g.request_id
    # A load balancer asks for the health of every task every few seconds.
    write = _log.debug if request.endpoint == "health.alive" and response.status_code == 200 else _log.info
    write(
        "request answered",
        method=request.method,
        path=request.path[:_LONGEST_PATH],
        status=response.status_code,
        duration_ms=round((time.perf_counter() - g.started) * 1000, 1),
        **more,
    )
    return response

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository

from storefront import logs

ReadLogs = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def read_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadLogs]:
    """Log as in production, and return what parses the lines."""
    stdout = io.StringIO()
    monkeypatch.setattr("sys.stdout", stdout)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("INFO")
    yield lambda: [json.loads(line) for line in stdout.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_request_is_one_line_with_its_id(client: FlaskClient, read_logs: ReadLogs) -> None:
    client.get("/api/products?limit=5", headers={"X-Request-Id": "abc-123", "X-Amzn-Trace-Id": "Root=1-67891233-abc"})
    (line,) = read_logs()
    assert line.pop("duration_ms") >= 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "request answered",
        "level": "info",
        "logger": "storefront.request",
        "method": "GET",
        "path": "/api/products",
        "status": 200,
        "request_id": "abc-123",
        "trace": "Root=1-67891233-abc",
    }


@pytest.mark.parametrize("given", ["a\nb", 'a"b', "a b", "", "x" * 65, "\x1b[31m", "é"])
def test_unsafe_request_id_is_replaced(client: FlaskClient, read_logs: ReadLogs, given: str) -> None:
    environ = {"HTTP_X_REQUEST_ID": given, "HTTP_X_AMZN_TRACE_ID": given + "\n"}
    answer = client.get("/nothing", environ_overrides=environ)
    (line,) = read_logs()
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert len(line["request_id"]) == 32
    assert "trace" not in line


def test_no_path_can_forge_a_line(client: FlaskClient, read_logs: ReadLogs) -> None:
    client.get("/%0A%7B%22event%22:%22forged%22%7D%E2%80%A8%1B%5B31m%00" + "x" * 5000)
    (line,) = read_logs()
    assert line["event"] == "request answered"
    assert line["path"].startswith('/\n{"event":"forged"}\u2028\x1b[31m\x00x')
    assert len(line["path"]) == 256


def test_unknown_error_is_logged_with_its_traceback(
    client: FlaskClient, memory: MemoryRepository, monkeypatch: pytest.MonkeyPatch, read_logs: ReadLogs
) -> None:
    def fail(limit: int, after: str | None = None) -> None:
        raise RuntimeError("secret\nof the table")

    monkeypatch.setattr(memory, "page", fail)
    answer = client.get("/")
    error, request = read_logs()
    assert error["level"] == "error"
    assert "Traceback" in error["exception"]
    assert "secret\nof the table" in error["exception"]
    assert error["request_id"] == request["request_id"] == answer.headers["X-Request-Id"]
    assert request["status"] == 500


def test_lines_of_libraries_are_json_and_carry_the_id(read_logs: ReadLogs) -> None:
    structlog.contextvars.bind_contextvars(request_id="abc")
    logging.getLogger("botocore").warning("two\nlines %s", "here")
    structlog.contextvars.clear_contextvars()
    (line,) = read_logs()
    assert line["event"] == "two\nlines here"
    assert (line["logger"], line["level"], line["request_id"]) == ("botocore", "warning", "abc")


def test_health_checks_are_quiet_unless_they_fail(client: FlaskClient, read_logs: ReadLogs) -> None:
    client.get("/healthz")
    assert read_logs() == []
    client.post("/healthz")
    assert [line["status"] for line in read_logs()] == [405]

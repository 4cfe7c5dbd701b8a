# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry point as a process: TLS, signals, private files, logs."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from storefront_support.held_table import held_table
from storefront_support.process import (
    APP,
    LOOPBACK,
    PATIENCE_SECONDS,
    Shop,
    environment,
    free_port,
    running_shop,
    started_shop,
    tls,
    wait_until,
)
from storefront_support.products import body

GREETING = b"GET /healthz HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def shop(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a running shop."""
    with running_shop(tmp_path_factory.mktemp("shop"), aws) as running:
        yield running


def exchange(shop: Shop, context: ssl.SSLContext | None, message: bytes = GREETING) -> bytes:
    """Send a message and return the answer; without a context in plain text."""
    with socket.create_connection((LOOPBACK, shop.port), PATIENCE_SECONDS) as connection:
        channel = context.wrap_socket(connection) if context else connection
        channel.sendall(message)
        answer = b""
        while part := channel.recv(4096):
            answer += part
        return answer


def test_products_are_kept_in_the_table(shop: Shop) -> None:
    assert shop.request("GET", "/readyz") == (200, {"status": "ready"})
    status, created = shop.request("POST", "/api/products", body())
    assert status == 201
    assert shop.request("GET", "/api/products") == (200, {"items": [created], "next_cursor": None})
    assert shop.request("POST", "/api/products", body())[0] == 409
    assert shop.request("DELETE", "/api/products/blue-mug") == (204, b"")
    assert shop.request("GET", "/api/products/blue-mug")[0] == 404


def test_body_of_unknown_length_is_refused_and_not_cut(shop: Shop) -> None:
    text = json.dumps(body("chunked")).encode()
    head = b"POST /api/products HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Type: application/json\r\n"
    measured = head + b"Content-Length: %d\r\n\r\n%b" % (len(text), text)
    padding = b" " * 20_000
    chunked = head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b%b\r\n0\r\n\r\n" % (len(text + padding), text, padding)
    assert exchange(shop, tls(), chunked).startswith(b"HTTP/1.1 411 ")
    assert exchange(shop, tls(), measured).startswith(b"HTTP/1.1 201 ")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_current_tls_is_spoken(shop: Shop, version: ssl.TLSVersion) -> None:
    assert exchange(shop, tls(version)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_is_refused_by_the_server(shop: Shop) -> None:
    with pytest.raises(ssl.SSLError, match=r"ALERT_(PROTOCOL_VERSION|HANDSHAKE_FAILURE)"):
        exchange(shop, tls(ssl.TLSVersion.TLSv1_1))


def test_plain_http_is_refused(shop: Shop) -> None:
    try:
        answer = exchange(shop, context=None)
    except ConnectionError:
        answer = b""
    assert b"HTTP" not in answer


def test_health_check_of_the_image_tells_life_from_death(shop: Shop) -> None:
    text = re.search(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", (APP / "Dockerfile").read_text(), re.MULTILINE)
    assert text is not None
    command = [sys.executable, *json.loads(text[1])[1:]]
    for port, code in ((shop.port, 0), (free_port(), 1)):
        variables = os.environ | {"GRANIAN_PORT": str(port), "PYTHONPATH": str(APP / "src")}
        ended = subprocess.run(command, check=False, env=variables, capture_output=True, timeout=30)
        assert ended.returncode == code


def test_request_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    with held_table() as table, running_shop(tmp_path, table.url) as shop, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(shop.request, "GET", "/readyz")
        assert table.asked.wait(PATIENCE_SECONDS)
        shop.terminate()
        wait_until(lambda: not shop.listening(), "the port is closed")
        assert shop.process.poll() is None
        assert not answer.done()
        table.go_on.set()
        assert answer.result(PATIENCE_SECONDS) == (200, {"status": "ready"})
        assert shop.exit_code() == 0


def test_process_that_is_still_loading_ends_at_once_too(tmp_path: Path, aws: str) -> None:
    endless = tmp_path / "config"
    os.mkfifo(endless)  # the worker waits here for ever
    with started_shop(tmp_path, aws, AWS_CONFIG_FILE=str(endless)) as shop:
        wait_until(lambda: "Spawning worker-1" in shop.log.read_text(), "the worker is loading")
        shop.terminate()
        assert shop.exit_code() == 0
        assert "Started worker-1" not in shop.log.read_text()


def test_key_is_private_and_gone_with_the_process(tmp_path: Path, aws: str) -> None:
    with running_shop(tmp_path, aws) as shop:
        (key,) = (tmp_path / "tmp").rglob("key.pem")
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
        shop.terminate()
        assert shop.exit_code() == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_every_line_of_the_log_is_json(tmp_path: Path, aws: str) -> None:
    with running_shop(tmp_path, aws) as shop:
        assert shop.request("GET", "/api/products?limit=0")[0] == 422
        shop.terminate()
        assert shop.exit_code() == 0
    lines = [json.loads(line) for line in shop.log.read_text().splitlines()]
    assert {"_granian", "storefront.request"} <= {line["logger"] for line in lines}
    assert [line["status"] for line in lines if line["event"] == "request answered"] == [422]


def test_incomplete_environment_ends_the_process_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "storefront"]
    ended = subprocess.run(command, check=False, env=environment(tmp_path), capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "AWS_REGION: missing" in ended.stderr
    assert "STOREFRONT_TABLE_NAME: missing" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_image_keeps_the_contract_with_its_platform() -> None:
    instructions = [
        line.split(maxsplit=1) for line in (APP / "Dockerfile").read_text().splitlines() if line[:1].isupper()
    ]
    last = {name: value for name, value in instructions}
    assert json.loads(last["ENTRYPOINT"]) == ["python", "-m", "storefront"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert last["EXPOSE"] == "8443"
    assert ":latest" not in last["ARG"]
    assert "--require-hashes" in shlex.split((APP / "Dockerfile").read_text().replace("\\\n", " "), comments=True)

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running shop, asked by who does not mean well: by its description, slowly, and with broken requests."""

from __future__ import annotations

import json
import socket
import ssl
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from storefront_support.process import LOOPBACK, PATIENCE_SECONDS, Shop, running_shop, tls
from storefront_support.products import body
from storefront_support.table import served_table
from urllib3.exceptions import InsecureRequestWarning

SLOW = 200
EXAMPLES = 12


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a running shop with a product."""
    with served_table() as endpoint, running_shop(tmp_path_factory.mktemp("shop"), endpoint) as shop:
        assert shop.request("POST", "/api/products", body())[0] == 201
        yield shop


@pytest.fixture(scope="module")
def schema(shop: Shop) -> schemathesis.BaseSchema:
    """Return the description as the shop serves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureRequestWarning)
        return schemathesis.openapi.from_url(f"https://{LOOPBACK}:{shop.port}/api/openapi.json", verify=False)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_api_does_what_its_description_says(schema: schemathesis.BaseSchema) -> None:
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 13
    seen: Counter[int] = Counter()
    for operation in operations:
        strategy = st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

        @hypothesis.given(case=strategy)
        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        def answers_as_described(case: schemathesis.Case) -> None:
            # What is refused beyond the schema: a name that cannot be printed, two filters at once, a cursor of nobody.
            answer = case.call_and_validate(verify=False, excluded_checks=[positive_data_acceptance])
            seen[answer.status_code] += 1

        answers_as_described()
    assert not [status for status in seen if status >= 500]
    # The control: requests that are good reach the shop, too.
    assert seen[200] + seen[201] >= 2


def connect(shop: Shop) -> ssl.SSLSocket:
    return tls().wrap_socket(socket.create_connection((LOOPBACK, shop.port), PATIENCE_SECONDS))


HEAD = b"POST /api/orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nIdempotency-Key: slow-client\r\n"


@pytest.mark.parametrize(
    "begin",
    [b"GET /api/products HT", HEAD + b"Content-Length: 100\r\n\r\n{"],
    ids=["in the head", "in the body"],
)
def test_slow_clients_harm_nobody_else(shop: Shop, begin: bytes) -> None:
    with ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(connect(shop)).sendall(begin)
        started = time.monotonic()
        for _ in range(20):
            assert shop.request("GET", "/api/products")[0] == 200
        assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (HEAD + b"Content-Length: 16385\r\n\r\n" + b" " * 16385, 413),
        (HEAD + b"Content-Length: 1\r\n\r\n{", 400),
        (HEAD + b"Content-Length: 2\r\n\r\n\xff\xfe", 400),
        (HEAD + b"Content-Length: 4\r\n\r\nnull", 422),
        (b"GET /api/products?cursor=%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: shop\r\n\r\n", 422),
        (b"GET /api/products/%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: shop\r\n\r\n", 404),
        (b"GET /healthz HTTP/1.1\r\nHost: shop\r\nX-Request-Id: a\tb;c\r\n\r\n", 200),
        (b"GET /orders HTTP/1.1\r\nHost: shop\r\nCookie: __Host-visitor=%ff.\xff\r\nAccept: text/html\r\n\r\n", 200),
        (b"NONSENSE /api/products HTTP/1.1\r\nHost: shop\r\n\r\n", 405),
    ],
)
def test_request_that_is_broken_is_refused_and_nothing_of_it_is_repeated(
    shop: Shop, message: bytes, status: int
) -> None:
    with connect(shop) as connection:
        connection.sendall(message.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, content = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"evil" not in head.lower()
    if status >= 400:
        assert json.loads(content)["status"] == status

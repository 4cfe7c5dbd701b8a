# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests as botocore really writes them, and a small account to read them in."""

from __future__ import annotations

import functools
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.session import Session

from emulator.authorizer.call import Call, HttpRequest
from emulator.authorizer.reading import read_call
from tests.unit.emulator.authorizer.authorizer_world import FakeInventory

REGION = "eu-central-1"
HERE = f"{REGION}:123456789012"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:shop/database-AbCdEf"
KEY = f"arn:aws:kms:{HERE}:key/1234"


class Inventory(FakeInventory):
    """One table with one index, one bucket, one secret, one key."""

    def partition_key(self, table: str, index: str) -> str | None:
        return {("shop", ""): "pk", ("shop", "by-order"): "order"}.get((table, index))

    def bucket_account(self, bucket: str) -> str | None:
        return "123456789012" if bucket == "ours" else None

    def secret_arn(self, name: str) -> str | None:
        return SECRET if name == "shop/database" else None

    def key_arn(self, name: str) -> str | None:
        return KEY if name in {"1234", "alias/shop"} else None

    def ciphertext_key(self, ciphertext: str) -> str | None:
        return KEY if ciphertext == "b3Vycw==" else None

    def customer_key(self, name: str) -> str | None:
        return KEY if name == KEY else None


class Client:
    """A client of botocore that sends nothing."""

    def __init__(self, service: str, addressing: str) -> None:
        session = Session()
        session.set_credentials("ASIA", "secret", "token")
        self.signing_name = session.get_service_model(service).signing_name
        config = Config(s3={"addressing_style": addressing}, inject_host_prefix=False)
        self.client = session.create_client(service, region_name=REGION, config=config)
        self.client.meta.events.register("before-send", self._send)
        self.sent: HttpRequest | None = None

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        parts = urlsplit(str(request.url))
        headers = {
            str(name).lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        body: Any = request.body
        body = body.read() if hasattr(body, "read") else body
        self.sent = HttpRequest(
            service=self.signing_name,
            region=REGION,
            method=str(request.method),
            host=parts.netloc,
            path=parts.path,
            query=parts.query,
            headers=headers,
            body=(body.encode() if isinstance(body, str) else body) or b"",
        )
        raise _SentError


class _SentError(Exception):
    """Ends a call once its request is known."""


@functools.cache
def client_of(service: str, addressing: str = "path") -> Client:
    return Client(service, addressing)


def call(service: str, operation: str, addressing: str = "path", **parameters: Any) -> Call:
    """Read the request of an operation."""
    client = client_of(service, addressing)
    with pytest.raises(_SentError):
        getattr(client.client, operation)(**parameters)
    assert client.sent is not None
    return read_call(client.sent, Inventory())


def pairs(found: Call) -> list[tuple[str, str]]:
    return [(need.action, need.resource) for need in found.needs]

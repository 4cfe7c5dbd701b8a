# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before moto."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import Session

from emulator.control_plane.edge import TASK_KEY, Edge
from emulator.control_plane.refusal import Refusal
from emulator.control_plane.wsgi import Environment, json_answer


@dataclass(frozen=True)
class Caller:
    task_id: str
    problem: Refusal | None

    def refusal(self, token: str) -> Refusal | None:
        return None if token == TOKEN and self.problem is None else self.problem or Refusal.INVALID


TOKEN = "the token"
CALLERS = {"ASIAGOOD": Caller("task-1", None), "ASIAOLD": Caller("task-2", Refusal.EXPIRED)}


class Moto:
    """Remembers what reached it."""

    def __init__(self) -> None:
        self.seen: list[Environment] = []

    def __call__(self, environment: Environment, start: Any) -> Iterable[bytes]:
        self.seen.append(environment)
        start("200 OK", [])
        return [b"moto"]


@pytest.fixture
def moto() -> Moto:
    return Moto()


class Client:
    """Calls the edge as a WSGI server does."""

    def __init__(self, moto: Moto) -> None:
        self.resets: list[str] = []
        self.edge = Edge(moto, CALLERS.get, {"health": lambda _, rest: json_answer({"rest": rest})}, self.reset)

    def reset(self, empty: Any) -> Iterable[bytes]:
        self.resets.append("reset")
        return [*empty()]

    def call(self, path: str = "/", **environment: str) -> tuple[int, dict[str, str], bytes]:
        answer: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            answer.update(status=int(status[:3]), headers=dict(headers))

        body = b"".join(self.edge({"PATH_INFO": path, **environment}, start))
        return answer["status"], answer["headers"], body


@pytest.fixture
def client(moto: Moto) -> Client:
    return Client(moto)


def signed(key: str, service: str, token: str = TOKEN) -> dict[str, str]:
    scope = f"{key}/20260101/eu-central-1/{service}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return {"HTTP_AUTHORIZATION": authorization, "HTTP_X_AMZ_SECURITY_TOKEN": token}


def test_a_users_call_reaches_moto_unmarked(client: Client, moto: Moto) -> None:
    assert client.call(**signed("embedded", "sts"))[2] == b"moto"
    assert TASK_KEY not in moto.seen[0]


def test_a_tasks_call_is_marked_with_its_task(client: Client, moto: Moto) -> None:
    assert client.call(**signed("ASIAGOOD", "sts"))[0] == 200
    assert moto.seen[0][TASK_KEY] == "task-1"


@pytest.mark.parametrize("service", ["dynamodb", "sts", "ec2", "s3", "ecs"])
def test_botocore_understands_why_credentials_are_refused(client: Client, moto: Moto, service: str) -> None:
    model = Session().get_service_model(service)
    protocol = model.resolved_protocol
    target = {"HTTP_X_AMZ_TARGET": "x"} if protocol == "json" else {}
    for key, token, codes in (
        ("ASIAOLD", TOKEN, {"ExpiredTokenException", "ExpiredToken", "RequestExpired"}),
        ("ASIAGOOD", "another token", {"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"}),
    ):
        status, headers, body = client.call(**signed(key, service, token), **target)
        shape = model.operation_model(model.operation_names[0]).output_shape
        assert shape is not None
        parsed = create_parser(protocol).parse({"status_code": status, "headers": headers, "body": body}, shape)
        assert status >= 400
        assert parsed["Error"]["Code"] in codes
        assert "security token" in parsed["Error"]["Message"]
    assert not moto.seen


def test_own_paths_never_reach_moto(client: Client, moto: Moto) -> None:
    assert client.call("/_palisade/health/a/b")[2] == b'{"rest": "a/b"}'
    assert client.call("/_palisade/nothing")[0] == 404
    assert not moto.seen


def test_a_web_page_gets_nothing(client: Client, moto: Moto) -> None:
    for path in ("/", "/moto-api/reset", "/_palisade/health"):
        assert client.call(path, HTTP_ORIGIN="https://example.org")[0] == 403
    assert not moto.seen
    assert not client.resets


def test_a_reset_is_announced(client: Client, moto: Moto) -> None:
    assert client.call("/moto-api/reset")[2] == b"moto"
    assert client.resets == ["reset"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before moto."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import Session

from emulator.authorizer.authorizer import DeniedError, Source
from emulator.authorizer.call import HttpRequest
from emulator.authorizer.network import Position
from emulator.authorizer.path import Obstacle, UnreachableError
from emulator.authorizer.policy import Principal
from emulator.control_plane.edge import TASK_KEY, Edge
from emulator.control_plane.refusal import EXPIRED, INVALID, Refusal
from emulator.control_plane.wsgi import Environment, json_answer

SOURCE = Source(
    Principal("arn:aws:sts::123456789012:assumed-role/shop-task/1", "123456789012"),
    Position("subnet-1", IPv4Address("10.0.0.4"), ("sg-1",)),
)


@dataclass(frozen=True)
class Caller:
    task_id: str
    problem: Refusal | None
    source: Source = SOURCE

    def refusal(self, token: str) -> Refusal | None:
        return None if token == TOKEN and self.problem is None else self.problem or INVALID


TOKEN = "the token"
CALLERS = {"ASIAGOOD": Caller("task-1", None), "ASIAOLD": Caller("task-2", EXPIRED)}


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
        self.asked: list[HttpRequest] = []
        self.verdict: Exception | None = None
        own = {"health": lambda _, rest: json_answer({"rest": rest})}
        self.edge = Edge(moto, CALLERS.get, self.authorize, own, self.reset)

    def authorize(self, source: Source, request: HttpRequest) -> None:
        assert source is SOURCE
        self.asked.append(request)
        if self.verdict:
            raise self.verdict

    def reset(self, empty: Any) -> Iterable[bytes]:
        self.resets.append("reset")
        return [*empty()]

    def call(self, path: str = "/", **environment: Any) -> tuple[int, dict[str, str], bytes]:
        answer: dict[str, Any] = {}
        content = environment.pop("body", b"")
        environment = {"REQUEST_METHOD": "POST", "QUERY_STRING": "", "CONTENT_LENGTH": str(len(content)), **environment}
        environment["wsgi.input"] = io.BytesIO(content)

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


@pytest.mark.parametrize("service", ["backup", "cloudwatch", "dynamodb", "sts", "ec2", "s3", "sqs"])
def test_botocore_understands_that_a_policy_denies(client: Client, moto: Moto, service: str) -> None:
    model = Session().get_service_model(service)
    protocol = model.resolved_protocol
    target = {"HTTP_X_AMZ_TARGET": "x"} if protocol == "json" else {}
    target |= {"HTTP_SMITHY_PROTOCOL": "rpc-v2-cbor"} if protocol == "smithy-rpc-v2-cbor" else {}
    client.verdict = DeniedError("User: <me> is not authorized", "VPC endpoint policy", "vpce-1")
    status, headers, body = client.call(**signed("ASIAGOOD", service), **target)
    shape = model.operation_model(model.operation_names[0]).output_shape
    parsed = create_parser(protocol).parse({"status_code": status, "headers": headers, "body": body}, shape)
    assert parsed["Error"]["Code"] in {"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"}
    assert parsed["Error"]["Message"] == "User: <me> is not authorized"
    assert not moto.seen


def test_what_cannot_be_reached_gets_no_answer(client: Client, moto: Moto) -> None:
    ours, theirs = socket.socketpair()
    client.verdict = UnreachableError(Obstacle.ROUTE_TABLE, "no route")
    with ours, theirs, pytest.raises(ConnectionAbortedError, match="no route"):
        client.call(**signed("ASIAGOOD", "dynamodb"), **{"werkzeug.socket": ours})
    assert not moto.seen


def test_the_body_reaches_the_authorizer_and_moto(client: Client, moto: Moto) -> None:
    client.call(**signed("ASIAGOOD", "dynamodb"), HTTP_X_AMZ_TARGET="X.GetItem", body=b'{"TableName": "shop"}')
    assert client.asked[0].arguments == {"TableName": "shop"}
    assert client.asked[0].operation == "GetItem"
    assert moto.seen[0]["wsgi.input"].read() == b'{"TableName": "shop"}'


def test_half_a_request_of_a_task_that_was_killed_is_not_judged(client: Client, moto: Moto) -> None:
    half = {"HTTP_X_AMZ_TARGET": "X.TransactWriteItems", "body": b'{"TransactItems": [', "CONTENT_LENGTH": "90"}
    with pytest.raises(ConnectionAbortedError, match="19 of 90 bytes came"):
        client.call(**signed("ASIAGOOD", "dynamodb"), **half)
    assert client.asked == moto.seen == []


def test_a_presigned_address_is_its_signers(client: Client, moto: Moto) -> None:
    query = f"X-Amz-Credential=ASIAGOOD%2F20260101%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Security-Token={TOKEN}"
    client.call("/bucket/key", REQUEST_METHOD="GET", QUERY_STRING=query.replace(" ", "%20"))
    assert (client.asked[0].service, client.asked[0].region) == ("s3", "eu-central-1")
    assert moto.seen[0][TASK_KEY] == "task-1"


def test_a_user_is_outside_the_vpc(client: Client) -> None:
    client.call(**signed("embedded", "dynamodb"))
    assert client.asked == []


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

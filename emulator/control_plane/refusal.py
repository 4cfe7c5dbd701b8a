# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors about credentials, in the shape each AWS protocol gives them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from emulator.authorizer.rest_operations import protocol
from emulator.control_plane.wsgi import Answer, Environment


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused: code for JSON services, for query services and S3, for EC2; message; status of REST."""

    json_code: str
    query_code: str
    ec2_code: str
    message: str
    rest_status: int = 400


EXPIRED = Refusal(
    "ExpiredTokenException", "ExpiredToken", "RequestExpired", "The security token included in the request is expired"
)
INVALID = Refusal(
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "AuthFailure",
    "The security token included in the request is invalid.",
)


def access_denied(message: str) -> Refusal:
    """Return the refusal of a caller who is known but not allowed to."""
    return Refusal("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", message, rest_status=403)


def answer(refusal: Refusal, service: str, environment: Environment) -> Answer:
    """Return the error as the called service's protocol words it, or botocore could not parse it."""
    content_type = str(environment.get("CONTENT_TYPE", ""))
    if "HTTP_X_AMZ_TARGET" in environment or content_type.startswith("application/x-amz-json"):
        return _json(refusal, content_type or "application/x-amz-json-1.0")
    if "HTTP_SMITHY_PROTOCOL" in environment:
        return _cbor(refusal)
    if protocol(service) == "rest-json":
        return replace(_json(refusal, "application/json"), status=refusal.rest_status)
    if service == "ec2":
        return _ec2(refusal)
    return _s3(refusal) if service == "s3" else _query(refusal)


def _json(refusal: Refusal, content_type: str) -> Answer:
    body = json.dumps({"__type": refusal.json_code, "message": refusal.message}).encode()
    return Answer(400, content_type, body, (("x-amzn-ErrorType", refusal.json_code),))


def _cbor(refusal: Refusal) -> Answer:
    """Encode a map of two texts; RFC 8949: 0xa2 begins a map of two pairs, 0x79 a text with a length of two bytes."""
    texts = [text.encode() for text in ("__type", refusal.json_code, "message", refusal.message)]
    body = b"\xa2" + b"".join(b"\x79" + len(text).to_bytes(2, "big") + text for text in texts)
    return Answer(400, "application/cbor", body, (("smithy-protocol", "rpc-v2-cbor"),))


def _query(refusal: Refusal) -> Answer:
    error = f"<Type>Sender</Type><Code>{refusal.query_code}</Code><Message>{escape(refusal.message)}</Message>"
    return _xml(403, f"<ErrorResponse><Error>{error}</Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>")


def _ec2(refusal: Refusal) -> Answer:
    error = f"<Error><Code>{refusal.ec2_code}</Code><Message>{escape(refusal.message)}</Message></Error>"
    body = f"<Response><Errors>{error}</Errors><RequestID>{uuid.uuid4()}</RequestID></Response>"
    return _xml(refusal.rest_status, body)


def _s3(refusal: Refusal) -> Answer:
    error = f"<Code>{refusal.query_code}</Code><Message>{escape(refusal.message)}</Message>"
    return _xml(refusal.rest_status, f"<Error>{error}<RequestId>{uuid.uuid4()}</RequestId></Error>")


def _xml(status: int, body: str) -> Answer:
    return Answer(status, "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode())

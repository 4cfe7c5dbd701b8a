# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors about credentials, in the shape each AWS protocol gives them."""

from __future__ import annotations

import enum
import json
import uuid
from xml.sax.saxutils import escape

from emulator.control_plane.wsgi import Answer, Environment


class Refusal(enum.Enum):
    """Why credentials were refused: code for JSON services, for query services, for EC2; message."""

    EXPIRED = (
        "ExpiredTokenException",
        "ExpiredToken",
        "RequestExpired",
        "The security token included in the request is expired",
    )
    INVALID = (
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "AuthFailure",
        "The security token included in the request is invalid.",
    )

    def __init__(self, json_code: str, query_code: str, ec2_code: str, message: str) -> None:
        self.json_code = json_code
        self.query_code = query_code
        self.ec2_code = ec2_code
        self.message = message


def answer(refusal: Refusal, service: str, environment: Environment) -> Answer:
    """Return the error as the called service's protocol words it, or botocore could not parse it."""
    content_type = str(environment.get("CONTENT_TYPE", ""))
    if "HTTP_X_AMZ_TARGET" in environment or content_type.startswith("application/x-amz-json"):
        return _json(refusal, content_type or "application/x-amz-json-1.0")
    if service == "ec2":
        return _ec2(refusal)
    return _s3(refusal) if service == "s3" else _query(refusal)


def _json(refusal: Refusal, content_type: str) -> Answer:
    body = json.dumps({"__type": refusal.json_code, "message": refusal.message}).encode()
    return Answer(400, content_type, body, (("x-amzn-ErrorType", refusal.json_code),))


def _query(refusal: Refusal) -> Answer:
    error = f"<Type>Sender</Type><Code>{refusal.query_code}</Code><Message>{escape(refusal.message)}</Message>"
    return _xml(403, f"<ErrorResponse><Error>{error}</Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>")


def _ec2(refusal: Refusal) -> Answer:
    error = f"<Error><Code>{refusal.ec2_code}</Code><Message>{escape(refusal.message)}</Message></Error>"
    return _xml(400, f"<Response><Errors>{error}</Errors><RequestID>{uuid.uuid4()}</RequestID></Response>")


def _s3(refusal: Refusal) -> Answer:
    error = f"<Code>{refusal.query_code}</Code><Message>{escape(refusal.message)}</Message>"
    return _xml(400, f"<Error>{error}<RequestId>{uuid.uuid4()}</RequestId></Error>")


def _xml(status: int, body: str) -> Answer:
    return Answer(status, "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode())

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error leaves as problem details (RFC 9457); what it reveals is decided here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from storefront import logs
from storefront.domain import (
    InvalidInput,
    MalformedBody,
    ProductExists,
    ProductNotFound,
    StorageUnavailable,
    StorefrontError,
)

_log = structlog.stdlib.get_logger("storefront.problem")


@dataclass(frozen=True, slots=True)
class Problem:
    """What all errors of one kind have in common."""

    status: int
    type: str
    title: str


PROBLEMS: dict[type[StorefrontError], Problem] = {
    MalformedBody: Problem(400, "urn:problem-type:storefront:malformed-body", "The body cannot be read"),
    ProductNotFound: Problem(404, "urn:problem-type:storefront:product-not-found", "No such product"),
    ProductExists: Problem(409, "urn:problem-type:storefront:product-exists", "The product exists"),
    InvalidInput: Problem(422, "urn:problem-type:storefront:invalid-input", "The input is not valid"),
    StorageUnavailable: Problem(503, "urn:problem-type:storefront:storage-unavailable", "The storage is unavailable"),
}


def install(app: Flask) -> None:
    """Answer every error with problem details."""
    app.register_error_handler(StorefrontError, _refuse)
    # An unknown error comes as InternalServerError too, after Flask has logged it with its traceback.
    app.register_error_handler(HTTPException, _answer_http_error)


def _refuse(error: StorefrontError) -> Response:
    problem = PROBLEMS[type(error)]
    if problem.status >= 500:
        _log.error("refused", problem=problem.type, cause=repr(error.__cause__))
    violations = error.violations if isinstance(error, InvalidInput) else ()
    extension = [{"pointer": violation.pointer, "detail": violation.detail} for violation in violations]
    return _respond(problem, str(error), **({"errors": extension} if extension else {}))


def _answer_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    response = _respond(Problem(status, "about:blank", error.name), error.description or "")
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value  # Allow, for one
    return response


def _respond(problem: Problem, detail: str, **extensions: Any) -> Response:
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "request_id": logs.current_request_id(),
        **extensions,
    }
    return Response(json.dumps(body), problem.status, content_type="application/problem+json")

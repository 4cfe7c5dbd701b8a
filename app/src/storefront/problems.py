# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every error leaves as problem details (RFC 9457); what it reveals is decided here."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from storefront import logs
from storefront.domain import (
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InvalidInput,
    MalformedBody,
    OrderNotFound,
    OrderSettled,
    OutOfStock,
    PreconditionMissing,
    ProductExists,
    ProductNotFound,
    ReservationEnded,
    ReservationNotFound,
    StaleVersion,
    StorageBusy,
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
    retry_after: int = 0


PREFIX = "urn:problem-type:storefront"
PROBLEMS: dict[type[StorefrontError], Problem] = {
    MalformedBody: Problem(400, f"{PREFIX}:malformed-body", "The body cannot be read"),
    IdempotencyKeyMissing: Problem(400, f"{PREFIX}:idempotency-key-missing", "An Idempotency-Key is missing"),
    ProductNotFound: Problem(404, f"{PREFIX}:product-not-found", "No such product"),
    ReservationNotFound: Problem(404, f"{PREFIX}:reservation-not-found", "No such reservation"),
    OrderNotFound: Problem(404, f"{PREFIX}:order-not-found", "No such order"),
    ProductExists: Problem(409, f"{PREFIX}:product-exists", "The product exists"),
    OutOfStock: Problem(409, f"{PREFIX}:out-of-stock", "Not enough in stock"),
    ReservationEnded: Problem(409, f"{PREFIX}:reservation-ended", "The reservation holds nothing any more"),
    OrderSettled: Problem(409, f"{PREFIX}:order-settled", "The order is settled"),
    StaleVersion: Problem(412, f"{PREFIX}:stale-version", "It was changed meanwhile"),
    InvalidInput: Problem(422, f"{PREFIX}:invalid-input", "The input is not valid"),
    IdempotencyKeyReused: Problem(422, f"{PREFIX}:idempotency-key-reused", "The Idempotency-Key is taken"),
    PreconditionMissing: Problem(428, f"{PREFIX}:precondition-missing", "A precondition is missing"),
    # Nobody tries again within a second what several attempts have not got through.
    StorageBusy: Problem(503, f"{PREFIX}:storage-busy", "The storage is busy", retry_after=1),
    StorageUnavailable: Problem(503, f"{PREFIX}:storage-unavailable", "The storage is unavailable", retry_after=5),
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
    response = _respond(problem, str(error), **({"errors": extension} if extension else {}))
    if problem.retry_after:
        # Not all at the same moment: the least of it is added by chance.
        response.headers["Retry-After"] = str(problem.retry_after + random.randrange(3))  # noqa: S311 -- no secret
    return response


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
    if _is_for_people():
        page = render_template("problem.html", problem=problem, detail=detail, request_id=body["request_id"])
        return Response(page, problem.status, content_type="text/html; charset=utf-8")
    return Response(json.dumps(body), problem.status, content_type="application/problem+json")


def _is_for_people() -> bool:
    """Return whether a page is wanted: programs have the API, or do not ask for HTML."""
    accepted = request.accept_mimetypes
    best = accepted.best_match(["application/problem+json", "application/json", "text/html"])
    return best == "text/html" and not request.path.startswith("/api/")

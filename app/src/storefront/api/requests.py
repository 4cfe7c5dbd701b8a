# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the routes of the API read from a request besides its path."""

from __future__ import annotations

import hashlib
import re
from typing import TypeVar

from flask import request
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType

from storefront.domain import IDEMPOTENCY_KEY_PATTERN, IdempotencyKeyMissing, Once, PreconditionMissing
from storefront.inputs import read_json

Model = TypeVar("Model", bound=BaseModel)
_LONGEST_VERSION = 12


def body(model: type[Model]) -> Model:
    """Return the body, checked."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    return read_json(model, request.get_data())


def once() -> Once:
    """Return what makes this request happen once; raise IdempotencyKeyMissing."""
    found = once_if_given()
    if found is None:
        raise IdempotencyKeyMissing
    return found


def once_if_given() -> Once | None:
    """Return what makes this request happen once, if it has a key; raise IdempotencyKeyMissing for none of the form."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    # The draft of the header has quotes, and hardly anybody sends them:
    # https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
    key = key.removeprefix('"').removesuffix('"')
    if not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
        raise IdempotencyKeyMissing
    return Once(key, fingerprint(request.method, request.path, request.get_data()))


def fingerprint(method: str, path: str, content: bytes) -> str:
    """Return what tells one request from another."""
    return hashlib.sha256(f"{method} {path}\n".encode() + content).hexdigest()


def version() -> int:
    """Return the version that a change is a change of; raise PreconditionMissing."""
    tags = request.if_match.as_set()
    tag = tags.pop() if len(tags) == 1 else ""
    if not (tag.isascii() and tag.isdecimal() and len(tag) <= _LONGEST_VERSION):
        raise PreconditionMissing
    return int(tag)

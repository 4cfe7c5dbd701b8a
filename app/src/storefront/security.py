# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every answer tells browsers, and which requests of browsers are refused."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden, LengthRequired, ServiceUnavailable

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # With "no-referrer" browsers send "Origin: null" with our own forms, and the check below would refuse them.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; {scripts}form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# htmx asks for pages by script; what brings no page runs none.
SCRIPTS = "script-src 'nonce-{nonce}'; connect-src 'self'; "
# Threads that no slow client ever holds.
FREE_THREADS = 4
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, hsts_seconds: int, threads: int) -> None:
    """Add the headers to every answer and refuse what another site makes a browser send."""

    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        scripts = SCRIPTS.format(nonce=g.nonce) if "nonce" in g else ""
        response.headers["Content-Security-Policy"] = POLICY.format(scripts=scripts)
        response.headers["Strict-Transport-Security"] = f"max-age={hsts_seconds}"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(add_headers)
    app.context_processor(_page_context)
    app.before_request(_refuse_foreign_sites)
    app.before_request(_refuse_unmeasured_bodies)
    app.before_request(_body_reader(max(1, threads - FREE_THREADS)))


def _page_context() -> dict[str, Any]:
    """Give each page the word by which the browser knows its scripts; one that was slipped in does not have it."""
    g.nonce = secrets.token_urlsafe(16)
    return {"nonce": g.nonce}


def _refuse_foreign_sites() -> None:
    """Refuse a write that a page of another origin started; a client that is no browser sends neither header."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    from_elsewhere = site not in ("same-origin", "none") if site else origin not in (None, f"https://{request.host}")
    if from_elsewhere:
        raise Forbidden("This request was started by a page of another site.")


def _body_reader(most: int) -> Callable[[], None]:
    """Return what reads bodies, so many at a time: whoever sends one slowly holds a thread, and never all of them.

    A body that came with its head is read in no time, so that only slow ones take part in the count.
    """
    places = threading.BoundedSemaphore(most)

    def read_body() -> None:
        if not request.content_length:
            return
        if not places.acquire(blocking=False):
            raise ServiceUnavailable("Too many send slowly at the moment. Try again.", retry_after=1)
        try:
            request.get_data()
        finally:
            places.release()

    return read_body


def _refuse_unmeasured_bodies() -> None:
    """Refuse a body that does not say how long it is: werkzeug would cut it at the limit, silently."""
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired("Send a Content-Length.")

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who looks at the pages: a name in a signed cookie, no account; and the tokens that tie a form to them."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request
from werkzeug.exceptions import Forbidden

from storefront.signing import Signer

# Browsers take a cookie of this name from this host only, over TLS only, for all of it.
COOKIE = "__Host-visitor"
YEAR = 31_536_000


class Visitors:
    """The visitors of the pages."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def current(self) -> str:
        """Return the name of the visitor; one who is new gets it with the answer."""
        if "visitor" not in g:
            known = self._signer.unseal("visitor", request.cookies.get(COOKIE, ""))
            g.visitor, g.visitor_is_new = known or secrets.token_urlsafe(16), known is None
        name: str = g.visitor
        return name

    def token(self) -> str:
        """Return what a form of this visitor has to bring back."""
        return self._signer.sign("form", self.current())

    def check_form(self) -> None:
        """Refuse a form that no page of this shop gave to this visitor."""
        if not self._signer.valid("form", self.current(), request.form.get("token", "")):
            raise Forbidden("This form is not of your visit. Load the page again, with cookies on.")

    def install(self, app: Flask) -> None:
        """Send new visitors their name."""

        def remember(response: Response) -> Response:
            if g.get("visitor_is_new"):
                value = self._signer.seal("visitor", g.visitor)
                response.set_cookie(COOKIE, value, max_age=YEAR, secure=True, httponly=True, samesite="Lax")
            return response

        app.after_request(remember)

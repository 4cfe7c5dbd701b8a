# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that only the shop can have written: cursors, the cookie of a visitor, the token of a form."""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
from collections.abc import Callable


class Signer:
    """Sign by one key, which is asked for when it is needed first; a purpose keeps one kind of text from another."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        # If the key cannot be had, nothing is kept, and the next request asks again.
        self._key = functools.cache(key)

    def sign(self, purpose: str, text: str) -> str:
        """Return a signature of a text."""
        mac = hmac.new(self._key(), f"{purpose}\0{text}".encode(), hashlib.sha256)
        return _encode(mac.digest()[:16])

    def valid(self, purpose: str, text: str, signature: str) -> bool:
        """Return whether the signature is of the text."""
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode())

    def seal(self, purpose: str, text: str) -> str:
        """Return a text in a form that shows whether somebody changed it; everybody can read it."""
        return f"{_encode(text.encode())}.{self.sign(purpose, text)}"

    def unseal(self, purpose: str, sealed: str) -> str | None:
        """Return a sealed text, None if it is not one of ours."""
        encoded, _, signature = sealed.partition(".")
        try:
            text = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode()
        except (binascii.Error, ValueError):
            return None
        return text if self.valid(purpose, text, signature) else None


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")

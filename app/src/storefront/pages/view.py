# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all pages share."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from storefront.api.requests import fingerprint
from storefront.checkout import Checkout
from storefront.domain import IDEMPOTENCY_KEY_PATTERN, IdempotencyKeyMissing, InvalidInput, Once
from storefront.repository import Repository
from storefront.settings import Settings
from storefront.signing import Signer
from storefront.visitors import Visitors

_PRICE = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, and what is wrong with it by the name of the field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shop:
    """What the pages are made of."""

    settings: Settings
    repository: Repository
    checkout: Checkout
    signer: Signer
    visitors: Visitors


class View(MethodView):
    """A page; its forms bring back a token of the visitor and a key that makes them happen once."""

    init_every_request = False

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def dispatch_request(self, **parts: Any) -> ResponseReturnValue:
        """Check the token of every form before anything else is read of it."""
        if request.method == "POST":
            self.shop.visitors.check_form()
        return super().dispatch_request(**parts)

    def render(self, template: str, **values: Any) -> str:
        """Return a page."""
        return render_template(template, **values)

    def render_form(self, template: str, **values: Any) -> str:
        """Return a page that has forms."""
        return self.render(template, token=self.shop.visitors.token(), new_key=new_key, **values)


def new_key() -> str:
    """Return what makes a form that is sent twice happen once."""
    return secrets.token_urlsafe(18)


def once() -> Once:
    """Return what makes this form happen once."""
    key = request.form.get("once", "")
    if not re.fullmatch(IDEMPOTENCY_KEY_PATTERN, key):
        raise IdempotencyKeyMissing
    content = "&".join(
        f"{name}={value}" for name, value in sorted(request.form.items()) if name not in ("token", "once")
    )
    return Once(key, fingerprint(request.method, request.path, content.encode()))


def see(endpoint: str, **parts: Any) -> ResponseReturnValue:
    """Lead to a page by a new request, so that a reload sends no form again."""
    return redirect(url_for(f"pages.{endpoint}", **parts), 303)


def fields(*names: str) -> dict[str, str]:
    """Return what a form has besides its token and key, and only what it may have."""
    return {name: value for name, value in request.form.items() if name in names}


def format_price(cents: int) -> str:
    """Write an amount of euro cents for people."""
    return f"€\N{NO-BREAK SPACE}{cents // 100:,}.{cents % 100:02d}"


def format_amount(cents: int) -> str:
    """Write an amount of euro cents as a form takes it."""
    return f"{cents // 100}.{cents % 100:02d}"


def to_cents(values: Mapping[str, str]) -> dict[str, str]:
    """Rename the price, which people write in euros, to what the shop counts in.

    What is no price becomes nothing, which the rules refuse.
    """
    found = dict(values)
    if "price" in found:
        match = _PRICE.fullmatch(found.pop("price").strip())
        found["price_cents"] = match[1] + (match[2] or "").ljust(2, "0") if match else ""
    return found


def errors_by_field(error: InvalidInput) -> dict[str, str]:
    """Return the first error of each field under the name that the form has for it."""
    errors: dict[str, str] = {}
    for violation in error.violations:
        name = violation.pointer.removeprefix("#/")
        if name == "price_cents":
            errors.setdefault("price", "An amount in euros such as 12.50, at most 1,000,000.")
        else:
            errors.setdefault(name, violation.detail)
    return errors

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue: a list of the products and a form that adds one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from storefront.domain import PRODUCT_ID_PATTERN, InvalidInput, ProductExists
from storefront.inputs import ListQuery, ProductInput, next_cursor, read_cursor, read_strings
from storefront.repository import Repository
from storefront.settings import Settings
from storefront.signing import Signer

PRODUCTS_PER_PAGE = 12
SCOPE = "catalogue"
_PRICE = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, and what is wrong with it by the name of the field."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


class CataloguePage(MethodView):
    """The only page."""

    init_every_request = False

    def __init__(self, settings: Settings, repository: Repository, signer: Signer) -> None:
        self._settings = settings
        self._signer = signer
        self._repository = repository

    def get(self) -> ResponseReturnValue:
        """Show the products."""
        return self._render(Form(), cursor=request.args.get("cursor"), added=_id_or_none(request.args.get("added")))

    def post(self) -> ResponseReturnValue:
        """Add a product, and show the list by a new request so that a reload adds nothing."""
        values = request.form.to_dict()
        try:
            product = read_strings(ProductInput, _to_input(values)).to_product(datetime.now(UTC))
            self._repository.add(product)
        except InvalidInput as error:
            return self._render(Form(values, _errors_by_field(error))), 422
        except ProductExists as error:
            return self._render(Form(values, {"id": str(error)})), 409
        return redirect(url_for("pages.catalogue", added=product.id, _anchor="products"), 303)

    def _render(self, form: Form, cursor: str | None = None, added: str | None = None) -> str:
        arguments = {} if cursor is None else {"cursor": cursor}
        query = read_strings(ListQuery, {"limit": str(PRODUCTS_PER_PAGE), **arguments})
        page = self._repository.page(query.limit, read_cursor(self._signer, SCOPE, query.cursor))
        return render_template(
            "catalogue.html",
            products=page.products,
            next_cursor=next_cursor(self._signer, SCOPE, page.next_after),
            first_page=cursor is None,
            form=form,
            added=added,
            version=self._settings.version,
            task=self._settings.task_name,
        )


def format_price(cents: int) -> str:
    """Write an amount of euro cents for people."""
    return f"€\N{NO-BREAK SPACE}{cents // 100:,}.{cents % 100:02d}"


def _id_or_none(text: str | None) -> str | None:
    return text if text is not None and re.fullmatch(PRODUCT_ID_PATTERN, text) else None


def _to_input(values: Mapping[str, str]) -> dict[str, str]:
    """Rename the price, which people write in euros, to what the shop counts in."""
    fields = dict(values)
    if "price" in fields:
        fields["price_cents"] = _to_cents(fields.pop("price").strip())
    return fields


def _to_cents(euros: str) -> str:
    """Return euros as cents in text; what is no price becomes nothing, which the rules refuse."""
    match = _PRICE.fullmatch(euros)
    return match[1] + (match[2] or "").ljust(2, "0") if match else ""


def _errors_by_field(error: InvalidInput) -> dict[str, str]:
    """Return the first error of each field under the name that the form has for it."""
    errors: dict[str, str] = {}
    for violation in error.violations:
        name = violation.pointer.removeprefix("#/")
        if name == "price_cents":
            errors.setdefault("price", "An amount in euros such as 12.50, at most 1,000,000.")
        else:
            errors.setdefault(name, violation.detail)
    return errors

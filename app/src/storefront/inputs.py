# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What callers send, checked against the rules of the domain before anything else sees it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from storefront.domain import (
    MAX_NAME_LENGTH,
    MAX_PRICE_CENTS,
    MAX_STOCK,
    PRODUCT_ID_PATTERN,
    InvalidInput,
    MalformedBody,
    Product,
    ProductPage,
    Violation,
)


def _checked_product_id(text: str) -> str:
    if re.fullmatch(PRODUCT_ID_PATTERN, text):
        return text
    message = "Up to 64 lower-case letters, digits and hyphens, with a letter or digit at both ends."
    raise PydanticCustomError("product_id", message)


def _checked_name(text: str) -> str:
    if text.isprintable():
        return text
    raise PydanticCustomError("name", "Printable characters only.")


def _decoded_cursor(text: str) -> str:
    try:
        product_id = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        product_id = ""
    if re.fullmatch(PRODUCT_ID_PATTERN, product_id):
        return product_id
    raise PydanticCustomError("cursor", "Not a cursor of this list.")


class ProductInput(BaseModel):
    """A product as a caller describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, AfterValidator(_checked_product_id)]
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH),
        AfterValidator(_checked_name),
    ]
    price_cents: Annotated[int, Field(ge=0, le=MAX_PRICE_CENTS)]
    stock: Annotated[int, Field(ge=0, le=MAX_STOCK)]

    def to_product(self, created_at: datetime) -> Product:
        """Return the product that was described."""
        return Product(created_at=created_at, **self.model_dump())


class ListQuery(BaseModel):
    """Which part of the list a caller asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, AfterValidator(_decoded_cursor)] = None


def read_product_json(body: bytes) -> ProductInput:
    """Parse a product; numbers have to be numbers."""
    with _refusals():
        return ProductInput.model_validate_json(body, strict=True)


def read_product_strings(fields: Mapping[str, str]) -> ProductInput:
    """Parse a product whose values are all text, as forms send them."""
    with _refusals():
        return ProductInput.model_validate_strings(dict(fields))


def read_list_query(arguments: Mapping[str, str]) -> ListQuery:
    """Parse the query string of a list."""
    with _refusals():
        return ListQuery.model_validate_strings(dict(arguments))


def next_cursor(page: ProductPage) -> str | None:
    """Return what a caller sends back for the next page."""
    if page.next_after is None:
        return None
    return base64.urlsafe_b64encode(page.next_after.encode()).decode().rstrip("=")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=False, include_input=False)
        if any(mistake["type"] == "json_invalid" for mistake in mistakes):
            raise MalformedBody from error
        raise InvalidInput(tuple(Violation(_pointer(mistake["loc"]), mistake["msg"]) for mistake in mistakes)) from None


def _pointer(location: tuple[int | str, ...]) -> str:
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)

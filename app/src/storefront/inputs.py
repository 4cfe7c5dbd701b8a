# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What callers send, checked against the rules of the domain before anything else sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from storefront.domain import (
    CUSTOMER_ID_PATTERN,
    MAX_NAME_LENGTH,
    MAX_PRICE_CENTS,
    MAX_QUANTITY,
    MAX_STOCK,
    PRODUCT_ID_PATTERN,
    InvalidInput,
    MalformedBody,
    Product,
    ProductChange,
    Violation,
    Wish,
)
from storefront.signing import Signer

Model = TypeVar("Model", bound=BaseModel)


def _checked_product_id(text: str) -> str:
    if re.fullmatch(PRODUCT_ID_PATTERN, text):
        return text
    message = "Up to 64 lower-case letters, digits and hyphens, with a letter or digit at both ends."
    raise PydanticCustomError("product_id", message)


def _checked_name(text: str) -> str:
    if text.isprintable():
        return text
    raise PydanticCustomError("name", "Printable characters only.")


ProductId = Annotated[
    str,
    AfterValidator(_checked_product_id),
    WithJsonSchema({"type": "string", "pattern": f"^{PRODUCT_ID_PATTERN}$", "maxLength": 64, "examples": ["blue-mug"]}),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME_LENGTH),
    AfterValidator(_checked_name),
]
PriceCents = Annotated[int, Field(ge=0, le=MAX_PRICE_CENTS)]
Stock = Annotated[int, Field(ge=0, le=MAX_STOCK)]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
CustomerId = Annotated[str, StringConstraints(pattern=f"^{CUSTOMER_ID_PATTERN}$")]
Limit = Annotated[int, Field(ge=1, le=100)]
Cursor = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class ProductInput(BaseModel):
    """A product as a caller describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: ProductId
    name: Name
    price_cents: PriceCents
    stock: Stock

    def to_product(self, created_at: datetime) -> Product:
        """Return the product that was described."""
        return Product(created_at=created_at, supplied=self.stock, **self.model_dump())


class ProductChangeInput(BaseModel):
    """New properties of a product: at least one."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"minProperties": 1})

    name: Name | None = None
    price_cents: PriceCents | None = None
    stock: Stock | None = None

    @model_validator(mode="after")
    def _has_something(self) -> ProductChangeInput:
        if not self.model_fields_set:
            raise PydanticCustomError("empty", "At least one of name, price_cents and stock.")
        return self

    def to_change(self) -> ProductChange:
        """Return the change that was described."""
        return ProductChange(**self.model_dump())


class WishInput(BaseModel):
    """What a customer wants; the shop has no accounts, so whoever calls says who it is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer_id: CustomerId
    product_id: ProductId
    quantity: Quantity = 1

    def to_wish(self) -> Wish:
        """Return the wish that was described."""
        return Wish(**self.model_dump())


class OrderChangeInput(BaseModel):
    """What becomes of an order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Literal["shipped", "cancelled"]


class ListQuery(BaseModel):
    """Which part of the list a caller asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Limit = 20
    cursor: Cursor | None = None


class OrderQuery(ListQuery):
    """Which orders a caller asks for: those of a customer, or those in a status."""

    customer_id: CustomerId | None = None
    status: Literal["placed", "shipped", "cancelled"] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> OrderQuery:
        if (self.customer_id is None) == (self.status is None):
            raise PydanticCustomError("filter", "Exactly one of customer_id and status.")
        return self


def read_json(model: type[Model], body: bytes) -> Model:
    """Parse a body; numbers have to be numbers."""
    with _refusals():
        return model.model_validate_json(body, strict=True)


def read_strings(model: type[Model], fields: Mapping[str, str]) -> Model:
    """Parse what is all text, as query strings and forms are."""
    with _refusals():
        return model.model_validate_strings(dict(fields))


def read_cursor(signer: Signer, scope: str, cursor: str | None) -> str | None:
    """Return where a list goes on; a cursor is good for the list that it came from only."""
    if cursor is None:
        return None
    after = signer.unseal(f"cursor {scope}", cursor)
    if after is None:
        raise InvalidInput((Violation("#/cursor", "Not a cursor of this list."),))
    return after


def next_cursor(signer: Signer, scope: str, after: str | None) -> str | None:
    """Return what a caller sends back for the next page."""
    return None if after is None else signer.seal(f"cursor {scope}", after)


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

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of transactions that move pieces: pure functions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from storefront.domain import CLOCK_TOLERANCE, Order, OrderStatus, Product, Reservation, ReservationStatus
from storefront.repository.items import RESERVATIONS_KEPT, epoch, product_key, single_key, timestamp

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_NEXT_VERSION = "version = if_not_exists(version, :one) + :one"


def take(table: str, product: Product, quantity: int) -> TransactWriteItemTypeDef:
    """Take pieces off the shelf, if enough are there, at the price that was read."""
    return {
        "Update": {
            "TableName": table,
            "Key": product_key(product.id),
            "UpdateExpression": f"SET stock = stock - :quantity, {_NEXT_VERSION}",
            "ConditionExpression": "stock >= :quantity AND price_cents = :price AND created_at = :created_at",
            "ExpressionAttributeValues": {
                ":quantity": {"N": str(quantity)},
                ":price": {"N": str(product.price_cents)},
                ":created_at": {"S": product.created_at.isoformat()},
                ":one": {"N": "1"},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def put_back(table: str, what: Reservation | Order) -> TransactWriteItemTypeDef:
    """Put pieces back, if it still is the product that they were taken from."""
    return {
        "Update": {
            "TableName": table,
            "Key": product_key(what.product_id),
            "UpdateExpression": f"SET stock = stock + :quantity, {_NEXT_VERSION}",
            "ConditionExpression": "created_at = :created_at",
            "ExpressionAttributeValues": {
                ":quantity": {"N": str(what.quantity)},
                ":created_at": {"S": what.product_created_at.isoformat()},
                ":one": {"N": "1"},
            },
        }
    }


def confirm(table: str, reservation: Reservation, now: datetime) -> TransactWriteItemTypeDef:
    """End a hold by an order, in time."""
    return _end(table, reservation, "confirmed", now, "held_until > :limit")


def release(table: str, reservation: Reservation) -> TransactWriteItemTypeDef:
    """End a hold that the customer gives up."""
    return _end(table, reservation, "released", reservation.held_until, "held_until = :limit")


def expire(table: str, reservation: Reservation, now: datetime) -> TransactWriteItemTypeDef:
    """End a hold whose time is up by the clock of any task."""
    return _end(table, reservation, "expired", now - CLOCK_TOLERANCE, "held_until <= :limit")


def _end(
    table: str, reservation: Reservation, status: ReservationStatus, limit: datetime, condition: str
) -> TransactWriteItemTypeDef:
    """What holds nothing leaves the indexes, and DynamoDB may delete it some time later."""
    return {
        "Update": {
            "TableName": table,
            "Key": single_key("RESERVATION", reservation.id),
            "UpdateExpression": "SET #status = :status, expires_at = :expires_at "
            "REMOVE customer_key, status_key, listed_at",
            "ConditionExpression": f"#status = :held AND {condition}",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {
                ":status": {"S": status},
                ":held": {"S": "held"},
                ":limit": {"S": timestamp(limit)},
                ":expires_at": epoch(reservation.held_until + RESERVATIONS_KEPT),
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def settle(table: str, order: Order, status: OrderStatus) -> TransactWriteItemTypeDef:
    """Give the order that was read another status."""
    return {
        "Update": {
            "TableName": table,
            "Key": single_key("ORDER", order.id),
            "UpdateExpression": "SET #status = :status, status_key = :status_key, version = :next",
            "ConditionExpression": "version = :version",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {
                ":status": {"S": status},
                ":status_key": {"S": f"ORDERS#{status}"},
                ":version": {"N": str(order.version)},
                ":next": {"N": str(order.version + 1)},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }

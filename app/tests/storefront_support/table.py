# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that products are kept in: a new one in a simulated AWS, or that of a deployed stack.

With STOREFRONT_TEST_TABLE the tests use a table that is there, by the role that the environment gives: as a task does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import KeySchemaElementTypeDef

REGION = "eu-central-1"
LOOPBACK = "127.0.0.1"
DEPLOYED = "STOREFRONT_TEST_TABLE" in os.environ
TABLE = os.environ.get("STOREFRONT_TEST_TABLE", "shop")
NOT_JUDGED = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
# How a process finds the role of a task, and where it calls AWS: https://docs.aws.amazon.com/sdkref/latest/guide/
ROLE_VARIABLES = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")
CREDENTIALS = (
    {name: os.environ[name] for name in ROLE_VARIABLES}
    if DEPLOYED
    else {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
)
# A role that may use one table is not told whether there is another.
REFUSAL_OF_ANOTHER_TABLE = "AccessDeniedException" if DEPLOYED else "ResourceNotFoundException"


def client_of_new_table(endpoint: str | None = None) -> DynamoDBClient:
    """Create the table as the collection's data role does, and return a client for it."""
    client = boto3.client("dynamodb", region_name=REGION, endpoint_url=endpoint, **NOT_JUDGED)
    names = ("pk", "sk", "customer_key", "status_key", "listed_at")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=key_schema("pk", "sk"),
        GlobalSecondaryIndexes=[
            {"IndexName": name, "KeySchema": key_schema(key, "listed_at"), "Projection": {"ProjectionType": "ALL"}}
            for name, key in (("by-customer", "customer_key"), ("by-status", "status_key"))
        ],
    )
    return client


def key_schema(partition: str, sort: str) -> list[KeySchemaElementTypeDef]:
    """Return the key of a table or an index."""
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def client_of_emptied_table() -> DynamoDBClient:
    """Empty the deployed table by other keys than the role's, and return a client of the role."""
    empty(boto3.client("dynamodb", region_name=REGION, **NOT_JUDGED))
    return boto3.client("dynamodb", region_name=REGION)


def empty(owner: DynamoDBClient) -> None:
    """Delete all items of the table."""
    for page in owner.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True):
        for item in page["Items"]:
            owner.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})


@contextmanager
def served_table() -> Iterator[str]:
    """Have an empty table behind an address for the length of a block; return the address."""
    if DEPLOYED:
        client_of_emptied_table()
        yield os.environ["AWS_ENDPOINT_URL"]
        return
    server: Any = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    endpoint = f"http://{LOOPBACK}:{port}"
    client = client_of_new_table(endpoint)
    yield endpoint
    # The next server has the same AWS, which is that of this process.
    client.delete_table(TableName=TABLE)
    server.stop()

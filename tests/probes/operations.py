# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of a service, with parameters that name one resource or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel, Shape

REGION = "eu-central-1"
ANYTHING: dict[str, Any] = {
    "string": "probe",
    "integer": 1,
    "long": 1,
    "double": 1.0,
    "float": 1.0,
    "boolean": False,
    "timestamp": 0,
    "blob": b"",
    "list": [],
    "map": {},
    "structure": {},
}


OUR_ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Target:
    """The name that one resource of each kind has, and the account it belongs to."""

    name: str
    log_group: str
    bucket: str
    account: str = OUR_ACCOUNT
    # By this and not by itself the table is read, where an operation can.
    index: str = ""

    @property
    def table(self) -> str:
        """Return what calls name the table by: one of another account by its ARN."""
        return self.name if self.account == OUR_ACCOUNT else self.arn("dynamodb")

    def arn(self, service: str) -> str:
        """Return the ARN of the resource that a service has under this name."""
        paths = {"dynamodb": "table/", "ecr": "repository/"}
        if service == "logs":
            return f"arn:aws:logs:{REGION}:{self.account}:log-group:{self.log_group}"
        return f"arn:aws:{service}:{REGION}:{self.account}:{paths.get(service, '')}{self.name}"


def _named(service: str, target: Target) -> dict[str, Any]:
    """Return what parameters are filled with that name a resource, by their names."""
    arn = target.arn(service)
    named: dict[str, dict[str, Any]] = {
        "dynamodb": dict.fromkeys(("TableName", "SourceTableName", "TargetTableName"), target.table)
        | {"TableArn": arn, "ResourceArn": arn}
        | ({"IndexName": target.index} if target.index else {}),
        "ecr": {"repositoryName": target.name, "repositoryNames": [target.name], "registryId": target.account}
        | {"resourceArn": arn},
        "logs": {"logGroupName": target.log_group, "logGroupIdentifier": arn, "logGroupNamePrefix": target.log_group}
        | {"logGroupNames": [target.log_group], "logGroupIdentifiers": [arn], "resourceArn": arn},
        "s3": {"Bucket": target.bucket, "Key": "probe", "CopySource": f"{target.bucket}/probe"},
    }
    return named.get(service, {})


def _all_of(table: str) -> dict[str, str]:
    """Return a statement of PartiQL that reads a table."""
    return {"Statement": " ".join(("SELECT * FROM", f'"{table.rpartition("/")[2]}"'))}


KEY = {"pk": {"S": "probe"}, "sk": {"S": "probe"}}
NESTED: Mapping[tuple[str, str], Callable[[str], dict[str, Any]]] = {
    ("dynamodb", "BatchGetItem"): lambda table: {"RequestItems": {table: {"Keys": [KEY]}}},
    ("dynamodb", "BatchWriteItem"): lambda table: {"RequestItems": {table: [{"PutRequest": {"Item": KEY}}]}},
    ("dynamodb", "TransactGetItems"): lambda table: {"TransactItems": [{"Get": {"TableName": table, "Key": KEY}}]},
    ("dynamodb", "TransactWriteItems"): lambda table: {"TransactItems": [{"Put": {"TableName": table, "Item": KEY}}]},
    ("dynamodb", "ExecuteStatement"): _all_of,
    ("dynamodb", "BatchExecuteStatement"): lambda table: {"Statements": [_all_of(table)]},
    ("dynamodb", "ExecuteTransaction"): lambda table: {"TransactStatements": [_all_of(table)]},
}
# Parameters with which a call of the application or of ECS is a whole one.
WHOLE: Mapping[tuple[str, str], dict[str, Any]] = {
    ("dynamodb", "GetItem"): {"Key": KEY},
    ("dynamodb", "DeleteItem"): {"Key": KEY},
    ("dynamodb", "PutItem"): {"Item": KEY},
    ("dynamodb", "UpdateItem"): {"Key": KEY},
    ("dynamodb", "Query"): {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "probe"}},
    },
    ("logs", "PutLogEvents"): {"logEvents": [{"timestamp": 1_800_000_000_000, "message": "probe"}]},
}


def parameters(service: str, operation: str, target: Target) -> dict[str, Any]:
    """Return parameters for an operation on a resource; the rest is as little as the service's model asks for."""
    nested = NESTED.get((service, operation))
    if nested:
        return nested(target.table)
    shape = _model(service).operation_model(operation).input_shape
    if shape is None:
        return {}
    named = {name: value for name, value in _named(service, target).items() if name in shape.members}
    needed = {name: _anything(shape.members[name]) for name in shape.required_members}
    return needed | named | WHOLE.get((service, operation), {})


def operations(service: str) -> tuple[str, ...]:
    """Return the names of all operations of a service that one request makes."""
    model = _model(service)
    return tuple(name for name in model.operation_names if not _is_stream(model.operation_model(name)))


def method(operation: str) -> str:
    """Return the name of an operation as clients spell it."""
    return str(botocore.xform_name(operation))


def _is_stream(operation: OperationModel) -> bool:
    """Tell whether an operation keeps a connection open: that is none for a probe."""
    return bool(operation.has_event_stream_input or operation.has_event_stream_output)


def _anything(shape: Shape) -> Any:
    return ANYTHING[shape.type_name]


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)

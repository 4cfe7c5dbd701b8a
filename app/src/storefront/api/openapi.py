# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of the API in OpenAPI 3.1, made of the routes and of the models that check requests.

The schemas of pydantic are those of OpenAPI 3.1, so that nothing is translated; docs/adr/0019 says why no framework.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from storefront.api import answers
from storefront.api.operation import Operation
from storefront.domain import (
    IDEMPOTENCY_KEY_PATTERN,
    IdempotencyKeyMissing,
    MalformedBody,
    PreconditionMissing,
    StorageBusy,
    StorageUnavailable,
    StorefrontError,
)
from storefront.problems import PROBLEMS
from storefront.routing import GivenIdConverter, ProductIdConverter

REFERENCE = "#/components/schemas/{model}"
PATH_PARTS = {"product_id": ProductIdConverter.regex, "given_id": GivenIdConverter.regex}
_PART = re.compile(r"<(\w+):(\w+)>")
# What the server refuses before a route sees it.
OF_SERVER = {"411": "The body does not say how long it is", "413": "The body is too large"}


def document(app: Flask, version: str) -> dict[str, Any]:
    """Return the description of all routes of the API."""
    routes = list(_routes(app))
    models = {model for *_, operation in routes for model in _models(operation)} | {answers.ProblemAnswer}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, definitions = models_json_schema([(model, "validation") for model in ordered], ref_template=REFERENCE)
    paths: dict[str, Any] = {}
    for rule, method, function, operation in routes:
        path = _PART.sub(r"{\2}", rule.rule)
        paths.setdefault(path, {})[method] = _describe(rule, method, function, operation)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Storefront", "version": version, "license": {"name": "GPL-3.0-or-later"}},
        "paths": paths,
        "components": {"schemas": definitions["$defs"]},
    }


def _routes(app: Flask) -> Iterator[tuple[Rule, str, Any, Operation]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in ("get", "post", "patch", "delete"):
            function = getattr(view, method, None)
            if rule.endpoint.startswith("api.") and function is not None:
                yield rule, method, function, function.operation


def _models(operation: Operation) -> Iterator[type[BaseModel]]:
    yield from (model for model in (operation.answer, operation.body) if model is not None)


def _describe(rule: Rule, method: str, function: Any, operation: Operation) -> dict[str, Any]:
    summary = inspect.getdoc(function) or ""
    described: dict[str, Any] = {
        "operationId": f"{rule.endpoint.removeprefix('api.')}_{method}",
        "summary": summary.partition(".")[0],
        "description": summary,
        "parameters": [*_path_parameters(rule), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": {str(operation.status): _success(operation), **_problems(operation, method)},
    }
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": _schema(operation.body)}}
    return described


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}


def _success(operation: Operation) -> dict[str, Any]:
    if operation.answer is None:
        return {"description": "Done"}
    return {"description": "Success", "content": {"application/json": _schema(operation.answer)}}


def _path_parameters(rule: Rule) -> Iterator[dict[str, Any]]:
    for kind, name in _PART.findall(rule.rule):
        schema = {"type": "string", "pattern": f"^{PATH_PARTS[kind]}$", "minLength": 1, "maxLength": 64}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.query is not None:
        for name, schema in operation.query.model_json_schema()["properties"].items():
            # A parameter of a query is left out, and never null.
            kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
            yield {"name": name, "in": "query", "required": False, "schema": kinds[0]}


def _header_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.key:
        schema: dict[str, Any] = {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY_PATTERN}$"}
        required = operation.key == "required"
        yield {"name": "Idempotency-Key", "in": "header", "required": required, "schema": schema}
    if operation.precondition:
        schema = {"type": "string", "pattern": '^"[0-9]{1,12}"$', "examples": ['"1"']}
        yield {"name": "If-Match", "in": "header", "required": True, "schema": schema}


def _problems(operation: Operation, method: str) -> dict[str, Any]:
    refusals: set[type[StorefrontError]] = {*operation.refusals, StorageBusy, StorageUnavailable}
    others = dict(OF_SERVER) if method != "get" else {}
    others |= {"403": "A page of another site sent it"} if method != "get" else {}
    if operation.body is not None:
        refusals.add(MalformedBody)
        others["415"] = "The body is not application/json"
    if operation.key:
        refusals.add(IdempotencyKeyMissing)
    if operation.precondition:
        refusals.add(PreconditionMissing)
    if _is_conditional(operation, method):
        others["304"] = "The caller has it already"
    for refusal in sorted(refusals, key=lambda one: PROBLEMS[one].type):
        problem = PROBLEMS[refusal]
        others[str(problem.status)] = "; ".join(
            filter(None, (others.get(str(problem.status)), f"{problem.title} (`{problem.type}`)"))
        )
    return {status: _problem(status, text) for status, text in sorted(others.items())}


def _is_conditional(operation: Operation, method: str) -> bool:
    return method == "get" and operation.answer is not None and "version" in operation.answer.model_fields


def _problem(status: str, text: str) -> dict[str, Any]:
    if status == "304":
        return {"description": text}
    answer: dict[str, Any] = {
        "description": text,
        "content": {"application/problem+json": _schema(answers.ProblemAnswer)},
    }
    if status == "503":
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return answer

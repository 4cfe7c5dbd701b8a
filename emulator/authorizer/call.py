# SPDX-License-Identifier: GPL-3.0-or-later
"""A call to AWS as policies see it: actions on resources, with the conditions that the request itself fixes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from botocore.parsers import ResponseParserError, RpcV2CBORParser

from emulator.authorizer.rest_operations import rest_operation
from emulator.settings import REGION

Context = Mapping[str, tuple[str, ...]]


def _cbor(body: bytes) -> Any:
    """Read what CloudWatch's clients send; raises ValueError for what is not CBOR."""
    try:
        return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(body)))
    except ResponseParserError as error:
        raise ValueError(str(error)) from error


@dataclass(frozen=True)
class Need:
    """One action on one resource that has to be allowed; context keys are lower case."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call to a service, named as in its endpoint (`ecr.api`); all needs have to be allowed.

    `understood` is false if not all that a policy may ask for is known: the resource, or a condition key. The
    parameters are what the call was made with; some of them make services call others.
    """

    service: str
    needs: tuple[Need, ...]
    understood: bool = True
    region: str = REGION
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def destination(self) -> str:
        """Return what has to be reached. Endpoints and prefix lists are those of the VPC's own region."""
        return self.service if self.region == REGION else f"{self.service} in {self.region}"


@dataclass(frozen=True)
class HttpRequest:
    """The parts of an HTTP request that say what is called; `service` and `region` are those of its signature."""

    service: str
    region: str
    method: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def target(self) -> str:
        """Return the name of the interface in X-Amz-Target, without the operation."""
        return self.headers.get("x-amz-target", "").rpartition(".")[0]

    @cached_property
    def token(self) -> str:
        """Return the session token, also of a presigned address."""
        return self.headers.get("x-amz-security-token") or self.subresources.get("X-Amz-Security-Token", "")

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """Return the parameters of a JSON or CBOR body; nothing if it is none."""
        try:
            content = _cbor(self.body) if "cbor" in self.headers.get("content-type", "") else json.loads(self.body)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    @cached_property
    def form(self) -> dict[str, str]:
        """Return the parameters of a query protocol: of the body, and of the address."""
        text = self.body.decode(errors="replace") if "form-urlencoded" in self.headers.get("content-type", "") else ""
        return dict([*parse_qsl(self.query), *parse_qsl(text)])

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """Return the parameters, whatever the protocol."""
        return self.arguments or self.form

    @cached_property
    def subresources(self) -> dict[str, str]:
        """Return the query of a REST protocol, parameters without value too."""
        return {name: values[0] for name, values in parse_qs(self.query, keep_blank_values=True).items()}

    @cached_property
    def decoded_path(self) -> str:
        """Return the path as text."""
        return unquote(self.path)

    @property
    def operation(self) -> str:
        """Return the name of the operation; empty if the protocol does not name it."""
        if "x-amz-target" in self.headers:
            return self.headers["x-amz-target"].rpartition(".")[2]
        # Smithy RPC: /service/<name>/operation/<operation>
        if self.path.startswith("/service/") and "/operation/" in self.path:
            return self.path.rpartition("/")[2]
        return self.form.get("Action", "") or rest_operation(self.service, self.method, self.path)

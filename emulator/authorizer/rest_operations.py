# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of operations that a service's protocol does not tell, from method and path as botocore's models give them."""

from __future__ import annotations

import functools
import re

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel

VARIABLE = re.compile(r"\{[^}]*\}")


def rest_operation(service: str, method: str, path: str) -> str:
    """Return the operation of a REST protocol; empty if there is none. S3, which needs its query, is read elsewhere."""
    for verb, pattern, name in _operations(service):
        if verb == method and pattern.fullmatch(path):
            return name
    return ""


@functools.cache
def _operations(service: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Return what a service has; paths with the fewest variables come first."""
    if not protocol(service).startswith("rest-"):
        return ()
    model = _model(service)
    found = [(model.operation_model(name).http, name) for name in model.operation_names]
    found.sort(key=lambda one: one[0]["requestUri"].count("{"))
    return tuple((http["method"], _pattern(http["requestUri"]), name) for http, name in found)


@functools.cache
def protocol(service: str) -> str:
    """Return a service's protocol, such as rest-json; empty for a service that botocore does not know by this name."""
    try:
        return str(_model(service).metadata["protocol"])
    except UnknownServiceError:
        return ""


def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def _pattern(uri: str) -> re.Pattern[str]:
    """Compile a path such as /backup-vaults/{backupVaultName}; a greedy variable ends in +."""
    path = uri.partition("?")[0].rstrip("/")
    pieces = [re.escape(piece) for piece in VARIABLE.split(path)]
    variables = [".+" if name.endswith("+}") else "[^/]+" for name in VARIABLE.findall(path)]
    return re.compile("".join(a + b for a, b in zip(pieces, [*variables, ""], strict=True)) + "/?")

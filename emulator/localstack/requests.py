# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests from LocalStack to moto, which is newer than LocalStack knows: it wants requests of a class of its own."""

from __future__ import annotations

import importlib
import io
from typing import Any

from moto.core import exceptions
from moto.core.request import Request, environ_key_for_header


class RESTError(Exception):
    """What LocalStack expects of its own, older moto; nothing raises it any more."""

    error_type = message = ""
    code = 500


def install() -> None:
    """Have LocalStack hand out what takes its requests. To be called before LocalStack asks moto for anything."""
    exceptions.RESTError = RESTError
    dispatching: Any = importlib.import_module("localstack.services.moto")
    original = dispatching.get_dispatcher

    def get_dispatcher(service: str, path: str) -> Any:
        dispatch = original(service, path)

        def answer(request: Any, url: str, _headers: Any) -> Any:
            for_moto = convert(request)
            return dispatch(for_moto, url, for_moto.headers)

        return answer

    dispatching.get_dispatcher = get_dispatcher


def convert(request: Any) -> Any:
    """Return a request as moto wants it, with the headers that LocalStack has changed and a body not yet read."""
    restore = importlib.import_module("rolo.request").restore_payload
    body = restore(request)
    environment = {name: value for name, value in request.environ.items() if not name.startswith("HTTP_")}
    for name, value in request.headers.items():
        environment[environ_key_for_header(name)] = value
    environment.update({"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})
    environment.pop("HTTP_TRANSFER_ENCODING", None)
    converted = Request(environment)
    # LocalStack adds the date itself, as a server does.
    converted.from_wsgi_server = True
    return converted

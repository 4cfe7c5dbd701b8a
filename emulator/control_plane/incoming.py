# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a WSGI request the authorizer reads, and how a connection ends without an answer."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket

from emulator.authorizer.call import HttpRequest
from emulator.control_plane.wsgi import Environment


def read_request(environment: Environment, service: str, region: str) -> HttpRequest:
    """Return a request as plain data; its body stays readable for moto.

    Raises ConnectionAbortedError if the client ended before its request did: a half request asks for nothing.
    """
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environment.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    return HttpRequest(
        service=service,
        region=region,
        method=environment["REQUEST_METHOD"],
        host=headers.get("host", ""),
        path=str(environment.get("RAW_URI") or environment.get("PATH_INFO", "")).partition("?")[0],
        query=environment.get("QUERY_STRING", ""),
        headers=headers,
        body=_body(environment, headers) if _needs_body(environment, service) else b"",
    )


def _needs_body(environment: Environment, service: str) -> bool:
    """S3 says all in its address, except which objects to delete; what it stores may be large."""
    return service != "s3" or (environment["REQUEST_METHOD"] == "POST" and "delete" in environment["QUERY_STRING"])


def _body(environment: Environment, headers: dict[str, str]) -> bytes:
    stream = environment["wsgi.input"]
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body: bytes = stream.read()
    else:
        announced = int(headers.get("content-length") or 0)
        body = stream.read(announced)
        if len(body) < announced:
            raise ConnectionAbortedError(f"{len(body)} of {announced} bytes came")
    environment["wsgi.input"] = io.BytesIO(body)
    if headers.get("content-encoding") == "gzip":
        with contextlib.suppress(OSError, EOFError):
            return gzip.decompress(body)
    return body


def hang_up(environment: Environment) -> None:
    """Close the connection under the server, which would answer HTTP 500 otherwise."""
    connection: socket.socket = environment["werkzeug.socket"]
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)

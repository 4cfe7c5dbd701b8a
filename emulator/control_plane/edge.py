# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands before moto: who calls, with valid credentials or not, what becomes of it, and the paths of our own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from emulator.authorizer.authorizer import DeniedError, Source
from emulator.authorizer.call import HttpRequest
from emulator.authorizer.path import UnreachableError
from emulator.control_plane import refusal
from emulator.control_plane.incoming import hang_up, read_request
from emulator.control_plane.refusal import Refusal
from emulator.control_plane.wsgi import Answer, Application, Environment, StartResponse, json_answer

PREFIX = "/_palisade/"
TASK_KEY = "palisade.task"
CREDENTIAL = re.compile(
    r"Credential=(?P<key>[^/,%&\s]+)(?:/|%2F)\d{8}(?:/|%2F)(?P<region>[\w-]*)(?:/|%2F)(?P<service>[\w-]+)(?:/|%2F)aws4_request"
)

Endpoint = Callable[[Environment, str], Answer]


class Caller(Protocol):
    """Who owns an access key whose calls are judged."""

    @property
    def task_id(self) -> str:
        """Return the id of the task; empty for whoever is none."""

    @property
    def source(self) -> Source:
        """Return who calls, from where."""

    def refusal(self, token: str) -> Refusal | None:
        """Return why a request with this session token is refused, if it is."""


class Edge:
    """Attribute calls to tasks by access key, refuse what must not pass, serve `/_palisade/...`, else call moto."""

    def __init__(
        self,
        moto: Application,
        callers: Callable[[str], Caller | None],
        authorize: Callable[[Source, HttpRequest], None],
        endpoints: Mapping[str, Endpoint],
        on_reset: Callable[[Callable[[], Iterable[bytes]]], Iterable[bytes]],
    ) -> None:
        self._moto = moto
        self._callers = callers
        self._authorize = authorize
        self._endpoints = endpoints
        self._on_reset = on_reset

    def __call__(self, environment: Environment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environment.get("PATH_INFO", ""))
        if "HTTP_ORIGIN" in environment:
            # AWS clients send none; a web page that reaches for loopback always does.
            return json_answer({"message": "requests from web pages are refused"}, 403).send(start)
        if path.startswith(PREFIX):
            return self._own(environment, path.removeprefix(PREFIX)).send(start)
        if path == "/moto-api/reset":
            return self._on_reset(lambda: self._moto(environment, start))
        refused = self._check(environment)
        return refused.send(start) if refused else self._moto(environment, start)

    def _own(self, environment: Environment, path: str) -> Answer:
        name, _, rest = path.partition("/")
        endpoint = self._endpoints.get(name)
        return endpoint(environment, rest) if endpoint else json_answer({"message": f"no such path: {path}"}, 404)

    def _check(self, environment: Environment) -> Answer | None:
        """Note which task calls; return an error if its credentials are no longer good or a policy is against it.

        Raises ConnectionAbortedError where no connection would come about: the server then closes without an answer.
        """
        match = CREDENTIAL.search(environment.get("HTTP_AUTHORIZATION") or environment.get("QUERY_STRING", ""))
        caller = self._callers(match["key"]) if match else None
        if match is None or caller is None:
            return None
        if caller.task_id:
            environment[TASK_KEY] = caller.task_id
        request = read_request(environment, match["service"], match["region"])
        problem = caller.refusal(request.token)
        if problem is None:
            try:
                self._authorize(caller.source, request)
            except DeniedError as error:
                problem = refusal.access_denied(str(error))
            except UnreachableError as error:
                hang_up(environment)
                raise ConnectionAbortedError(str(error)) from error
        return refusal.answer(problem, match["service"], environment) if problem else None

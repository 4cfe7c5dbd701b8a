# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listener rules and actions as Envoy's routes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .conditions import route_match
from .model import Action, FixedResponse, Forward, Listener, NotEmulatedError, Redirect, Rule

_STATUS = {"HTTP_301": "MOVED_PERMANENTLY", "HTTP_302": "FOUND"}
_PATH = "#{path}"
_ENVOY_HEADERS = ["x-envoy-external-address", "x-envoy-internal"]


def route_configuration(
    name: str, listener: Listener, ports: Mapping[int, int], clusters: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Form the routes of a listener and say what is not emulated.

    `ports` maps the ALB's ports to local ones, `clusters` the ARNs of the target groups served to Envoy's names.
    A rule whose condition is not emulated is left out; one whose action is not emulated answers 501, since falling
    through to the next rule would, for example, let requests pass that should have been authenticated.
    """
    routes = _Routes(listener, ports, clusters)
    for rule in sorted(listener.rules, key=lambda rule: rule.priority):
        routes.add_rule(rule)
    routes.add("default", listener.arn, {"prefix": "/"}, listener.default)
    return {
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": name,
        "virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes.found}],
        "request_headers_to_remove": _ENVOY_HEADERS,
        "request_headers_to_add": [
            # Envoy itself would put the machine's address in the place of a loopback client's.
            _header("x-forwarded-for", "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", append=True),
            _header("x-forwarded-port", str(ports[listener.port])),
        ],
    }, routes.problems


class _Routes:
    """The routes of one listener and what is wrong with them, as they are collected."""

    def __init__(self, listener: Listener, ports: Mapping[int, int], clusters: Mapping[str, str]) -> None:
        self._listener = listener
        self._ports = ports
        self._clusters = clusters
        self.found: list[dict[str, Any]] = []
        self.problems: list[str] = []

    def add_rule(self, rule: Rule) -> None:
        try:
            match = route_match(rule.conditions)
        except NotEmulatedError as error:
            self.problems.append(f"{rule.arn}: rule left out, not emulated: {error}")
        else:
            self.add(rule.arn.rpartition("/")[2], rule.arn, match, rule.action)

    def add(self, name: str, arn: str, match: dict[str, Any], action: Action) -> None:
        try:
            answer = self._answer(arn, action)
        except NotEmulatedError as error:
            self.problems.append(f"{arn}: answers 501, not emulated: {error}")
            answer = _fixed_response(FixedResponse(501, "text/plain", f"not emulated: {error}"))
        self.found.append({"name": name, "match": match, **answer})

    def _answer(self, arn: str, action: Action) -> dict[str, Any]:
        if isinstance(action, Forward):
            if action.sticky:
                self.problems.append(f"{arn}: not emulated: target group stickiness")
            return _forward(action, self._clusters)
        if isinstance(action, Redirect):
            return {"redirect": _redirect(action, self._listener, self._ports)}
        if isinstance(action, FixedResponse):
            return _fixed_response(action)
        raise NotEmulatedError(f"action {action.kind}")


def _forward(action: Forward, clusters: Mapping[str, str]) -> dict[str, Any]:
    """Share requests by weight; a group that is not served gives 503 for its share, as an ALB's empty group does."""
    weighted = [(clusters.get(arn, "none"), weight) for arn, weight in action.groups if weight > 0]
    if not weighted:
        return {"direct_response": {"status": 503}}
    route: dict[str, Any] = {"timeout": "0s"}
    if len(weighted) == 1:
        route["cluster"] = weighted[0][0]
    else:
        route["weighted_clusters"] = {"clusters": [{"name": name, "weight": weight} for name, weight in weighted]}
    return {"route": route}


def _fixed_response(action: FixedResponse) -> dict[str, Any]:
    return {
        "direct_response": {"status": action.status, "body": {"inline_string": action.body}},
        "response_headers_to_add": [_header("content-type", action.content_type)],
    }


def _redirect(action: Redirect, listener: Listener, ports: Mapping[int, int]) -> dict[str, Any]:
    redirect: dict[str, Any] = {
        "response_code": _STATUS[action.status],
        "port_redirect": _redirect_port(action, listener, ports),
        **_redirect_path(action),
    }
    if action.protocol != "#{protocol}":
        redirect["scheme_redirect"] = action.protocol.lower()
    if action.host != "#{host}":
        redirect["host_redirect"] = _without_placeholder(action.host)
    return redirect


def _redirect_port(action: Redirect, listener: Listener, ports: Mapping[int, int]) -> int:
    """Map a port of this load balancer to the local one; another host's stays."""
    port = listener.port if action.port == "#{port}" else int(_without_placeholder(action.port))
    return ports.get(port, port) if action.host == "#{host}" else port


def _redirect_path(action: Redirect) -> dict[str, Any]:
    if action.query not in ("#{query}", ""):
        path, query = _without_placeholder(action.path), _without_placeholder(action.query)
        return {"path_redirect": f"{path}?{query}"}
    strip_query = {"strip_query": True} if action.query == "" else {}
    if action.path == f"/{_PATH}":
        return strip_query
    if _PATH not in action.path:
        return {"path_redirect": _without_placeholder(action.path), **strip_query}
    _without_placeholder(action.path.replace(_PATH, ""))
    substitution = action.path.replace("\\", "\\\\").replace(_PATH, "\\1")
    return {"regex_rewrite": {"pattern": {"regex": "^/(.*)$"}, "substitution": substitution}, **strip_query}


def _without_placeholder(text: str) -> str:
    if re.search(r"#\{[a-z]+\}", text):
        raise NotEmulatedError(f"redirect to {text!r}: placeholders there")
    return text


def _header(name: str, value: str, append: bool = False) -> dict[str, Any]:
    action = "APPEND_IF_EXISTS_OR_ADD" if append else "OVERWRITE_IF_EXISTS_OR_ADD"
    return {"header": {"key": name, "value": value}, "append_action": action}

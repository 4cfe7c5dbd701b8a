# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A snapshot of the ELBv2 state as the complete configuration of Envoy: a pure translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import clusters as _clusters
from . import listeners as _listeners
from .model import Forward, Listener, NotEmulatedError, Snapshot, TargetGroup
from .routes import route_configuration

Resource = dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """Where the files are that Envoy reads and writes."""

    xds: Path
    access_log: Path

    @property
    def certificates(self) -> Path:
        """Name the directory of certificates and private keys."""
        return self.xds / "tls"

    def file(self, name: str) -> Path:
        """Name the file of a resource type or of one resource."""
        return self.xds / f"{name}.json"


@dataclass(frozen=True)
class Configuration:
    """What Envoy is told; `problems` says what is not emulated and is thus missing."""

    listeners: Mapping[str, Resource]
    routes: Mapping[str, Resource]
    clusters: Mapping[str, Resource]
    endpoints: Mapping[str, Resource]
    certificates: Mapping[str, bytes]
    ports: frozenset[int]
    problems: tuple[str, ...]


def translate(snapshot: Snapshot, ports: Mapping[int, int], layout: Layout) -> Configuration:
    """Form Envoy's configuration; `ports` maps the ALB's listener ports to local ones."""
    problems = list(snapshot.problems)
    listeners = _served_listeners(snapshot.listeners, ports, problems)
    groups = _served_groups(snapshot.target_groups, listeners, problems)
    names = {group.arn: group.name for group in groups}
    routes = {}
    for listener in listeners:
        name = _listeners.listener_name(listener)
        routes[name], found = route_configuration(name, listener, ports, names)
        problems.extend(found)
    return Configuration(
        listeners={_listeners.listener_name(each): _listener(each, ports, layout) for each in listeners},
        routes=routes,
        clusters={group.name: _cluster(group, listeners, layout) for group in groups},
        endpoints={group.name: _clusters.endpoints(group) for group in groups},
        certificates=_listeners.certificate_contents(listeners),
        ports=frozenset(ports[listener.port] for listener in listeners),
        problems=tuple(problems),
    )


def _served_listeners(listeners: Sequence[Listener], ports: Mapping[int, int], problems: list[str]) -> list[Listener]:
    served: dict[int, Listener] = {}
    for listener in listeners:
        try:
            _listeners.check_emulated(listener)
        except NotEmulatedError as error:
            problems.append(f"{listener.arn}: listener left out, not emulated: {error}")
            continue
        if listener.port not in ports:
            problems.append(f"{listener.arn}: listener left out, not emulated: port {listener.port}")
        elif listener.port in served:
            problems.append(f"{listener.arn}: listener left out, port {listener.port} is another load balancer's here")
        else:
            served[listener.port] = listener
            problems.extend(f"{listener.arn}: not emulated: {setting}" for setting in listener.ignored_attributes)
    return list(served.values())


def _served_groups(
    groups: Sequence[TargetGroup], listeners: Sequence[Listener], problems: list[str]
) -> list[TargetGroup]:
    """Choose the groups that a listener names: as on AWS, targets of the others are not even checked."""
    named = {arn for listener in listeners for arn in _named_groups(listener)}
    served = []
    for group in (group for group in groups if group.arn in named):
        try:
            _clusters.check_emulated(group)
        except NotEmulatedError as error:
            problems.append(f"{group.arn}: target group left out, not emulated: {error}")
            continue
        problems.extend(f"{group.arn}: not emulated: {setting}" for setting in _clusters.ignored_settings(group))
        served.append(group)
    return served


def _named_groups(listener: Listener) -> set[str]:
    actions = [listener.default, *(rule.action for rule in listener.rules)]
    return {arn for action in actions if isinstance(action, Forward) for arn, _ in action.groups}


def _listener(listener: Listener, ports: Mapping[int, int], layout: Layout) -> Resource:
    routes = layout.file(f"rds-{_listeners.listener_name(listener)}")
    return _listeners.listener(listener, ports[listener.port], routes, layout.certificates, layout.access_log)


def _cluster(group: TargetGroup, listeners: Sequence[Listener], layout: Layout) -> Resource:
    idle_timeout = next(each.idle_timeout for each in listeners if group.arn in _named_groups(each))
    return _clusters.cluster(group, idle_timeout, layout.file(f"eds-{group.name}"))

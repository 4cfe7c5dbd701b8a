# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the load balancer knows about a listener, its rules and its targets: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Health = Literal["initial", "healthy", "unhealthy", "draining"]


class LoadBalancerError(Exception):
    """The load balancer cannot do what it was told; the message names the cause."""


class NotEmulatedError(Exception):
    """A setting that the emulated load balancer does not know."""


@dataclass(frozen=True)
class Target:
    """One endpoint of a target group as the scheduler knows it."""

    address: str
    port: int
    zone: str
    draining: bool


@dataclass(frozen=True)
class HealthCheck:
    """How targets are checked; port None is the port that takes the traffic."""

    protocol: str
    port: int | None
    path: str
    matcher: str
    interval: int
    timeout: int
    healthy_threshold: int
    unhealthy_threshold: int


@dataclass(frozen=True)
class TargetGroup:
    """A target group and the targets that the scheduler runs for it."""

    arn: str
    kind: str
    protocol: str
    protocol_version: str
    algorithm: str
    sticky: bool
    slow_start: int
    health_check: HealthCheck | None
    targets: tuple[Target, ...]

    @property
    def name(self) -> str:
        """Name the group as files and counters do: its name and its id."""
        return "-".join(self.arn.rsplit("/", 2)[1:])


@dataclass(frozen=True)
class Forward:
    """Send to target groups (ARN, weight)."""

    groups: tuple[tuple[str, int], ...]
    sticky: bool = False


@dataclass(frozen=True)
class Redirect:
    """Answer with another address; its parts may hold placeholders such as #{port}."""

    protocol: str
    host: str
    port: str
    path: str
    query: str
    status: str


@dataclass(frozen=True)
class FixedResponse:
    """Answer without asking a target."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True)
class OtherAction:
    """An action that is not emulated, such as authenticate-oidc."""

    kind: str


Action = Forward | Redirect | FixedResponse | OtherAction


@dataclass(frozen=True)
class Condition:
    """One condition of a rule; values hold (key, value), the key being empty except in a query string."""

    field: str
    header: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rule:
    """One rule of a listener."""

    arn: str
    priority: int
    conditions: tuple[Condition, ...]
    action: Action


@dataclass(frozen=True)
class Certificate:
    """A certificate chain and its private key, both PEM."""

    chain: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Listener:
    """A listener with the attributes of its load balancer that matter to it."""

    arn: str
    kind: str
    port: int
    protocol: str
    tls_policy: str
    certificates: tuple[Certificate, ...]
    rules: tuple[Rule, ...]
    default: Action
    idle_timeout: int
    http2_enabled: bool
    invalid_headers_dropped: bool
    ignored_attributes: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """Everything the load balancer serves, read at one moment; problems were met while reading."""

    listeners: tuple[Listener, ...]
    target_groups: tuple[TargetGroup, ...]
    problems: tuple[str, ...] = ()

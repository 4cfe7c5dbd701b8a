# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a call that is made from inside the VPC."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass

from emulator.authorizer import endpoint_policy
from emulator.authorizer.call import Call, Context, Need
from emulator.authorizer.network import Network, Position
from emulator.authorizer.path import Path, UnreachableError, find_path
from emulator.authorizer.policy import Decision, Principal, Request, context_of

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """Who calls, and from where."""

    principal: Principal
    position: Position


class DeniedError(Exception):
    """A policy does not let a call through; the text is AWS's message."""

    def __init__(self, message: str, layer: str, where: str) -> None:
        super().__init__(message)
        self.layer = layer
        self.where = where


@dataclass(frozen=True)
class Layer:
    """One kind of policy, as AWS's messages call it; `decide` returns nothing where none applies."""

    name: str
    decide: Callable[[Path, Call, Request], Decision | None]


def _endpoint_policy(path: Path, call: Call, request: Request) -> Decision | None:
    return endpoint_policy.decide(path.endpoint, call, request) if path.endpoint else None


# Every layer has to allow a call. Identity, boundary and resource policies are not evaluated yet: they go here.
LAYERS = (Layer("VPC endpoint policy", _endpoint_policy),)


class Authorizer:
    """Decide about calls by the network and the policies of now."""

    def __init__(self, network: Callable[[], Network]) -> None:
        self._network = network
        self._paths_of: Network | None = None
        self._paths: dict[tuple[Position, str], Path] = {}

    def check(self, source: Source, call: Call) -> Path:
        """Return the way a call takes to its service; raises UnreachableError or DeniedError, which are also logged."""
        who = source.principal.arn
        try:
            path = self._path(source.position, call.destination)
            context = _context(source, call.region, path)
            for need in call.needs:
                _check_layers(path, call, need, source.principal, context)
        except UnreachableError as error:
            LOG.warning("%s cannot reach %s (%s): %s", who, call.destination, error.obstacle.value, error)
            raise
        except DeniedError as error:
            hint = (
                ""
                if call.understood
                else ", which lets only plain Allow statements speak for a call that is not known here"
            )
            LOG.warning("denied by the %s of %s%s: %s", error.layer, error.where, hint, error)
            raise
        return path

    def _path(self, position: Position, service: str) -> Path:
        """Find a path, or remember it as long as the network is the same object."""
        network = self._network()
        if network is not self._paths_of:
            self._paths_of, self._paths = network, {}
        paths = self._paths
        if (position, service) not in paths:
            paths[position, service] = find_path(network, position, service)
        return paths[position, service]


def _check_layers(path: Path, call: Call, need: Need, principal: Principal, context: Context) -> None:
    request = Request(principal, need.action, need.resource, {**_resource_context(need), **context, **need.context})
    for layer in LAYERS:
        decision = layer.decide(path, call, request)
        if decision not in {None, Decision.ALLOWED}:
            raise DeniedError(_message(layer.name, decision, request), layer.name, path.gateway)


def _message(layer: str, decision: Decision | None, request: Request) -> str:
    """Word a denial as AWS does.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    begin = f"User: {request.principal.arn} is not authorized to perform: {request.action} on resource: "
    if decision is Decision.EXPLICITLY_DENIED:
        return f"{begin}{request.resource} with an explicit deny in a {layer}"
    return f"{begin}{request.resource} because no {layer} allows the {request.action} action"


def _resource_context(need: Need) -> Context:
    """Return the account in the resource's ARN; buckets have none there."""
    parts = need.resource.split(":", 5)
    return {"aws:resourceaccount": (parts[4],)} if len(parts) == 6 and parts[4] else {}


def _context(source: Source, region: str, path: Path) -> Context:
    """Return the keys that every request has. A private address never shows as aws:SourceIp.

    The emulator is called by HTTP; the endpoints of AWS only by HTTPS, so that is what is said.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    now = datetime.datetime.now(datetime.UTC)
    context = {
        **context_of(source.principal),
        "aws:requestedregion": (region,),
        "aws:securetransport": ("true",),
        "aws:currenttime": (now.strftime("%Y-%m-%dT%H:%M:%SZ"),),
        "aws:epochtime": (str(int(now.timestamp())),),
    }
    if path.endpoint is None:
        return {**context, "aws:sourceip": (path.source,)}
    return {
        **context,
        "aws:sourcevpc": (path.vpc_id,),
        "aws:sourcevpce": (path.endpoint.id,),
        "aws:vpcsourceip": (str(source.position.address),),
    }

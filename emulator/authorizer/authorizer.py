# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a call: its way through the VPC, and what every kind of policy says of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from emulator.authorizer import combination, documents, implied_calls, layers, messages, request_context
from emulator.authorizer.asked import Asked
from emulator.authorizer.call import Call, Context, Need
from emulator.authorizer.combination import Denial, Kind, Relation
from emulator.authorizer.identities import Identities, Identity
from emulator.authorizer.implied_calls import Implied
from emulator.authorizer.inventory import Inventory
from emulator.authorizer.journal import Journal
from emulator.authorizer.layers import Layer, Question
from emulator.authorizer.network import Network, Position
from emulator.authorizer.path import Path, UnreachableError, find_path
from emulator.authorizer.policy import Decision, Grant, Principal, Request
from emulator.authorizer.resource_policies import ResourcePolicies
from emulator.settings import ACCOUNT_ID, LOOPBACK, REGION

LOG = logging.getLogger(__name__)
# Where a caller is who is in no VPC, such as whoever deploys.
OUTSIDE = Path("", "no endpoint", source=LOOPBACK)

# "The kms:RetireGrant permission is not effective in a key policy."
# https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
RETIRE_GRANT = "kms:RetireGrant"

# Every kind of policy that is asked; `combination` says how the answers add up.
LAYERS = (
    Layer(Kind.ENDPOINT, layers.endpoint_policy),
    Layer(Kind.RESOURCE, layers.resource_policy),
    Layer(Kind.IDENTITY, layers.identity_policies),
    Layer(Kind.BOUNDARY, layers.permissions_boundary),
    Layer(Kind.SESSION, layers.session_policies),
)


@dataclass(frozen=True)
class Source:
    """Who calls, and from where; without position from outside of the VPC. Session policies came with AssumeRole.

    `deploys` tells who deploys from services of AWS that act in a role.
    """

    principal: Principal
    position: Position | None
    session_policies: tuple[str, ...] = ()
    deploys: bool = False


@dataclass(frozen=True)
class Account:
    """What the account holds: who is in it, which policies its resources have, and what names stand for."""

    identities: Identities
    resource_policies: ResourcePolicies
    inventory: Inventory


@dataclass(frozen=True)
class Verdict:
    """What each kind of policy that applies says of a request, and what is against it."""

    opinions: Mapping[Kind, Decision]
    denial: Denial | None


class DeniedError(Exception):
    """A policy does not let a call through; the text is AWS's message."""

    def __init__(self, message: str, layer: str, where: str) -> None:
        super().__init__(message)
        self.layer = layer
        self.where = where


class Authorizer:
    """Decide about calls by the network and the policies of now."""

    def __init__(self, network: Callable[[], Network], account: Account, asked: Asked | None = None) -> None:
        self._network = network
        self._account = account
        self.journal = Journal()
        self._record = asked
        self._paths_of: Network | None = None
        self._paths: dict[tuple[Position, str], Path] = {}

    def check(self, source: Source, call: Call) -> Path:
        """Return the way a call takes to its service; raises UnreachableError or DeniedError, which are also logged."""
        who = source.principal.arn
        try:
            path = self._path(source.position, call.destination) if source.position else OUTSIDE
            self._check_policies(source, call, path)
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

    def may_assume(self, role_arn: str, service: Principal, context: Context) -> bool:
        """Tell whether a role's trust policy lets an AWS service act in the role."""
        asked = Implied(Need(messages.ASSUME_ROLE, role_arn, context), "sts", service.service)
        return self._decide(self._asked(Source(service, None), asked)) is None

    def verdict(self, source: Source, asked: Implied) -> Verdict:
        """Return what would become of a call that does not come through the VPC, and why."""
        question = self._asked(source, asked)
        opinions = _opinions(question)
        return Verdict(opinions, _denial(question, opinions))

    def _asked(self, source: Source, asked: Implied) -> Question:
        identity = self._account.identities.of(source.principal)
        own = request_context.of_caller(source.principal, identity)
        return self._implied(source, asked, identity, own, request_context.of_way(OUTSIDE, None, REGION))

    def _path(self, position: Position, service: str) -> Path:
        """Find a path, or remember it as long as the network is the same object."""
        network = self._network()
        if network is not self._paths_of:
            self._paths_of, self._paths = network, {}
        paths = self._paths
        if (position, service) not in paths:
            paths[position, service] = find_path(network, position, service)
        return paths[position, service]

    def _check_policies(self, source: Source, call: Call, path: Path) -> None:
        """Ask about the call itself, then about what services call because of it."""
        identity = self._account.identities.of(source.principal)
        own = request_context.of_caller(source.principal, identity)
        way = request_context.of_way(path, source.position, call.region)
        for need in call.needs:
            question = self._question(source, need, {**own, **way}, identity, path, understood=call.understood)
            self._note(source, question)
            self._refuse(question, path)
        for need in call.needs:
            for implied in implied_calls.of(need, call.parameters, self._account.inventory):
                question = self._implied(source, implied, identity, own, way)
                self._note(source, question)
                self._refuse(question, OUTSIDE)

    def _implied(
        self, source: Source, implied: Implied, identity: Identity | None, own: Context, way: Context
    ) -> Question:
        """Form the question about a call from outside of the VPC: of a service, in its own name or the caller's."""
        who = source
        if implied.service:
            who = Source(Principal("", "", implied.service), None)
            identity, own = None, request_context.of_caller(who.principal, None)
        context = {**own, **request_context.of_implied(way, implied)}
        return self._question(who, implied.need, context, identity, OUTSIDE, understood=True)

    def _decide(self, question: Question) -> Denial | None:
        found = _denial(question, _opinions(question))
        self.journal.note(question.request, found)
        return found

    def _refuse(self, question: Question, path: Path) -> None:
        """Raise DeniedError unless all policies together allow a request."""
        found = self._decide(question)
        if found is None:
            return
        request = question.request
        holder = question.identity.arn if question.identity else request.principal.arn
        where = {Kind.ENDPOINT: path.gateway, Kind.RESOURCE: request.resource}.get(found.kind, holder)
        raise DeniedError(messages.denial(found, request), found.kind.value, where)

    def _note(self, who: Source, question: Question) -> None:
        """Remember what is asked in the deployer's name."""
        if self._record and who.deploys and question.request.principal.account:
            self._record.add(question.request, understood=question.understood)

    def _tags(self, need: Need) -> Mapping[str, str]:
        return self._account.inventory.tags(need.resource) if need.resource != "*" else {}

    def _resource_policy(self, need: Need) -> str | None:
        if need.resource == "*" or need.action == RETIRE_GRANT:
            return None
        return self._account.resource_policies.of(need.resource)

    def _question(
        self, source: Source, need: Need, context: Context, identity: Identity | None, path: Path, *, understood: bool
    ) -> Question:
        tags = {f"aws:resourcetag/{key.lower()}": (value,) for key, value in self._tags(need).items()}
        context = {**request_context.of_resource(need), **tags, **context, **need.context}
        if need.action.startswith("kms:") and source.principal.account:
            context["kms:calleraccount"] = (source.principal.account,)
        owner = _owner(need, context, source.principal)
        return Question(
            request=Request(source.principal, need.action, need.resource, context),
            relation=Relation(
                same_account=owner == source.principal.account,
                resource_decides=_resource_decides(need, understood),
            ),
            understood=understood,
            endpoint=path.endpoint,
            identity=identity,
            session_policies=source.session_policies,
            resource_policy=self._resource_policy(need),
            resource_known=owner == ACCOUNT_ID,
        )


def _owner(need: Need, context: Context, principal: Principal) -> str:
    """Return whose account a resource is in: nobody's that is known for a bucket of others."""
    if need.resource == "*":
        return principal.account or ACCOUNT_ID
    return next(iter(context.get("aws:resourceaccount", ())), "")


def _resource_decides(need: Need, understood: bool) -> bool:
    """Tell whether it is a key or a role that is asked for; which key is not known of a call not understood."""
    if need.action.startswith("kms:"):
        existing = ":key/" in need.resource and not need.resource.endswith("/*")
        return need.action != RETIRE_GRANT and (existing or not understood)
    return need.action in {messages.ASSUME_ROLE, "sts:TagSession", "sts:SetSourceIdentity"}


def _opinions(question: Question) -> dict[Kind, Decision]:
    return {layer.kind: said for layer in LAYERS if (said := layer.decide(question)) is not None}


def _denial(question: Question, opinions: Mapping[Kind, Decision]) -> Denial | None:
    grant = Grant.NOTHING
    if opinions.get(Kind.RESOURCE) is Decision.ALLOWED and question.resource_policy:
        grant = documents.grant(documents.read(question.resource_policy), question.request)
    return combination.denial(opinions, grant, question.relation)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions of tests: what policies say to calls that nobody here can make, such as those of AWS services."""

from __future__ import annotations

import json
from typing import Any

from emulator.authorizer.authorizer import Authorizer, Source, Verdict
from emulator.authorizer.call import Need
from emulator.authorizer.implied_calls import Implied
from emulator.authorizer.policy import Principal
from emulator.control_plane.wsgi import Answer, Environment, json_answer

PARAMETERS = frozenset({"role_arn", "service", "action", "resource", "context", "via"})
SESSION = "asked"


class QuestionsEndpoint:
    """Serve `POST /_palisade/questions` with a list of questions.

    Each has `role_arn`, or `service` for a service that acts in its own name, `action` and `resource`, and may have a
    `context` and `via`, the service by way of which a role asks. The calls come from outside of the VPC. The answer to
    each is `denied_by`, a kind of policy or nothing, and `opinions`, what every kind says that applies.
    """

    def __init__(self, authorizer: Authorizer) -> None:
        self._authorizer = authorizer

    def __call__(self, environment: Environment, path: str) -> Answer:
        """Return the answers in the order of the questions; 400 says what is wrong with one."""
        if environment["REQUEST_METHOD"] != "POST":
            return json_answer({"message": "POST questions"}, 405)
        body = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
        try:
            asked = [_read(one) for one in json.loads(body)]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return json_answer({"message": f"expected a list of questions: {error!r}"}, 400)
        return json_answer([_answer(self._authorizer.verdict(source, call)) for source, call in asked])


def _read(question: dict[str, Any]) -> tuple[Source, Implied]:
    if unknown := question.keys() - PARAMETERS:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    context = {key.lower(): tuple(values) for key, values in question.get("context", {}).items()}
    need = Need(question["action"], question["resource"], context)
    if service := question.get("service", ""):
        return Source(Principal("", "", service), None), Implied(need, service, service)
    return Source(_session(question["role_arn"]), None), Implied(need, question.get("via", ""))


def _session(role_arn: str) -> Principal:
    account, name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return Principal(f"arn:aws:sts::{account}:assumed-role/{name}/{SESSION}", account)


def _answer(verdict: Verdict) -> dict[str, Any]:
    return {
        "denied_by": verdict.denial.kind.value if verdict.denial else "",
        "opinions": {kind.value: decision.value for kind, decision in verdict.opinions.items()},
    }

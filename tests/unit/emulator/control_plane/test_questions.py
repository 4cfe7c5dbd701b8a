# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions about calls that nobody here can make."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from emulator.authorizer.authorizer import Authorizer
from emulator.control_plane.questions import QuestionsEndpoint
from tests.unit.emulator.authorizer.authorizer_world import KEY, ROLE, TABLE, World, allow, document, network

VIA = {"StringEquals": {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}}
LOGS = allow("kms:Encrypt", Principal={"Service": "logs.eu-central-1.amazonaws.com"})
DELEGATING = allow("kms:Decrypt", Principal={"AWS": "123456789012"}, Condition=VIA)
KEY_POLICY = document(LOGS, DELEGATING)
WORLD = World((document(allow("dynamodb:*", "kms:*")),), document(allow("kms:*")), resources={KEY: KEY_POLICY})


def ask(*questions: Any, method: str = "POST") -> tuple[int, Any]:
    body = json.dumps(questions).encode()
    environment = {"REQUEST_METHOD": method, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    answer = QuestionsEndpoint(Authorizer(network, WORLD.account))(environment, "")
    return answer.status, json.loads(answer.body)


def test_every_kind_of_policy_says_what_it_thinks() -> None:
    status, (found,) = ask({"role_arn": ROLE, "action": "dynamodb:GetItem", "resource": TABLE})
    assert status == 200
    assert found == {
        "denied_by": "permissions boundary",
        "opinions": {"identity-based policy": "allowed", "permissions boundary": "implicitly denied"},
    }


def test_a_role_asks_by_way_of_a_service_and_a_service_in_its_own_name() -> None:
    through = {"via": "dynamodb", "context": {"kms:ViaService": ["dynamodb.eu-central-1.amazonaws.com"]}}
    decrypt = {"role_arn": ROLE, "action": "kms:Decrypt", "resource": KEY}
    encrypt = {"service": "logs.eu-central-1.amazonaws.com", "action": "kms:Encrypt", "resource": KEY}
    other = encrypt | {"service": "logs.us-east-1.amazonaws.com"}
    _, answers = ask(decrypt | through, decrypt, encrypt, other)
    assert [one["denied_by"] for one in answers] == ["", "resource-based policy", "", "resource-based policy"]


@pytest.mark.parametrize("question", [{}, {"role_arn": ROLE, "action": "a:b"}, "why", {"verb": "x"}, {"role_arn": "x"}])
def test_what_is_no_question_is_refused(question: Any) -> None:
    status, content = ask(question)
    assert status == 400
    assert "expected a list of questions" in content["message"]


def test_questions_are_posted() -> None:
    assert ask(method="GET")[0] == 405

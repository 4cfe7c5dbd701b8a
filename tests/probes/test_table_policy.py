# SPDX-License-Identifier: GPL-3.0-or-later
"""Items are reached through the endpoint that the policy of the table names, by TLS, and by whoever it excepts."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest

from tests.e2e.site import STACK, Site
from tests.probes.documents import Policy, TablePolicy
from tests.probes.mutants import Mutant, narrowed, widened, with_action
from tests.probes.probing import Fate, Place, Probe, Prober
from tests.probes.situations import ROLES
from tests.probes.universe import RESOURCES, actions

Tally = Callable[[str, int], None]
Question = tuple[str, str, str, str]
ITEMS = {
    *("dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem"),
    *("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"),
    *("dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate"),
}
TABLES = ("our table", "our index")
OURS, ANOTHER_WAY, WITHOUT_TLS = "through our endpoint", "through another endpoint", "through our endpoint, without TLS"
WAYS = (OURS, ANOTHER_WAY, "from the internet", WITHOUT_TLS)
EXCEPTED, ANOTHER = "another role", "a foreign role"
ASKERS = ("task", EXCEPTED, ANOTHER)
LEAST_MUTANTS = 60


@pytest.fixture
def document(stack: Site) -> Iterator[TablePolicy]:
    """The policy of the table, which excepts a role."""
    found = TablePolicy(stack, STACK)
    found.policy["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"] = [ROLES[EXCEPTED]]
    with found.having(found.policy):
        yield found


def questions() -> Iterator[Question]:
    """Return who asks for what, on what, in which way."""
    return product(ASKERS, actions("dynamodb"), TABLES, WAYS)


def telling() -> Iterator[Question]:
    """Return what tells policies apart: for what is no item it does not matter who asks, or of which table."""
    return (one for one in questions() if one[1] in ITEMS or (one[0], one[2]) == ("task", "our table"))


def wanted(question: Question) -> str:
    """Return what the policy has to say: it allows nothing."""
    asker, action, _, way = question
    denied = way == WITHOUT_TLS or (action in ITEMS and way != OURS and asker != EXCEPTED)
    return "explicitly denied" if denied else "implicitly denied"


def asked(question: Question, endpoint_id: str) -> dict[str, object]:
    """Return a question as the embedded AWS takes it."""
    asker, action, table, way = question
    endpoint = {"aws:SourceVpce": ["vpce-0f0f0f0f0f0f0f0f0" if way == ANOTHER_WAY else endpoint_id]}
    context = {
        "aws:SecureTransport": ["false" if way == WITHOUT_TLS else "true"],
        **({} if way == "from the internet" else endpoint),
    }
    return {"role_arn": ROLES[asker], "action": action, "resource": RESOURCES[table], "context": context}


def wrong(stack: Site, document: TablePolicy, some: Iterable[Question]) -> Iterator[str]:
    """Return the questions whose answer is not what it has to be."""
    listed = list(some)
    answers = stack.ask("questions", [asked(one, document.endpoint_id) for one in listed])
    for one, answer in zip(listed, answers, strict=True):
        if (said := answer["opinions"][TablePolicy.layer]) != wanted(one):
            yield f"{one}: {said}"


def test_the_policy_says_what_it_has_to(stack: Site, document: TablePolicy, tally: Tally) -> None:
    some = list(questions())
    assert list(wrong(stack, document, some)) == []
    tally("questions about the policy of the table", len(some))


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Return policies that deny a little less or more. What DynamoDB takes in no such policy is left out: other tables
    and services.
    """
    yield from narrowed(policy)
    yield from (one for one in widened(policy) if " without " in one.change or one.change.startswith("with "))
    excepting = copy.deepcopy(policy)
    excepting["Statement"][0]["Condition"]["ArnNotLike"]["aws:PrincipalArn"].append(ROLES[ANOTHER])
    yield Mutant("excepting one more", excepting)
    yield from (with_action(policy, 0, action) for action in actions("dynamodb") if action not in ITEMS)


def test_whatever_else_it_said_would_be_noticed(stack: Site, document: TablePolicy, tally: Tally) -> None:
    some, survivors, count = list(telling()), [], 0
    with document.changing():
        for mutant in mutants(document.policy):
            count += 1
            document.put(mutant.policy)
            if not any(wrong(stack, document, some)):
                survivors.append(mutant.change)
    tally("policies of the table with an element less or more, all noticed", count)
    assert survivors == []
    assert count >= LEAST_MUTANTS


def test_task_reaches_items_by_the_endpoint_of_the_policy(
    stack: Site, prober: Prober, places: dict[str, Place]
) -> None:
    document, probe = TablePolicy(stack, STACK), Probe("dynamodb", "task", "GetItem", "ours")
    fates = []
    with document.changing():
        for endpoint_id in (document.endpoint_id, "vpce-00000000000000000", document.endpoint_id):
            changed = copy.deepcopy(document.policy)
            changed["Statement"][0]["Condition"]["StringNotEquals"]["aws:SourceVpce"] = endpoint_id
            document.put(changed)
            fates.append(prober.fate(probe, places["a task"]))
    assert fates == [Fate.PASSED, Fate.DENIED_OTHERWISE, Fate.PASSED]

# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes an audit fail: what is unexplained, what is explained in vain, who judged nothing, what stays green."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.audit import controls, exceptions, finding, page
from tests.audit.exceptions import Excuse, ExcuseProblem
from tests.audit.finding import Finding, Result

RIGHT = Finding("checkov", "CKV_1", "TableShop", False)
WRONG = Finding("checkov", "CKV_2", "TableShop", True, "not encrypted")
EXCUSE = Excuse("checkov", "CKV_2", "Table*", "accepted", "for a reason")
CONTROL: controls.Control = {
    "service": "DynamoDB",
    "ids": "DynamoDB.1",
    "requirement": "Tables are encrypted",
    "means": "data",
    "checks": ["checkov CKV_1"],
}


def result(*findings: Finding, judged: int = 1) -> Result:
    return Result("checkov", "3", judged, "resources", findings)


def problems(control: controls.Control, ours: Result, twins: Result, *excuses: Excuse) -> list[str]:
    return controls.problems(controls.record([control], [ours], [twins], list(excuses)))


def failing(wanted: Finding) -> Finding:
    return Finding(wanted.tool, wanted.check, wanted.resource, True)


def test_what_is_right_needs_no_excuse() -> None:
    assert exceptions.judge([result(RIGHT)], []).problems == []


def test_finding_without_excuse_is_a_problem() -> None:
    assert exceptions.judge([result(RIGHT, WRONG)], []).problems == ["checkov CKV_2: TableShop: not encrypted"]


def test_excuse_explains_what_it_names() -> None:
    assert exceptions.judge([result(WRONG)], [EXCUSE]).problems == []


@pytest.mark.parametrize(
    "other",
    [
        {"tool": "prowler"},
        {"check": "CKV_3"},
        {"resource": "Bucket*"},
        {"detail": "open to all"},
        {"resource": "tableshop"},
    ],
)
def test_excuse_for_something_else_explains_nothing(other: dict[str, str]) -> None:
    excuse = Excuse(**{**EXCUSE.__dict__, **other})
    verdict = exceptions.judge([result(WRONG)], [excuse])
    assert (verdict.unexplained, verdict.stale) == ([WRONG], [excuse])


def test_excuse_for_what_is_right_again_is_stale() -> None:
    verdict = exceptions.judge([result(Finding("checkov", "CKV_2", "TableShop", False))], [EXCUSE])
    assert verdict.problems == ["the exception checkov CKV_2 for Table* matches nothing"]


@pytest.mark.parametrize("idle", [result(judged=0), Result("checkov", "", 1, "resources", ())])
def test_tool_that_judged_nothing_is_a_problem(idle: Result) -> None:
    assert exceptions.judge([idle], []).problems == ["checkov judged nothing"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reason": " "}, "missing .'reason'."),
        ({"kind": "never mind"}, "kind is"),
        ({"until": "2030"}, "unknown .'until'."),
    ],
)
def test_incomplete_excuse_is_refused(tmp_path: Path, change: dict[str, str], message: str) -> None:
    entry = {key: value for key, value in EXCUSE.__dict__.items() if key != "detail"} | change
    (tmp_path / "exceptions.yml").write_text(yaml.safe_dump([entry]))
    with pytest.raises(ExcuseProblem, match=message):
        exceptions.load(tmp_path / "exceptions.yml")


def test_control_is_right_if_its_check_is_and_would_have_failed() -> None:
    assert problems(CONTROL, result(RIGHT), result(failing(RIGHT))) == []


def test_check_that_the_twin_leaves_green_is_a_problem() -> None:
    found = problems(CONTROL, result(RIGHT), result(RIGHT, WRONG))
    assert found == ["control DynamoDB.1: checkov CKV_1 stayed green on the twin"]


def test_gate_that_the_twin_leaves_green_is_a_problem() -> None:
    assert "checkov stayed green on the twin" in problems(CONTROL, result(RIGHT), result(RIGHT))


def test_what_is_excused_does_not_count_as_noticed() -> None:
    control = CONTROL | {"checks": ["checkov CKV_2"]}
    right = Finding("checkov", "CKV_2", "TableShop", False)
    found = problems(control, result(right), result(WRONG), EXCUSE)
    assert "control DynamoDB.1: checkov CKV_2 stayed green on the twin" in found


@pytest.mark.parametrize(
    ("kind", "others", "outcome"),
    [
        ("accepted", [RIGHT], "excepted"),
        ("out of scope", [RIGHT], "right"),
        ("out of scope", [], "excepted"),
        ("out of scope", [failing(RIGHT)], "wrong"),
    ],
)
def test_what_is_of_the_account_says_nothing_of_the_stack(kind: str, others: list[Finding], outcome: str) -> None:
    excuse = Excuse("checkov", "CKV_1", "default VPC", kind, "for a reason")
    ours = result(Finding("checkov", "CKV_1", "default VPC", True), *others)
    found = controls.record([CONTROL], [ours], [], [excuse])
    assert found["controls"][0]["checks"][0]["outcome"] == outcome


def test_control_that_nobody_judged_is_a_problem() -> None:
    found = problems(CONTROL, result(WRONG), result(failing(RIGHT)), EXCUSE)
    assert found == ["control DynamoDB.1: checkov CKV_1 is not judged"]


def test_wrong_control_is_a_problem() -> None:
    found = problems(CONTROL, result(failing(RIGHT)), result(failing(RIGHT)))
    assert found == ["control DynamoDB.1: checkov CKV_1 is wrong"]


def test_check_that_cannot_be_broken_needs_a_reason_that_is_true() -> None:
    control = CONTROL | {"unbroken": {"checkov CKV_1": "nobody can"}}
    assert problems(control, result(RIGHT), result(RIGHT, WRONG)) == []
    found = problems(control, result(RIGHT), result(failing(RIGHT)))
    assert found == ["control DynamoDB.1: checkov CKV_1 is said not to be broken, but is red"]


def test_incomplete_control_is_refused(tmp_path: Path) -> None:
    control = {key: value for key, value in CONTROL.items() if key != "means"}
    (tmp_path / "controls.yml").write_text(yaml.safe_dump([control]))
    with pytest.raises(ValueError, match=r"DynamoDB\.1"):
        controls.load(tmp_path / "controls.yml")


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = [result(RIGHT, WRONG)]
    finding.write(tmp_path / "results.json", results)
    assert finding.read(tmp_path / "results.json") == results


def test_page_is_what_the_record_gives() -> None:
    assert page.PAGE.read_text() == page.page(controls.recorded()), "run `make audit`, which writes both"


def test_record_is_of_the_controls_and_exceptions_that_are_there() -> None:
    found: Any = controls.recorded()
    empty = controls.record(controls.load(), [], [], exceptions.load())
    assert [control["ids"] for control in found["controls"]] == [control["ids"] for control in empty["controls"]]
    assert [[check["check"] for check in control["checks"]] for control in found["controls"]] == [
        [check["check"] for check in control["checks"]] for control in empty["controls"]
    ]
    assert found["exceptions"] == empty["exceptions"]


def test_record_is_without_problems() -> None:
    assert controls.problems(controls.recorded()) == []

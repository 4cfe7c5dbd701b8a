# SPDX-License-Identifier: GPL-3.0-or-later
"""Only what differs between two equal runs is replaced, and a difference in anything else is found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.warm import normalisation
from tests.warm.comparison import compare
from tests.warm.recording import Recording

RESULT = {
    "event": "ok",
    "host": "here",
    "task": "VPC",
    "result": {
        "changed": False,
        "id": "vpc-0a1b2c3d4e5f60718",
        "count": 3,
        "size": 1.5,
        "none": None,
        "tags": {"a": "b"},
    },
}
RECORDING = Recording([json.dumps(RESULT)], ["ok: [here]"], ["[WARNING]: careful"], 0, [], [])


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("at 2026-11-23T19:51:55.184492+00:00 and 2026-11-23 19:51:55", "at <time> and <time>"),
        ("date: Mon, 23 Nov 2026 19:51:57 GMT", "date: <time>"),
        ("1795463516613 or 1795463516.25", "<time> or <time>"),
        (
            "/home/me/.ansible/tmp/ansible-tmp-1795463518.4315517-394-84732845362104/x",
            "/home/me/.ansible/tmp/<temporary>/x",
        ),
        ("jid=j252396537048.1223", "jid=<job>"),
        ("id: ba9488ba-9d9a-4f6d-a17e-cbf89d320eee", "id: <id>"),
        ("pl-e669c559c884e5573", "<prefix list>"),
        ("ecs-svc/5879180420169019809", "ecs-svc/<id>"),
        (
            "listener-rule/app/corpus/852428c29ed68512/b577967c81824033/140702145209296",
            "listener-rule/app/corpus/852428c29ed68512/b577967c81824033/<id>",
        ),
    ],
)
def test_what_time_and_chance_make_is_replaced(text: str, normal: str) -> None:
    assert normalisation.text(text) == normal


@pytest.mark.parametrize(
    "text",
    [
        "vpc-0a1b2c3d4e5f60718",
        "arn:aws:kms:eu-central-1:123456789012:key/ba9488ba-9d9a-4f6d-a17e-cbf89d320eee",
        "10.0.0.0/16",
        "port 8443",
        "123456789012",
        "3.11.7",
        "17954635166131",
        "listener-rule/app/corpus/852428c29ed68512/b577967c81824033/c577967c81824034",
        "value of tenancy must be one of: default, dedicated, got: shared",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert normalisation.text(text) == text


def test_traceback_keeps_what_the_module_did() -> None:
    stock = (
        "Traceback (most recent call last):\n"
        '  File "/home/me/.ansible/tmp/x/AnsiballZ_say.py", line 266, in <module>\n    _ansiballz_main(\n'
        '  File "/tmp/p/ansible_say_payload.zip/ansible_collections/a/b/plugins/modules/say.py", line 7, in main\n'
        "ValueError: chosen\n"
    )
    warm = (
        "Traceback (most recent call last):\n"
        '  File "/home/me/ansible_collections/a/b/plugins/modules/say.py", line 7, in main\n    raise ValueError\n'
        "ValueError: chosen\n"
    )
    assert normalisation.text(stock) == normalisation.text(warm)
    assert normalisation.text(stock) != normalisation.text(warm.replace("line 7", "line 8"))
    assert normalisation.text(stock) != normalisation.text(warm.replace("chosen", "other"))


def test_commands_of_the_connection_are_dropped_whole_and_nothing_else() -> None:
    said = [
        "before",
        """<here> EXEC /bin/sh -c 'A='"'"'two""",
        """lines'"'"' /bin/python /tmp/x.py && sleep 0'""",
        "<here> PUT /tmp/a TO /tmp/b",
        "it's after",
        "and 'so' on",
    ]
    assert normalisation.output(said) == ["before", "it's after", "and 'so' on"]


def altered(key: str, value: object) -> Recording:
    result = RESULT | {"result": {**RESULT["result"], key: value}}  # type: ignore[dict-item]
    return replace(RECORDING, results=[json.dumps(result)])


@pytest.mark.parametrize(
    "warm",
    [
        altered("changed", True),
        altered("changed", "False"),
        altered("id", "vpc-0a1b2c3d4e5f60719"),
        altered("count", 4),
        altered("count", 3.0),
        altered("size", "1.5"),
        altered("none", ""),
        altered("tags", {"a": "c"}),
        altered("tags", {}),
        altered("more", None),
        replace(RECORDING, results=[]),
        replace(RECORDING, results=RECORDING.results * 2),
        replace(RECORDING, results=[json.dumps(RESULT | {"event": "failed"})]),
        replace(RECORDING, results=[json.dumps(dict(reversed(RESULT.items())))]),
        replace(RECORDING, output=["changed: [here]"]),
        replace(RECORDING, output=["ok: [here]", ""]),
        replace(RECORDING, errors=[]),
        replace(RECORDING, code=2),
    ],
)
def test_altered_result_is_found(warm: Recording) -> None:
    assert list(compare(RECORDING, RECORDING)) == []
    assert len(list(compare(RECORDING, warm))) >= 1

# SPDX-License-Identifier: GPL-3.0-or-later
"""What the load of the end-to-end tests counts, for a count of zero proves something only if it can be another."""

from __future__ import annotations

import json

import pytest
import urllib3

from tests.e2e.load_clients import Reader, Writer, reading_back, writing
from tests.e2e.load_figures import Answer, figures, table


def answer(status: int, content: object) -> urllib3.BaseHTTPResponse:
    return urllib3.HTTPResponse(body=json.dumps(content).encode(), status=status)


def test_what_was_written_is_read_back_word_for_word() -> None:
    added = writing()
    read = reading_back(added)
    assert added.body is not None
    assert not read.is_wrong(answer(200, {**added.body, "version": 1}))
    assert read.is_wrong(answer(200, {**added.body, "name": "Another"}))
    assert read.is_wrong(answer(404, {"title": "Not found"}))
    assert read.is_wrong(urllib3.HTTPResponse(body=b"<html>", status=200))
    # It was refused, so nothing is said of the data.
    assert not read.is_wrong(answer(503, {}))
    assert not Reader("healthz").next().is_wrong(answer(404, {}))


def test_a_writer_reads_what_it_added_and_adds_more() -> None:
    writer, sent = Writer(), []
    for _ in range(15):
        sent.append(writer.next())
        if sent[-1].method == "POST":
            writer.keep(sent[-1])
    assert [one.method for one in sent].count("POST") == 4
    assert {one.path.rpartition("/")[2] for one in sent if one.method == "GET"} <= {one.product for one in sent}


def test_a_request_belongs_to_the_event_in_which_it_ends_and_fails_from_when_it_was_sent() -> None:
    answers = [
        Answer(0.9, 0.01, True, False),
        Answer(0.99, 0.02, False, False),  # was under way when the event began
        Answer(3.0, 10.0, False, False),
        Answer(4.0, 0.5, True, True),
        Answer(19.0, 2.0, True, False),  # ends after it
    ]
    found = figures(answers, 1.0, 20.0)
    assert (found.requests, found.failed, found.wrong) == (3, 2, 1)
    assert (found.window, found.median, found.p99) == (2.0, 0.5, 10.0)
    assert figures(answers[:2], 1.0, 20.0).window == 0


def test_the_figures_of_everything_begin_with_the_first_request() -> None:
    assert figures([Answer(100.0, 1.0, True, False)], 0, 103.0).seconds == 3
    assert figures([], 0, 10.0).requests == 0


@pytest.mark.parametrize("failed", [0, 7])
def test_the_table_says_how_many_failed(failed: int) -> None:
    answers = [Answer(1.0, 0.5, number >= failed, False) for number in range(20)]
    title, row = table({"rollback": figures(answers, 0, 10)})
    assert title.split()[:3] == ["event", "requests", "failed"]
    assert row.split()[:3] == ["rollback", "20", str(failed)]

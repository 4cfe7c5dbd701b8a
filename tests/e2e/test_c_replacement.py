# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing every task under load loses no request; test_i_crash.py is the control."""

from __future__ import annotations

from tests.e2e.replacing import FEWEST_REQUESTS, replace_all_tasks_under_load
from tests.e2e.site import Site


def _requests_at_the_proxy(site: Site) -> int:
    return int(sum(site.state()["requests"].values()))


def test_no_request_is_lost_and_the_proxy_counted_the_same(site: Site) -> None:
    before = _requests_at_the_proxy(site)
    load = replace_all_tasks_under_load(site, "second")
    assert load.failed == 0, load.answers
    assert load.sent >= FEWEST_REQUESTS
    assert load.sent == _requests_at_the_proxy(site) - before

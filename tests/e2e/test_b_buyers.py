# SPDX-License-Identifier: GPL-3.0-or-later
"""Many want the last pieces through the load balancer while tasks die: exactly what there was is sold, to somebody."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest

from tests.e2e.buyers import AT_ONCE, SECONDS, Buyers, assert_sold_once, product_with
from tests.e2e.replacing import replace_all_tasks_under_load
from tests.e2e.site import Site, wait_until

BUYERS, ITEMS = 100, 10
# What there is while a deployment replaces the tasks, and how long it takes until another buyer comes, in seconds.
MANY, PAUSE = 60, 0.5


def test_what_there_is_is_sold_once_while_tasks_die(site: Site) -> None:
    product = product_with(site, ITEMS)
    before = {task["id"]: task["pid"] for task in site.tasks()}
    buyers = Buyers(site, product)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(buyers.buy, number) for number in range(BUYERS)]
        # One at once, and another when it has been replaced or the buyers are done: one always stays.
        assert buyers.answered.wait(SECONDS)
        os.kill(next(iter(before.values())), signal.SIGKILL)
        for one in waiting:
            one.result()
    assert_sold_once(site, buyers, product, ITEMS)
    assert buyers.answers["409"] == BUYERS - ITEMS
    wait_until(lambda: len(site.tasks()) == len(before), 180, "another task serves")


@pytest.mark.nightly
def test_what_there_is_is_sold_once_and_everybody_answered_at_once_while_all_tasks_are_replaced(site: Site) -> None:
    product = product_with(site, MANY)
    buyers = Buyers(site, product)
    waiting: list[Future[None]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        deployment = pool.submit(replace_all_tasks_under_load, site, "with-buyers")
        while not deployment.done():
            waiting.append(pool.submit(buyers.buy, len(waiting)))
            wait([deployment], timeout=PAUSE)
        during = len(waiting)
        # And then more than there are pieces.
        waiting += [pool.submit(buyers.buy, during + number) for number in range(BUYERS)]
        for one in waiting:
            one.result()
        deployment.result()
    assert during >= MANY // 2
    assert_sold_once(site, buyers, product, MANY)
    assert set(buyers.answers) == {"201", "409"}
    site.playbook("--tags", "ecs_service")

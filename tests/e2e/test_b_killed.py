# SPDX-License-Identifier: GPL-3.0-or-later
"""Randomized runs in which tasks die at any moment, several at once too: nothing is oversold, lost, or sold twice."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.scheduler.backoff import STABLE_SECONDS
from tests.e2e.buyers import AT_ONCE, Buyers, assert_sold_once, product_with
from tests.e2e.site import STACK, Site, wait_until

pytestmark = pytest.mark.nightly
RUNS = 20
TASKS = 2


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, for its alarms notice what is done to it."""
    with Site(tmp_path_factory.mktemp("killed") / "run").running() as site:
        site.playbook()
        yield site


def test_nothing_is_oversold_or_lost_in_randomized_runs_with_killed_tasks(shop: Site) -> None:
    seen: Counter[str] = Counter()
    for seed in range(RUNS):
        chance = random.Random(seed)  # noqa: S311 -- reproducible, not secret
        pieces, wanted = chance.randint(2, 12), chance.randint(5, 30)
        wait_until(lambda: len(proven(shop)) == TASKS, 60, "all tasks have proven themselves")
        product = product_with(shop, pieces)
        buyers = Buyers(shop, product, again=0.3)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = {pool.submit(buyers.buy, number) for number in range(wanted)}
            for _ in range(chance.randint(1, 3)):
                wait(waiting, timeout=chance.uniform(0, 0.3), return_when=FIRST_COMPLETED)
                seen["killed"] += kill_some(shop, chance)
            for one in waiting:
                one.result()
        sold = min(pieces, wanted)
        assert_sold_once(shop, buyers, product, sold, left=pieces - sold)
        seen += buyers.answers
    # The control: tasks did die under requests, and buyers had to ask again.
    assert seen["killed"] >= RUNS // 2
    assert seen["502"] + seen["503"] > 0, seen


def proven(shop: Site) -> list[Any]:
    """Return the tasks that have run for a while: ECS waits ever longer before it replaces those that have not."""
    ecs, tasks = shop.client("ecs"), {task["id"]: task for task in shop.tasks()}
    described = ecs.describe_tasks(cluster=STACK, tasks=list(tasks))["tasks"] if tasks else []
    old = datetime.now(UTC) - timedelta(seconds=STABLE_SECONDS + 1)
    return [tasks[one["taskArn"].rpartition("/")[2]] for one in described if one["startedAt"] < old]


def kill_some(shop: Site, chance: random.Random) -> int:
    """Kill some of the tasks that have proven themselves, or all; return how many."""
    tasks = proven(shop)
    chosen = chance.sample(tasks, chance.randint(0, len(tasks)))
    for task in chosen:
        # It may have ended by itself.
        with suppress(ProcessLookupError):
            os.kill(task["pid"], signal.SIGKILL)
    return len(chosen)

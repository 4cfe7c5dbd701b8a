# SPDX-License-Identifier: GPL-3.0-or-later
"""One embedded AWS for all comparisons; it is emptied before each run of the corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.site import Site
from tests.warm.recording import Laboratory, Stack, other_stack, this_stack


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An embedded AWS on which nothing was deployed."""
    with Site(tmp_path_factory.mktemp("account") / "run").running() as account:
        yield account


@pytest.fixture
def laboratory(account: Site, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Stack], Laboratory]:
    """Make a laboratory for a stack.

    Its path is short: ansible-core 2.21 opens a socket below, whose path has at most 107 characters on Linux.
    """
    return lambda stack: Laboratory(account, tmp_path_factory.mktemp("lab") / "l", stack)


@pytest.fixture(params=["this", pytest.param("other", marks=pytest.mark.full)])
def stack(request: pytest.FixtureRequest) -> Stack:
    """Each supported stack: the one that runs the tests, and another one."""
    found = this_stack() if request.param == "this" else other_stack()
    if found is None:
        pytest.skip("no second stack: make one in .venv-3.13, or name one in PALISADE_OTHER_STACK")
    return found

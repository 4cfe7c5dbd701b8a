# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploy, look, and have every gate judge what is there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.audit import state, template
from tests.audit.finding import Result
from tests.audit.gates import GATES
from tests.audit.gates.subject import Subject
from tests.e2e.site import Site

Say = Callable[[str], None]


@contextmanager
def deployed(directory: Path, *arguments: str) -> Iterator[Site]:
    """Have a site on an embedded AWS of its own for the length of a block."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with Site(directory / "run").running() as site:
        site.playbook(*arguments)
        yield site


def look(site: Site, directory: Path) -> Subject:
    """Read the live state of a site once, for all gates."""
    found = state.read(site.client)
    return Subject(site, found, template.template(found), directory)


def judged(subject: Subject, say: Say) -> list[Result]:
    """Have every gate judge, the slow one, which mostly waits for answers, beside the others."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda tool: _timed(tool, subject, say), reversed(GATES)))


def _timed(tool: str, subject: Subject, say: Say) -> Result:
    started = time.monotonic()
    result = GATES[tool](subject)
    seconds = time.monotonic() - started
    say(
        f"  {tool:<15}{result.version:<9}{result.judged:>4} {result.unit:<10}"
        f"{len(result.findings):>5} answers, {len(result.failed):>3} adverse, {seconds:5.0f} s"
    )
    return result

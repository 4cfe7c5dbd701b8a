# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.audit`: deploy, have the auditors judge, deploy the insecure twin, and see that they notice."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from tests.audit import audit, controls, exceptions, finding, page, twin
from tests.audit.exceptions import Excuse
from tests.audit.finding import Result
from tests.e2e.site import CHECKOUT

DIRECTORY = CHECKOUT / ".run" / "audit"
NAMED = 5
SITE = Path(__file__).with_name("site.yml")


def say(line: str) -> None:
    """Print at once: an audit takes minutes."""
    print(line, flush=True)


def judge_site() -> list[Result]:
    """Deploy the stack as production has it, and have every gate judge it."""
    say("Deploying the stack ...")
    with audit.deployed(DIRECTORY / "site", "-e", f"@{SITE}") as site:
        say("Judging it:")
        return audit.judged(audit.look(site, DIRECTORY / "site"), say)


def judge_twin(excuses: list[Excuse]) -> list[Result]:
    """Deploy the insecure twin, break what the roles do not let people open, and have every gate judge it."""
    say("Deploying the insecure twin ...")
    with audit.deployed(DIRECTORY / "twin", "-e", f"@{twin.INVENTORY}") as site:
        twin.break_everything(site.client)
        say("Judging it:")
        results = audit.judged(audit.look(site, DIRECTORY / "twin"), say)
    for result in results:
        names = sorted({item.check for item in exceptions.judge([result], excuses).unexplained})
        say(
            f"  {result.tool} says no to {len(names)} things: {', '.join(names[:NAMED])}{' ...' * (len(names) > NAMED)}"
        )
    return results


def keep(record: controls.Record, failed: bool) -> None:
    """Write the record and its page into the repository, or the record of a failed audit beside what the tools said."""
    if failed:
        (DIRECTORY / "record.json").write_text(controls.text(record))
        return
    controls.RECORD.write_text(controls.text(record))
    page.PAGE.write_text(page.page(record))


def main() -> int:
    """Return 0 if nothing is unexplained and every gate and control notices the twin."""
    if not shutil.which("npm"):
        say("make audit needs Node.js 20 or newer and npm, for example: apt-get install nodejs npm")
        return 2
    started, excuses, table = time.monotonic(), exceptions.load(), controls.load()
    ours = judge_site()
    finding.write(DIRECTORY / "site.json", ours)
    twins = judge_twin(excuses)
    finding.write(DIRECTORY / "twin.json", twins)
    verdict = exceptions.judge(ours, excuses)
    record = controls.record(table, ours, twins, excuses)
    problems = [*verdict.problems, *controls.problems(record)]
    keep(record, bool(problems))
    say(f"{len(verdict.explained)} adverse findings are explained by {len(excuses)} exceptions.")
    say(controls.summary(record))
    for problem in problems:
        say(f"  {problem}")
    say(f"{len(problems)} problems after {time.monotonic() - started:.0f} s. The record: {DIRECTORY}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

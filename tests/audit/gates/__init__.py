# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates, each a tool that others wrote, except the last, which looks at what none of them looks at."""

from __future__ import annotations

from collections.abc import Callable

from tests.audit.finding import Result
from tests.audit.gates import cdk_nag, cfn_lint, checkov, cloudsplaining, own, parliament, prowler, sslyze
from tests.audit.gates.subject import Subject

GATES: dict[str, Callable[[Subject], Result]] = {
    module.TOOL: module.judge
    for module in (sslyze, cfn_lint, checkov, cdk_nag, cloudsplaining, parliament, own, prowler)
}

# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything comes back after kill -9. From then on the site drains no target, so only its removal is tested later."""

from __future__ import annotations

import json
import os
import signal

import pytest

from emulator.identity import start_mark
from tests.e2e.replacing import replace_all_tasks_under_load
from tests.e2e.site import Site, wait_until


@pytest.mark.nightly
def test_after_a_crash_up_repairs_and_without_draining_requests_are_lost(site: Site) -> None:
    """The control: it shows that the test of a replacement, test_c_deployment.py, can fail."""
    supervisor = json.loads((site.run_dir / "emulator.json").read_text())["pid"]
    os.kill(supervisor, signal.SIGKILL)
    wait_until(lambda: start_mark(supervisor) is None, 60, "the supervisor is gone")
    said = site.emulator("up", PALISADE_DRAINING="off")
    assert "did not end in order" in said
    site.playbook()
    assert site.request("api/products")[0] == 200

    load = replace_all_tasks_under_load(site, "third")
    assert load.failed > 0, load.answers

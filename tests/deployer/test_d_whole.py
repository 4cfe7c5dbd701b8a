# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of site.yml under the published policies together: planned, made, made again, role by role."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer import boundary
from deployer.documents import Document
from deployer.recording import denials, deployer, judging, run
from deployer.steps import Step, other_image

ROLES = ("network", "security", "data", "ecs_service")
EVERYTHING = Step("site")


@pytest.mark.full
def test_site_yml_passes_under_exactly_the_published_policies(
    tmp_path: Path, policies: dict[str, list[Document]]
) -> None:
    with judging(tmp_path / "run") as site:
        inputs = boundary.make(site.client("iam"), policies.get(boundary.NAME, []))
        keys = deployer(site, "site", [document for role in ROLES for document in policies[role]])
        assert "This was a dry run" in run(site, EVERYTHING, keys, "--check", "--diff", inputs=inputs)
        assert not site.client("dynamodb").list_tables()["TableNames"]
        assert "failed=0" in run(site, EVERYTHING, keys, inputs=inputs)
        assert site.request("api/products")[0] == 200
        assert "changed=0 " in run(site, EVERYTHING, keys, inputs=inputs)
        assert "changed=0 " in run(site, EVERYTHING, keys, "--check", "--diff", inputs=inputs)
        for role in ROLES:
            alone = deployer(site, role, policies[role])
            assert "changed=0 " in run(site, Step(role, role), alone, inputs=inputs)
        release = deployer(site, "deployment", policies["deployment"])
        run(site, Step("deployment", "ecs_service", other_image), release, inputs=inputs)
        assert site.request("api/products")[0] == 200
        removal = deployer(site, "teardown", policies["teardown"])
        teardown = Step("teardown", playbook="playbooks/teardown.yml")
        assert "This was a dry run" in run(site, teardown, removal, "--check", inputs=inputs)
        assert not denials(site)

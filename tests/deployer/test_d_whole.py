# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of site.yml under the published policies together: planned, made, made again, role by role."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer import boundary
from deployer.changes import Variables, other_image
from deployer.documents import NAMES, Document
from deployer.recording import denials, deployer, judging, run
from deployer.steps import WAS_REPLACED, Step
from tests.deployer.judged import without
from tests.e2e.site import Site

ROLES = ("network", "security", "data", "ecs_service")
EVERYTHING = Step("site")


def everybody(site: Site, policies: dict[str, list[Document]]) -> tuple[Variables, dict[str, str]]:
    """Return the inputs that name the boundary, and the keys of who has the policies of all roles."""
    inputs = boundary.make(site.client("iam"), policies.get(boundary.NAME, []))
    return inputs, deployer(site, "site", [document for role in ROLES for document in policies[role]])


@pytest.mark.full
def test_an_empty_account_is_deployed_under_the_published_policies(
    tmp_path: Path, policies: dict[str, list[Document]]
) -> None:
    with judging(tmp_path / "run") as site:
        inputs, keys = everybody(site, policies)
        assert "failed=0" in run(site, EVERYTHING, keys, inputs=inputs)
        assert site.request("api/products")[0] == 200
        assert not denials(site)


@pytest.mark.nightly
def test_site_yml_passes_under_exactly_the_published_policies(
    tmp_path: Path, policies: dict[str, list[Document]]
) -> None:
    with judging(tmp_path / "run") as site:
        inputs, keys = everybody(site, policies)
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
        refused_without_the_tags_of_the_table(site, policies["network"], inputs)


def refused_without_the_tags_of_the_table(site: Site, policies: list[Document], inputs: Variables) -> None:
    """Whoever may not read them does not know whether the table was replaced."""
    keys = deployer(site, "unread", [without(WAS_REPLACED.action, document) for document in policies])
    arguments = Step("network", "network").arguments(site.run_dir, keys, inputs)
    done = site.run("ansible-playbook", "-i", "inventories/local", "site.yml", *arguments)
    assert done.returncode == 2
    assert f"The tags of table {NAMES['stack']} cannot be read" in " ".join(done.stdout.split())

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Molecule scenario: deployment, second run, each role alone, and what AWS then says."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.site import Site
from tests.ports import free_ports


def test_the_default_scenario_passes(tmp_path: Path) -> None:
    site = Site(tmp_path / "run")
    api, https, http = free_ports(3)
    done = site.run(
        "molecule",
        "test",
        "--scenario-name",
        "default",
        # Where Molecule looks for scenarios first; it would warn about the top level otherwise.
        MOLECULE_GLOB="molecule/*/molecule.yml",
        PALISADE_MOLECULE_RUN_DIR=str(site.run_dir),
        PALISADE_MOLECULE_API_PORT=str(api),
        PALISADE_MOLECULE_SITE_PORT=str(https),
        PALISADE_MOLECULE_HTTP_PORT=str(http),
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]

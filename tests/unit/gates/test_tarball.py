# SPDX-License-Identifier: GPL-3.0-or-later
"""What is published is what git knows of the collection, and nothing else."""

from __future__ import annotations

from pathlib import Path

from gates import tarball


def test_the_tarball_has_the_collection_and_nothing_else(tmp_path: Path) -> None:
    archive = tarball.build(tmp_path)
    inside = tarball.contents(archive)
    assert list(tarball.complaints(inside, tarball.tracked(), archive.stat().st_size)) == []
    tops = {name.partition("/")[0] for name in inside}
    assert tops & {"app", "collections", "deployer", "emulator", "molecule", "tests", ".run", ".venv"} == set()
    assert len(inside) > 300

# SPDX-License-Identifier: GPL-3.0-or-later
"""A real directory `ansible_collections/palisade/ecs` for tools that accept no other, with what it needs beside it."""

from __future__ import annotations

import shutil
import sysconfig
import tarfile
from pathlib import Path

from gates.tarball import CHECKOUT


def unpack(tarball: Path, directory: Path, *besides: str) -> Path:
    """Unpack the published files, put some that are not published beside them, and return where the collection is."""
    collections = directory / "ansible_collections"
    ours = collections / "palisade" / "ecs"
    ours.mkdir(parents=True)
    with tarfile.open(tarball) as archive:
        archive.extractall(ours, filter="data")
    for name in besides:
        target = ours / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (CHECKOUT / name).is_dir() else shutil.copyfile
        copy(CHECKOUT / name, target)
    installed = Path(sysconfig.get_path("purelib"), "ansible_collections")
    for name in ("amazon/aws", "community/aws"):
        # Copied, for tools that ask git what belongs to a collection learn that nothing in .venv does.
        shutil.copytree(
            installed / name, collections / name, ignore=shutil.ignore_patterns("tests", "docs", "changelogs")
        )
    return ours

# SPDX-License-Identifier: GPL-3.0-or-later
"""Install what a package-lock.json names, outside the tree, for tests that ask a program of Node.js."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def require_node(oldest: int) -> None:
    """Skip the test on a machine without Node.js; CI installs it, and takes a skipped test for a failure."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are needed, for example: apt-get install nodejs npm")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < oldest:
        pytest.skip(f"node {oldest} or newer is needed, found {version}")


def install(source: Path, files: tuple[str, ...], target: Path) -> None:
    """Install the packages of a directory beside copies of its files, unless that has been done."""
    wanted = hashlib.sha256(b"".join((source / name).read_bytes() for name in files)).hexdigest()
    stamp = target / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    target.mkdir(parents=True, exist_ok=True)
    for name in files:
        shutil.copy(source / name, target)
    command = ["npm", "ci", "--cache", str(ROOT / ".run" / "cache" / "npm"), "--ignore-scripts"]
    done = subprocess.run(
        [*command, "--no-audit", "--no-fund"], cwd=target, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"npm could not install the packages of {source}:\n{done.stdout}{done.stderr}"
    stamp.write_text(wanted)

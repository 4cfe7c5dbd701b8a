# SPDX-License-Identifier: GPL-3.0-or-later
"""Building the bundle of an application: once per digest, whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from emulator.images import description
from emulator.images.bundle import Bundle, digest_of, find


class BuildError(RuntimeError):
    """The bundle could not be built."""


def build(application: Path, images: Path) -> Bundle:
    """Return the bundle of an application directory; build it if its digest is new."""
    manifest = description.manifest(application)
    digest = digest_of(manifest)
    known = find(images, digest)
    if known is not None:
        return known
    images.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix="build-", dir=images))
    try:
        _copy_source(application, temporary / "rootfs" / "src")
        _make_environment(temporary / "rootfs" / "venv", application / "requirements.txt")
        (temporary / "config.json").write_bytes(description.configuration(application))
        (temporary / "manifest.json").write_bytes(manifest)
        temporary.rename(images / digest.removeprefix("sha256:"))
    except FileExistsError:
        # Another publish was faster with the same content.
        pass
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Bundle(images / digest.removeprefix("sha256:"))


def _copy_source(application: Path, destination: Path) -> None:
    for path in description.source_files(application):
        target = destination / path.relative_to(application / "src")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)


def _make_environment(directory: Path, requirements: Path) -> None:
    """Make the virtual environment, with uv if this environment has it: it needs a tenth of the time."""
    uv = Path(sys.executable).with_name("uv")
    if uv.exists():
        _run([str(uv), "venv", "--quiet", "--relocatable", "--python", sys.executable, str(directory)])
        install = [str(uv), "pip", "install", "--quiet", "--python", str(directory), "--compile-bytecode"]
    else:
        _run([sys.executable, "-m", "venv", str(directory)])
        install = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    if requirements.read_text().strip():
        _run([*install, "--require-hashes", "-r", str(requirements)])


def _run(command: list[str]) -> None:
    # The virtual environment that runs this must not be taken for the one to install into.
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}".rstrip())

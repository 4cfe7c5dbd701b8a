# SPDX-License-Identifier: GPL-3.0-or-later
"""What names an image."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from emulator.images import description
from emulator.images.bundle import Bundle, digest_of
from emulator.settings import CHECKOUT


@pytest.fixture
def application(tmp_path: Path) -> Path:
    source = tmp_path / "app" / "src" / "storefront"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("")
    (source / "wsgi.py").write_text("application = 1\n")
    (tmp_path / "app" / "requirements.txt").write_text("flask==3\n")
    return tmp_path / "app"


def test_the_same_content_gives_the_same_digest(application: Path, tmp_path: Path) -> None:
    before = description.manifest(application)
    os.utime(application / "src" / "storefront" / "wsgi.py", (0, 0))
    (application / "src" / "storefront" / "__pycache__").mkdir()
    (application / "src" / "storefront" / "__pycache__" / "wsgi.pyc").write_text("compiled")
    moved = application.rename(tmp_path / "else where")
    assert description.manifest(moved) == before


@pytest.mark.parametrize("path", ["src/storefront/wsgi.py", "requirements.txt", "src/storefront/new.py"])
def test_every_change_gives_another_digest(application: Path, path: str) -> None:
    before = description.manifest(application)
    (application / path).write_text("changed\n")
    assert description.manifest(application) != before


def test_another_python_gives_another_digest(application: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = description.manifest(application)
    monkeypatch.setattr(description, "python_version", lambda: "cpython-3.99")
    assert description.manifest(application) != before


def test_the_manifest_names_the_configuration(application: Path) -> None:
    manifest = json.loads(description.manifest(application))
    assert manifest["config"]["digest"] == digest_of(description.configuration(application))
    assert len(manifest["layers"]) == 2


def test_paths_of_the_image_become_paths_of_the_bundle() -> None:
    bundle = Bundle(Path("/run dir/images/1"))
    assert bundle.inside("/opt/venv/bin:/usr/bin") == "/run dir/images/1/rootfs/venv/bin:/usr/bin"
    assert bundle.inside("/opt/storefront/src") == "/run dir/images/1/rootfs/src"
    assert bundle.inside("/opt/storefront") == "/run dir/images/1/rootfs"
    assert bundle.inside("/opt/storefronts") == "/opt/storefronts"


def test_the_dockerfile_describes_the_same_container() -> None:
    text = (CHECKOUT / "app" / "Dockerfile").read_text().rpartition("\nFROM ")[2].replace("\\\n", "")
    instructions = re.findall(r"^(ENV|ENTRYPOINT|EXPOSE|USER|WORKDIR) +(.+)$", text, re.MULTILINE)
    found = dict(pair for pair in instructions if pair[0] != "ENV")
    environment = dict(item.split("=", 1) for name, items in instructions if name == "ENV" for item in items.split())
    container = description.CONTAINER
    assert json.loads(found["ENTRYPOINT"]) == container["Entrypoint"]
    assert {f"{found['EXPOSE']}/tcp": {}} == container["ExposedPorts"]
    assert (found["USER"], found["WORKDIR"]) == (container["User"], container["WorkingDir"])
    ours = dict(item.split("=", 1) for item in container["Env"])
    assert environment.pop("PATH").split(":")[0] == ours.pop("PATH").split(":")[0]
    # Each task of the emulator has a temporary directory of its own.
    environment.pop("TMPDIR")
    assert environment == ours

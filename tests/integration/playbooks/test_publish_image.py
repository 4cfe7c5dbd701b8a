# SPDX-License-Identifier: GPL-3.0-or-later
"""Building and pushing an image, with a stand-in for podman that notes what it is told, and a simulated ECR."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

PROGRAM = Path(__file__).resolve().parents[3] / "playbooks" / "files" / "publish_image.py"
BUILDER = """import json, pathlib, sys
with pathlib.Path({notes!r}).open("a") as notes:
    notes.write(json.dumps([sys.argv[1:], sys.stdin.read() if "login" in sys.argv else ""]) + "\\n")
print("noise")
sys.exit({code} if sys.argv[1] == "push" else 0)
"""
MEDIA_TYPE = "application/vnd.oci.image.manifest.v1+json"
ARGUMENTS = ["app", "--repository", "shop-dev", "--region", "eu-central-1"]


@pytest.fixture
def program() -> Any:
    specification = importlib.util.spec_from_file_location("publish_image", PROGRAM)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "anybody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    with mock_aws():
        client = boto3.client("ecr", region_name="eu-central-1")
        client.create_repository(repositoryName="shop-dev", imageTagMutability="IMMUTABLE")
        yield client


def install(monkeypatch: pytest.MonkeyPatch, directory: Path, name: str = "podman", code: int = 0) -> Path:
    """Install a stand-in and return what it notes."""
    notes = directory / "notes"
    script, stand_in = directory / "builder.py", directory / name
    script.write_text(BUILDER.format(notes=str(notes), code=code))
    # A path with a space does not fit after `#!`.
    stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(directory))
    return notes


def told(notes: Path) -> list[Any]:
    return [json.loads(line) for line in notes.read_text().splitlines()]


def test_image_is_built_pushed_and_named_by_digest(
    program: Any, registry: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    notes = install(monkeypatch, tmp_path)
    original = program._run

    def run(command: list[str], said: str = "") -> None:
        original(command, said)
        if command[1] == "push":
            manifest = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_TYPE, "layers": []})
            registry.put_image(
                repositoryName="shop-dev", imageManifest=manifest, imageTag=command[2].rpartition(":")[2]
            )

    monkeypatch.setattr(program, "_run", run)
    assert program.main(ARGUMENTS) == 0
    answer = json.loads(capfd.readouterr().out.splitlines()[-1])
    (digest,) = {one["imageDigest"] for one in registry.list_images(repositoryName="shop-dev")["imageIds"]}
    url = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-dev"
    assert answer == {"image": f"{url}@{digest}", "digest": digest, "changed": True}
    (build, _), (login, password), (push, _) = told(notes)
    assert build[:3] == ["build", "--platform", "linux/amd64"]
    assert build[-1] == "app"
    assert login[:4] == ["login", "--username", "AWS", "--password-stdin"]
    # The password is given to nobody who lists processes.
    assert password
    assert password not in json.dumps(login)
    assert push == ["push", build[4]]


def test_a_push_that_fails_is_a_failure(
    program: Any, registry: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, tmp_path, "docker", code=5)
    assert program.main(ARGUMENTS) == 1
    assert "docker push failed with exit code 5" in capfd.readouterr().err


def test_without_a_builder_nothing_is_asked_of_aws(
    program: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.main(ARGUMENTS) == 1
    assert "neither podman nor docker is installed here" in capfd.readouterr().err

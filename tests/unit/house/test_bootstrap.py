# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual environment is made from the index that pip is told to use."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.house.checkout import ROOT

INDEX = "https://index.example/simple"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load the script, in an environment that says nothing of indexes."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "requirements" / "bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def told(bootstrap: Any, **options: str) -> dict[str, str]:
    """Return what uv is told of indexes and certificates for options of pip."""
    environment = bootstrap.uv_environment({name.replace("_", "-"): value for name, value in options.items()})
    return {name: value for name, value in environment.items() if name.startswith("UV_") or name == "SSL_CERT_FILE"}


def test_without_configuration_uv_is_told_no_index(bootstrap: Any) -> None:
    assert told(bootstrap) == {"UV_INDEX_STRATEGY": "unsafe-best-match"}


@pytest.mark.parametrize(
    ("option", "value", "variable", "expected"),
    [
        ("index-url", INDEX, "UV_DEFAULT_INDEX", INDEX),
        ("extra-index-url", f"{INDEX}/a {INDEX}/b", "UV_INDEX", f"{INDEX}/a {INDEX}/b"),
        ("extra-index-url", rf"\n{INDEX}/a\n{INDEX}/b", "UV_INDEX", f"{INDEX}/a {INDEX}/b"),
        ("find-links", f"{INDEX}/a {INDEX}/b", "UV_FIND_LINKS", f"{INDEX}/a,{INDEX}/b"),
        ("cert", "/etc/company.pem", "SSL_CERT_FILE", "/etc/company.pem"),
    ],
)
def test_option_of_pip_becomes_a_variable_of_uv(
    bootstrap: Any, option: str, value: str, variable: str, expected: str
) -> None:
    found = told(bootstrap, **{option: value})
    assert found == {"UV_INDEX_STRATEGY": "unsafe-best-match", variable: expected}


@pytest.mark.parametrize(
    ("variable", "option"),
    [
        ("UV_DEFAULT_INDEX", "index-url"),
        ("UV_INDEX", "extra-index-url"),
        ("UV_FIND_LINKS", "find-links"),
        ("SSL_CERT_FILE", "cert"),
    ],
)
def test_variable_that_a_person_set_wins(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, variable: str, option: str
) -> None:
    monkeypatch.setenv(variable, "mine")
    assert told(bootstrap, **{option: INDEX})[variable] == "mine"


def test_strategy_that_a_person_set_wins(bootstrap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_STRATEGY", "first-index")
    assert told(bootstrap) == {"UV_INDEX_STRATEGY": "first-index"}


def test_local_directory_that_is_missing_is_skipped_as_pip_does(bootstrap: Any, tmp_path: Path) -> None:
    there, missing = tmp_path / "there", tmp_path / "missing"
    there.mkdir()
    assert told(bootstrap, find_links=f"{missing} {there}")["UV_FIND_LINKS"] == str(there)
    assert told(bootstrap, extra_index_url=f"{there.as_uri()} {missing.as_uri()}")["UV_INDEX"] == there.as_uri()
    assert "UV_FIND_LINKS" not in told(bootstrap, find_links=str(missing))


def test_rest_of_the_environment_is_passed_on(bootstrap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert bootstrap.uv_environment({})["HTTPS_PROXY"] == "http://proxy.example:3128"


@pytest.fixture
def pip_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give pip a configuration file of its own, and no variable that says what the file says."""
    for name in ("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "TIMEOUT", "RETRIES"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    path = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    return path


def test_environment_wins_over_install_and_install_over_global(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, pip_files: Path
) -> None:
    pip_files.write_text(
        "[global]\nindex-url = https://global.example/\nfind-links = https://global.example/\nretries = 1\n"
        "[install]\nindex-url = https://install.example/\nfind-links = https://install.example/\n"
        "[download]\nretries = 9\n"
    )
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example/")
    options = bootstrap.pip_configuration(Path(sys.executable))
    assert options["index-url"] == "https://environment.example/"
    assert options["find-links"] == "https://install.example/"
    assert options["retries"] == "1"


def test_several_lines_of_a_configuration_file_reach_uv(bootstrap: Any, pip_files: Path) -> None:
    pip_files.write_text(f"[global]\nextra-index-url =\n    {INDEX}/a?x=1\n    {INDEX}/b\n")
    options = bootstrap.pip_configuration(Path(sys.executable))
    assert bootstrap.uv_environment(options)["UV_INDEX"] == f"{INDEX}/a?x=1 {INDEX}/b"


def commands(bootstrap: Any, monkeypatch: pytest.MonkeyPatch, failing: str) -> list[list[str]]:
    """Return what is run to install when one of pip and uv fails."""
    run: list[list[str]] = []

    def record(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        run.append([str(word) for word in command[1:]])
        return subprocess.CompletedProcess(command, returncode=int(failing in command))

    monkeypatch.setattr(bootstrap, "subprocess", SimpleNamespace(run=record))
    monkeypatch.setattr(bootstrap, "pip_configuration", lambda python: {"index-url": "https://user:secret@example/"})
    bootstrap.install(Path("python"), "dev.txt")
    return run


def test_uv_installs_the_lock_file_and_no_address_is_in_the_process_list(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip, uv = commands(bootstrap, monkeypatch, failing="nothing")
    assert pip[:3] == ["-m", "pip", "install"]
    assert pip[-2:] == ["-r", str(ROOT / "requirements" / "uv.txt")]
    assert uv[:4] == ["-m", "uv", "pip", "install"]
    assert uv[-2:] == ["-r", str(ROOT / "requirements" / "dev.txt")]
    assert "--require-hashes" in pip
    assert "--require-hashes" in uv
    assert "secret" not in repr([pip, uv])


@pytest.mark.parametrize("failing", [str(ROOT / "requirements" / "uv.txt"), "uv"], ids=["uv is not to be had", "uv"])
def test_pip_installs_the_same_lock_file_when_uv_cannot(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], failing: str
) -> None:
    last = commands(bootstrap, monkeypatch, failing)[-1]
    assert last[:3] == ["-m", "pip", "install"]
    assert last[-3:] == ["--require-hashes", "-r", str(ROOT / "requirements" / "dev.txt")]
    assert "pip does it" in capsys.readouterr().err


def start(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, target: Path, version: tuple[int, ...], *lock_file: str
) -> list[str]:
    """Run main under a Python of a version, and return what was done."""
    done: list[str] = []
    text = ".".join(map(str, version)) + " (main, Jan  1 2026)"
    fake = SimpleNamespace(
        version_info=version, version=text, argv=["bootstrap.py", str(target), *lock_file], exit=sys.exit
    )
    monkeypatch.setattr(bootstrap, "sys", fake)
    monkeypatch.setattr(bootstrap, "venv", SimpleNamespace(create=lambda path, **_: path.mkdir()))
    monkeypatch.setattr(bootstrap, "install", lambda python, lock_file: done.append(f"install {lock_file}"))
    monkeypatch.setattr(bootstrap, "compile_sources", lambda python: done.append("compile"))
    bootstrap.main()
    return done


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 14, 0), (2, 7, 18)])
def test_python_that_is_not_supported_is_named_before_anything_is_made(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: tuple[int, ...]
) -> None:
    with pytest.raises(SystemExit) as refusal:
        start(bootstrap, monkeypatch, tmp_path / "venv", version)
    named = ".".join(map(str, version))
    assert refusal.value.code == f"python3 is {named}; expected 3.11 to 3.13. Try `make PYTHON=python3.13 ...`."
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 13, 9)])
def test_environment_is_ready_when_all_is_done(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: tuple[int, ...]
) -> None:
    assert start(bootstrap, monkeypatch, tmp_path / "venv", version) == ["install dev.txt", "compile"]
    assert (tmp_path / "venv" / ".ready").exists()


def test_another_lock_file_is_installed_and_left_to_compile_itself(
    bootstrap: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = start(bootstrap, monkeypatch, tmp_path / "venv", (3, 12, 4), "audit-judges.txt")
    assert done == ["install audit-judges.txt"]
    assert (tmp_path / "venv" / ".ready").exists()


def test_versions_are_those_of_the_project(bootstrap: Any) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (major, oldest), (_, newest) = bootstrap.OLDEST, bootstrap.NEWEST
    assert project["requires-python"] == f">={major}.{oldest},<{major}.{newest + 1}"

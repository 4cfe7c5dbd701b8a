# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test on the published files, with the ansible-core of the environment that runs this."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gates import process, tarball, tree
from requirements import bootstrap

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
# ansible-test keeps environments for its tools in the home directory: it gets one of its own.
HOME = tarball.CHECKOUT / ".run" / "gates" / f"home-{VERSION}"
PIP_OPTIONS = ("cert", "constraint", "extra-index-url", "find-links", "index-url", "no-index", "trusted-host")
# A run that looked at nothing ends with 0 as well.
LEAST_SANITY_TESTS = 20
LEAST_UNIT_TESTS = 500


def prepare_home() -> None:
    """Give ansible-test what it would download to have pip, and pip's options, of which it passes no variable on."""
    options = bootstrap.pip_configuration(Path(sys.executable))
    lines = [f"{name} = {' '.join(options[name].split())}" for name in PIP_OPTIONS if name in options]
    pip = HOME / ".config" / "pip" / "pip.conf"
    pip.parent.mkdir(parents=True, exist_ok=True)
    pip.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
    requirements = Path(sysconfig.get_path("purelib"), "ansible_test", "_internal", "python_requirements.py")
    (version,) = re.findall(r"pip='([\d.]+)'", requirements.read_text(encoding="utf-8"))
    cached = HOME / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
    cached.parent.mkdir(parents=True, exist_ok=True)
    cached.write_text(Path(__file__).with_name("get_pip.py").read_text(encoding="utf-8"), encoding="utf-8")


def environment(programs: Path) -> dict[str, str]:
    """Return the variables for ansible-test: its own home, no configuration of ours, and no interpreter but ours."""
    dropped = ("ANSIBLE_CONFIG", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    # pyenv's stand-ins for every Python that it knows fail when they are asked for one that is not active.
    path = [part for part in os.environ["PATH"].split(os.pathsep) if Path(part).name != "shims"]
    return kept | {"HOME": str(HOME), "PATH": os.pathsep.join([str(programs), *path])}


def run(command: str, *besides: str) -> tuple[int, str]:
    """Run ansible-test on what would be published now; return how it ended and what it said."""
    prepare_home()
    with tempfile.TemporaryDirectory(prefix="gates-") as directory:
        # It writes the path of the interpreter into the first line of scripts, where it may have no space.
        installed = Path(directory, "installed")
        installed.symlink_to(sys.prefix)
        programs = installed / "bin"
        ours = tree.unpack(tarball.build(Path(directory)), Path(directory), "tests/config.yml", *besides)
        words = [
            str(programs / "python"),
            str(programs / "ansible-test"),
            command,
            "--python",
            VERSION,
            "--color",
            "no",
        ]
        return process.run(words, ours, environment(programs))


def sanity_complaints(code: int, said: str) -> Iterator[str]:
    """Yield why a run of the sanity tests proves nothing good."""
    yield from _common(code, said)
    number = len(set(re.findall(r"^Running sanity test [\"']([\w-]+)[\"']", said, re.MULTILINE)))
    if number < LEAST_SANITY_TESTS:
        yield f"{number} sanity tests ran, fewer than {LEAST_SANITY_TESTS}"


def unit_complaints(code: int, said: str) -> Iterator[str]:
    """Yield why a run of the unit tests proves nothing good."""
    yield from _common(code, said)
    number = sum(int(passed) for passed in re.findall(r"(\d+) passed", said))
    if number < LEAST_UNIT_TESTS:
        yield f"{number} unit tests passed, fewer than {LEAST_UNIT_TESTS}"


def _common(code: int, said: str) -> Iterator[str]:
    if code:
        yield f"ansible-test ended with {code}"
    if "All targets skipped" in said:
        yield "ansible-test skipped all targets"

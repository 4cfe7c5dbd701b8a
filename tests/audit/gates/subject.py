# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gates judge, and how they run a tool that lives in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.audit.state.reading import Item, State
from tests.e2e.site import CHECKOUT, Site

TOOLS = CHECKOUT / ".venv-audit"
SCRIPTS = Path(__file__).parent / "scripts"
# Nothing of an audit leaves this machine: a tool that tried to call out would fail.
NOWHERE = "http://127.0.0.1:9"
PATIENCE = 1800


@dataclass(frozen=True)
class Subject:
    """A deployed site, what AWS answers about it, and where to put what the tools say."""

    site: Site
    state: State
    template: Item
    directory: Path

    @property
    def template_file(self) -> Path:
        """The template as a file, for tools that read one, two of them at a time: it is there whole or not at all."""
        path = self.directory / "template.json"
        with tempfile.NamedTemporaryFile("w", dir=self.directory, delete=False) as file:
            json.dump(self.template, file, indent=1)
        return Path(file.name).replace(path)


class ToolFailure(Exception):
    """A tool did not do its work, so that its silence says nothing."""


def run(tool: str, *command: str, accepted: tuple[int, ...] = (0,), **environment: str) -> str:
    """Run a tool and return what it printed; raise ToolFailure with the end of it unless its exit code is accepted."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    proxies = {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "NO_PROXY": "127.0.0.1,localhost"}
    done = subprocess.run(
        command,
        env=inherited | proxies | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode not in accepted:
        raise ToolFailure(f"{tool} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def script(tool: str, name: str, question: Any, subject: Subject) -> Any:
    """Ask a script that runs in the judges' environment; questions and answers are JSON in files."""
    asked = subject.directory / f"{name}.question.json"
    asked.write_text(json.dumps(question, default=str))
    return json.loads(run(tool, str(TOOLS / "judges" / "bin" / "python"), str(SCRIPTS / f"{name}.py"), str(asked)))


def version(environment: str, package: str) -> str:
    """Return the version of a package in one of the environments."""
    code = f"import importlib.metadata as metadata; print(metadata.version({package!r}))"
    return run(package, str(TOOLS / environment / "bin" / "python"), "-c", code).strip()

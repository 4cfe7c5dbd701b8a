# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that were planted, the forms in which they could be told, and where somebody might read them."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
import urllib.parse
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHORTEST = 12
SAMPLE_SECONDS = 0.05
# A process that was just forked still shows its parent's arguments.
LOOKS = 4


def forms(secret: bytes) -> frozenset[bytes]:
    """Return what to look for: the secret's lines, in base64 too at any position, in URLs, and in hexadecimal digits.

    The first and the last line of a PEM file are no secret, and neither are a few letters of one.
    """
    lines = [line for line in secret.split(b"\n") if len(line) >= SHORTEST and not line.startswith(b"-----")]
    encoded = {base64.b64encode(bytes(shift) + secret)[4:-4] for shift in range(3)}
    # What others fold, they fold after so many characters: a part is enough.
    parts = {text[at : at + 48] for text in encoded for at in range(0, max(len(text) - 47, 1), 48)}
    quoted = {urllib.parse.quote(line, safe="").encode() for line in lines}
    return frozenset(form for form in {*lines, *parts, *quoted, secret.hex().encode()} if len(form) >= SHORTEST)


@dataclass
class Canaries:
    """Secrets by name."""

    secrets: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._forms = {name: forms(secret) for name, secret in self.secrets.items()}

    def plant(self, secrets: Mapping[str, bytes]) -> None:
        """Look for these too from now on."""
        for name, secret in secrets.items():
            self.secrets[name] = secret
            self._forms[name] = forms(secret)

    def told_by(self, content: bytes) -> set[str]:
        """Return the names of the secrets that a content gives away."""
        return {name for name, texts in self._forms.items() if any(text in content for text in texts)}

    def told_by_files(self, directory: Path) -> dict[Path, set[str]]:
        """Return the files below that hold secrets."""
        # On its standard input, for arguments tell.
        texts = b"\n".join({text for texts in self._forms.values() for text in texts})
        command = (
            "grep",
            "--recursive",
            "--files-with-matches",
            "--fixed-strings",
            "--file=-",
            "--null",
            str(directory),
        )
        found = subprocess.run(command, input=texts, capture_output=True, check=False)
        assert found.returncode in (0, 1), found.stderr
        paths = [Path(os.fsdecode(name)) for name in found.stdout.split(b"\0") if name]
        return {path: self.told_by(path.read_bytes()) for path in paths}


def log_events(logs: Any) -> bytes:
    """Return everything that CloudWatch Logs holds."""
    groups = [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]]
    pages = (page for group in groups for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group))
    return "\n".join(event["message"] for page in pages for event in page["events"]).encode()


def environment_of(pid: int) -> dict[bytes, bytes]:
    """Return the environment that a process was started with."""
    entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(entry.partition(b"=")[::2] for entry in entries)


class ArgumentWatch:
    """Look at the arguments of every process of this machine, again and again, while a block runs."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.seen: set[bytes] = set()

    def __enter__(self) -> ArgumentWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        looks: Counter[str] = Counter()
        while not self._stop.wait(SAMPLE_SECONDS):
            for pid in (name for name in os.listdir("/proc") if name.isdigit() and looks[name] < LOOKS):
                looks[pid] += 1
                try:
                    self.seen.add(Path(f"/proc/{pid}/cmdline").read_bytes())
                except OSError:  # it has ended meanwhile
                    continue

# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the checkout, without what is installed, generated or linked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
# `collections` leads back to the root, and hidden directories hold what tools keep, all but one.
NOT_OURS = {"__pycache__", "collections", "dist"}
HIDDEN_BUT_OURS = {".config"}


def _walk() -> Iterator[Path]:
    for directory, children, names in os.walk(ROOT):
        children[:] = [child for child in children if _is_ours(child)]
        yield from (path for name in names if (path := Path(directory, name)).is_file())


def _is_ours(directory: str) -> bool:
    return directory in HIDDEN_BUT_OURS or not (directory in NOT_OURS or directory.startswith("."))


@cache
def files(suffixes: tuple[str, ...] = (), *directories: str) -> tuple[Path, ...]:
    """Return the files with one of the suffixes, of the whole checkout or of directories in it."""
    tops = [ROOT / directory for directory in directories] or [ROOT]
    return tuple(
        path
        for path in sorted(_walk())
        if path.name.endswith(suffixes or ("",)) and any(path.is_relative_to(top) for top in tops)
    )


def load(path: Path) -> Any:
    """Return what a YAML file says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    """Return a path as a person writes it."""
    return path.relative_to(ROOT).as_posix()

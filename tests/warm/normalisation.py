# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between two equal runs, and nothing else, is replaced before runs are compared.

Ids that AWS generates need few entries: the embedded AWS is seeded, so they are the same. So is the order of sets. The
exceptions are those that moto does not take from its seeded generator (tables, default rules of listeners, deployments
of services) and AWS's own prefix lists, which are there before the seed.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Any

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Each with what it stands for. Numbers that are times are those between 2020 and 2050, in seconds or milliseconds.
TEXTS = [
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "<time>"),
    (r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", "<time>"),
    (r"(?<![\w.-])1[5-9]\d{8}(\d{3})?(\.\d+)?(?![\w-])", "<time>"),
    (r"(?<=[a-z] )\d+:\d\d:\d\d\.\d+", "<duration>"),
    (r"\bansible-tmp-[\d.]+-\d+-\d+", "<temporary>"),
    (r"\bansible-local-\w+/tmp\w+", "<temporary>"),
    (r"\bansible-moduletmp-[\d.]+-\w+", "<temporary>"),
    (r"\bj\d+\.\d+\b", "<job>"),
    (rf"(?<=id: ){UUID}", "<id>"),
    (r"\bpl-[0-9a-f]{17}\b", "<prefix list>"),
    (r"(?<=\becs-svc/)\d{19}\b", "<id>"),
    (r"(\blistener-rule/app/[\w-]+/[0-9a-f]{16}/[0-9a-f]{16}/)\d{15}\b", r"\1<id>"),
]
KEYS = {"id": re.compile(UUID), "table_id": re.compile(UUID)}

# How a module was started, and where its source lies, is what the two ways differ in: the frames that start it are
# dropped, paths begin at the collection or the library, and there is no source line, as there is none in an archive.
FRAME = re.compile(r'^( *)File "([^"]+)", line (\d+), in (.*)\n(?:\1  .*\n)*', re.MULTILINE)
STARTER = re.compile(r"AnsiballZ_\w+\.py$|/_ansiballz/_loader\.py$|^<frozen runpy>$|/_warm_\w+\.py$")
PLACE = re.compile(r"^.*?/(?=ansible_collections/|ansible/|site-packages/)(?:site-packages/)?")
# What the connection says at -vvv: the commands of the shell that a warm module does not need. And how often somebody
# asked for the end of an asynchronous task, which depends on how busy the machine is.
TRANSPORT = re.compile(r"^(<\w+> |Using module file |Pipelining is enabled|ASYNC POLL )")
# A command of the shell has more than one line if the environment of the task has.
COMMAND = re.compile(r"""^<\w+> EXEC /bin/sh -c '(?:[^']|'"'"')*'$\n?""", re.MULTILINE)


def _frame(match: re.Match[str]) -> str:
    indent, path, line, function = match.groups()
    return "" if STARTER.search(path) else f'{indent}File "{PLACE.sub("", path)}", line {line}, in {function}\n'


def text(value: str) -> str:
    """Return a text without what differs between two equal runs."""
    value = FRAME.sub(_frame, value)
    for pattern, replacement in TEXTS:
        value = re.sub(pattern, replacement, value)
    return value


def _is_id(key: str, value: Any) -> bool:
    return key in KEYS and isinstance(value, str) and bool(KEYS[key].fullmatch(value))


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "<id>" if _is_id(key, item) else _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        plain = text(str(value))
        return value if plain == str(value) else plain
    return value


def results(lines: Iterable[str]) -> list[str]:
    """Return results to compare, one line of JSON each; the order of keys stays what it was."""
    return [json.dumps(_value(json.loads(line))) for line in lines]


def output(lines: Iterable[str]) -> list[str]:
    """Return the output of a run to compare."""
    said = COMMAND.sub("", "\n".join(lines) + "\n")
    return text("\n".join(line for line in said.splitlines() if not TRANSPORT.match(line)) + "\n").splitlines()


def differing_results(stock: list[str], warm: list[str]) -> Iterator[str]:
    """Say which results differ, and where in them."""
    for number, (one, other) in enumerate(zip(stock, warm, strict=False), 1):
        if one != other:
            same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
            start = max(0, same - 60)
            shown = slice(start, start + 400)
            yield f"result {number}: {one[:90]}\n  stock: {one[shown]}\n  warm:  {other[shown]}"
    if len(stock) != len(warm):
        yield f"results: stock has {len(stock)}, warm has {len(warm)}"


def differing_lines(kind: str, stock: list[str], warm: list[str]) -> Iterator[str]:
    """Say which lines differ."""
    for line in difflib.unified_diff(stock, warm, f"{kind}: stock", f"{kind}: warm", n=1, lineterm=""):
        yield line[:400]

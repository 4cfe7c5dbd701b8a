# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure warm execution against the stock and against a script, interleaved in one run."""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.warm import figures
from benchmarks.warm.measuring import BenchmarkError, Cost
from benchmarks.warm.workload import STATES, WAYS, WORKLOADS, Bench
from tests.e2e.site import CHECKOUT, Site
from tests.warm.recording import Laboratory, Stack, other_stack, this_stack

DOCUMENT = CHECKOUT / "docs" / "warm.md"
VERSIONS = """
import platform, ansible.release, boto3, yaml, pathlib, ansible_collections.amazon.aws as aws
manifest = yaml.safe_load(pathlib.Path(list(aws.__path__)[0], "MANIFEST.json").read_text())
print(f"Python {platform.python_version()}, ansible-core {ansible.release.__version__}, "
      f"amazon.aws {manifest['collection_info']['version']}, boto3 {boto3.__version__}")
"""


def measure_rows(bench: Bench, pairs: int) -> list[figures.Row]:
    """Measure a workload: each round has every way, and begins with another one."""
    bench.prepare()
    costs: dict[str, dict[str, list[Cost]]] = defaultdict(lambda: defaultdict(list))
    for number in range(pairs):
        turn = number % len(WAYS)
        for way in WAYS[turn:] + WAYS[:turn]:
            for state, cost in bench.round(way):
                costs[state][way].append(cost)
                print(
                    f"  {number + 1}/{pairs} {way} {state}: {cost.processor:.2f} CPU s, {cost.wall:.1f} s", flush=True
                )
    name = bench.workload.name
    return [figures.Row(name, state, bench.call_count(state), costs[state]) for state in STATES]


def versions(stack: Stack) -> str:
    """Return the versions of what is measured."""
    command = [str(stack.directory / "bin" / "python"), "-c", VERSIONS]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def machine() -> str:
    """Return the kind of this machine, without its name."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown processor"
    )
    return f"{len(os.sched_getaffinity(0))} cores of {model}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.warm", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--workload", choices=WORKLOADS, action="append")
    parser.add_argument("--dry", action="store_true", help="do not write the figures into the documentation")
    return parser.parse_args()


def main() -> int:
    """Measure every workload on every stack that there is; 1 if a bound does not hold."""
    chosen = arguments()
    today = datetime.datetime.now(tz=datetime.UTC).date()
    said, complaints = [f"Measured {today}, {machine()}, medians of {chosen.pairs} interleaved pairs."], []
    with tempfile.TemporaryDirectory() as directory, Site(Path(directory, "run")).running() as site:
        for stack in filter(None, (this_stack(), other_stack())):
            print(said.append(f"\n{versions(stack)}:\n\n{figures.HEADING}") or said[-1])
            for name in chosen.workload or WORKLOADS:
                laboratory = Laboratory(site, Path(directory, stack.name, "laboratory"), stack)
                rows = measure_rows(Bench(WORKLOADS[name], laboratory), chosen.pairs)
                said += map(str, rows)
                complaints += [complaint for row in rows for complaint in row.complaints()]
                print("\n".join(map(str, rows)), flush=True)
    if not chosen.dry:
        document = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(figures.replace(document, "\n".join(said)), encoding="utf-8")
    print("\n".join(complaints) or "Every bound holds.")
    return 1 if complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        sys.exit(str(error))

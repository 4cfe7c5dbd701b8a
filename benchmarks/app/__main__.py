# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the shop beside the same view as tutorials write it, and beside a view that does nothing, in one run."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.app.servers import ROOT, WAYS, BenchmarkError, serving, table

sys.path.insert(0, str(ROOT / "app" / "src"))

from storefront.certificate import write_key_pair

CLIENTS = 16
WARMING = 64
# The tutorial's view is that much slower: it gets fewer requests in the same time.
REQUESTS = {"ours": 4000, "tutorial": 320, "static": 8000}
MOST_PROCESSOR, MOST_STARTUP, MOST_MEGABYTES = 0.35, 1.5, 256.0
Row = dict[str, float]


def measure(way: str, endpoint: str, directory: Path, scale: float) -> Row:
    """Start a server, warm it, and return what a number of requests costs it."""
    with serving(way, endpoint, directory) as server:
        _load(server.port, WARMING)
        before = server.processor_seconds()
        found = _load(server.port, max(CLIENTS, int(REQUESTS[way] * scale)))
        spent = server.processor_seconds() - before
        if found["failed"]:
            raise BenchmarkError(f"{way}: {found['failed']:.0f} requests failed")
        milliseconds = spent / found["count"] * 1000
        return {**found, "cpu_ms": milliseconds, "startup_s": server.startup, "memory_mb": server.megabytes()}


def _load(port: int, requests: int) -> Row:
    command = [sys.executable, "-m", "benchmarks.app.load", str(port), str(requests), str(CLIENTS)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300)
    row: Row = json.loads(done.stdout)
    return row


def judge(rows: dict[str, list[Row]]) -> list[str]:
    """Return which bounds do not hold."""
    ratio = statistics.median(
        ours["cpu_ms"] / theirs["cpu_ms"] for ours, theirs in zip(rows["ours"], rows["tutorial"], strict=True)
    )
    startup = statistics.median(row["startup_s"] for row in rows["ours"])
    memory = max(row["memory_mb"] for row in rows["ours"])
    print(f"\nours / tutorial, CPU per request: {ratio:.3f} (at most {MOST_PROCESSOR})")
    wrong = {
        f"CPU per request is {ratio:.3f} of the tutorial's": ratio > MOST_PROCESSOR,
        f"the start takes {startup:.2f} s": startup > MOST_STARTUP,
        f"a task takes {memory:.0f} MiB": memory > MOST_MEGABYTES,
    }
    return [text for text, true in wrong.items() if true]


def main() -> int:
    """Measure in rounds, each with every way in another order, and print the medians."""
    parser = argparse.ArgumentParser("benchmarks.app")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="how many of the requests")
    options = parser.parse_args()
    rows: dict[str, list[Row]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as name, table() as endpoint:
        write_key_pair(Path(name), "storefront")
        for number in range(options.rounds):
            turn = number % len(WAYS)
            for way in WAYS[turn:] + WAYS[:turn]:
                rows[way].append(measure(way, endpoint, Path(name), options.scale))
    columns = ("per_second", "cpu_ms", "p50_ms", "p99_ms", "startup_s", "memory_mb")
    print("| way | " + " | ".join(columns) + " |\n|---" + "|---" * len(columns) + "|")
    for way in WAYS:
        medians = (statistics.median(row[column] for row in rows[way]) for column in columns)
        print(f"| {way} | " + " | ".join(f"{value:.2f}" for value in medians) + " |")
    complaints = judge(rows)
    print(*complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())

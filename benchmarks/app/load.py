# SPDX-License-Identifier: GPL-3.0-or-later
"""So many requests over so many kept connections, each timed: on loopback, and bounded by their number."""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import threading
import time

PATH = "/api/products/mug"


def connections(port: int, requests: int, clients: int) -> dict[str, float]:
    """Send the requests and return how many a second, and the times of the median and of the slowest hundredth."""
    context = ssl._create_unverified_context()  # noqa: S323 - nobody verifies a task's certificate
    times: list[float] = []
    failed: list[int] = []

    def client() -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
        for _ in range(requests // clients):
            begin = time.perf_counter()
            connection.request("GET", PATH)
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - begin)
            if answer.status != 200:
                failed.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - begin
    times.sort()
    count = len(times)
    return {
        "count": count,
        "failed": len(failed),
        "per_second": count / wall,
        "p50_ms": times[count // 2] * 1000,
        "p99_ms": times[int(count * 0.99)] * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(connections(*(int(argument) for argument in sys.argv[1:4]))))

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a restored table against the one that it was made of: `python -m storefront check-table <source> <copy> ...`.

Runs as a task of the service does, so what it can read the service can read, too. It prints one line of JSON. The exit
code is 0 if the copy is sound, 1 if it is not, 3 if a table cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime

from botocore.config import Config

from storefront.comparison import compare
from storefront.domain import StorageUnavailable
from storefront.repository import DynamoRepository
from storefront.settings import read_settings
from storefront.wsgi import dynamodb_client

EXIT_UNSOUND = 1
EXIT_UNREADABLE = 3
PAUSE = 1.0
# Nobody waits for an answer as the clients of the site do.
PATIENT = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 10})


def main(arguments: Sequence[str]) -> int:
    """Compare two tables, say what differs, and return the exit code."""
    options = _parse(arguments)
    client = dynamodb_client(read_settings(), PATIENT)
    source, copy = (DynamoRepository(client, name) for name in (options.source, options.copy))
    end = time.monotonic() + options.patience
    try:
        _wait_until_readable(source, end)
        _wait_until_readable(copy, end)
        kinds = ((source.records(), copy.records()), (source.order_records(), copy.order_records()))
        found = compare(kinds, options.restored_to)
    except StorageUnavailable as error:
        print(f"{options.source} and {options.copy} cannot both be read: {error.__cause__}", file=sys.stderr)
        return EXIT_UNREADABLE
    print(json.dumps(found.as_dict()))
    return 0 if found.sound else EXIT_UNSOUND


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("storefront check-table")
    parser.add_argument("source", help="the table that the copy was made of")
    parser.add_argument("copy", help="the restored table")
    parser.add_argument("--restored-to", type=_moment, required=True, help="as of when, with its zone")
    parser.add_argument("--patience", type=float, default=300, help="seconds until a policy has to be in force")
    return parser.parse_args(arguments)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _wait_until_readable(table: DynamoRepository, end: float) -> None:
    """Return when the table answers: policies of roles and endpoints are in force some time after they were changed."""
    while True:
        try:
            return table.ping()
        except StorageUnavailable:
            if time.monotonic() >= end:
                raise
            time.sleep(PAUSE)

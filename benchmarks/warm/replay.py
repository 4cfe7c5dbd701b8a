# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the calls of AWS that a file lists, one after the other: what a script without Ansible would cost."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError


def main(path: Path) -> None:
    """Make the calls; each must end as it did when it was noted."""
    session = boto3.session.Session(region_name=os.environ["AWS_REGION"])
    clients: dict[str, Any] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        service, operation, parameters, expected = ast.literal_eval(line)
        if service not in clients:
            clients[service] = session.client(service)
        outcome = ""
        try:
            clients[service]._make_api_call(operation, parameters)
        except ClientError as error:
            outcome = error.response["Error"]["Code"]
        if outcome != expected:
            sys.exit(f"{service} {operation} {parameters}: {outcome or 'success'} instead of {expected or 'success'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

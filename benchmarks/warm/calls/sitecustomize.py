# SPDX-License-Identifier: GPL-3.0-or-later
"""Note each call of AWS that a Python process makes, so that a script can make the same ones; never while measuring."""

import os
from typing import Any

import botocore.client

_call = botocore.client.BaseClient._make_api_call


def _noted(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    outcome = ""
    try:
        return _call(client, operation, parameters)
    except botocore.client.ClientError as error:
        outcome = error.response["Error"]["Code"]
        raise
    finally:
        line = (client.meta.service_model.service_name, operation, parameters, outcome)
        with open(os.environ["PALISADE_BENCHMARK_CALLS"], "a", encoding="utf-8") as file:
            file.write(repr(line) + "\n")


botocore.client.BaseClient._make_api_call = _noted

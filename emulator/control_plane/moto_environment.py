# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that configure moto, which reads them while it is imported."""

from __future__ import annotations

from emulator.settings import ACCOUNT_ID, REGION, Settings


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables for the process that moto runs in."""
    return {
        "MOTO_ACCOUNT_ID": ACCOUNT_ID,
        "MOTO_DISABLE_GLOBAL_CORS": "true",
        "MOTO_ECS_SERVICE_RUNNING": "0",
        # AWS's own managed policies cost 100 MB and a second, and the collection attaches none.
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "false",
        "MOTO_PORT": str(settings.api_port),
        "AWS_DEFAULT_REGION": REGION,
    }

# SPDX-License-Identifier: GPL-3.0-or-later
"""Where LocalStack runs, and the variables that configure it, which it reads while it is imported."""

from __future__ import annotations

from pathlib import Path

from emulator.settings import CHECKOUT, LOOPBACK, REGION, Settings

PYTHON = CHECKOUT / ".venv-localstack" / "bin" / "python"
VERSION = "4.14.0"


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables for the process that LocalStack runs in."""
    return {
        "GATEWAY_LISTEN": f"{LOOPBACK}:{settings.api_port}",
        "FILESYSTEM_ROOT": str(settings.run_dir / "localstack"),
        # Where its plugins are noted, which would be the home directory otherwise.
        "XDG_CACHE_HOME": str(settings.run_dir / "localstack" / "cache"),
        # It takes sandboxes for its container, and would write where only that has a place.
        "OVERRIDE_IN_DOCKER": "0",
        # No calls of its own to the internet, and no name server.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DNS_ADDRESS": "0",
        # LocalStack's own DynamoDB is a program in Java that knows no keys, backups and protection; its keys and alarms
        # are where neither that nor the scheduler can look; its logs are those of an older moto.
        "PROVIDER_OVERRIDE_DYNAMODB": "moto",
        "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "moto",
        "PROVIDER_OVERRIDE_KMS": "moto",
        "PROVIDER_OVERRIDE_CLOUDWATCH": "moto",
        "PROVIDER_OVERRIDE_LOGS": "moto",
        "AWS_DEFAULT_REGION": REGION,
    }


def is_installed(python: Path = PYTHON) -> bool:
    """Tell whether the environment was made: `make localstack` does it."""
    return (python.parent.parent / ".ready").exists()

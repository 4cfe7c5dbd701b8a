# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the environment decides."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

EXIT_MISCONFIGURED = 2


class Settings(BaseSettings):
    """Everything the environment decides, each under the name it has there."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, populate_by_name=True)

    table_name: str = Field(validation_alias="STOREFRONT_TABLE_NAME", pattern=r"^[A-Za-z0-9_.-]{3,255}$")
    aws_region: str = Field(validation_alias="AWS_REGION", pattern=r"^[a-z0-9-]{1,32}$")
    version: str = Field(default="0.1.0", validation_alias="STOREFRONT_VERSION", pattern=r"^[A-Za-z0-9_.+:-]{1,128}$")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", validation_alias="STOREFRONT_LOG_LEVEL"
    )
    hsts_seconds: int = Field(default=31_536_000, validation_alias="STOREFRONT_HSTS_SECONDS", ge=0)
    hold_seconds: int = Field(default=600, validation_alias="STOREFRONT_HOLD_SECONDS", ge=1, le=86_400)
    sweep_seconds: int = Field(default=30, validation_alias="STOREFRONT_SWEEP_SECONDS", ge=0, le=3600)
    secret: SecretStr | None = Field(default=None, validation_alias="STOREFRONT_SECRET_KEY", min_length=32)
    metrics_namespace: str = Field(
        default="", validation_alias="STOREFRONT_METRICS_NAMESPACE", pattern=r"^[A-Za-z0-9_./#:-]{0,255}$"
    )
    traces_endpoint: str = Field(default="", validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    metadata_uri: str | None = Field(default=None, validation_alias="ECS_CONTAINER_METADATA_URI_V4")
    host: str = Field(default="0.0.0.0", validation_alias="GRANIAN_HOST")  # noqa: S104 -- a task has one interface
    port: int = Field(default=8443, validation_alias="GRANIAN_PORT", ge=1, le=65535)
    threads: int = Field(default=16, validation_alias="GRANIAN_BLOCKING_THREADS", ge=1, le=256)
    kill_timeout: int = Field(default=25, validation_alias="GRANIAN_WORKERS_KILL_TIMEOUT", ge=1, le=115)

    @property
    def hold(self) -> timedelta:
        """Return for how long a reservation holds pieces."""
        return timedelta(seconds=self.hold_seconds)

    @property
    def signing_key(self) -> Callable[[], bytes] | None:
        """Return what gives the secret that all tasks sign with, None if it is to be kept in the table."""
        secret = self.secret
        return (lambda: secret.get_secret_value().encode()) if secret else None

    @property
    def task_name(self) -> str:
        """Name this task: its id where the metadata address ends with it, as on Fargate, else the host's name."""
        match = re.search(r"/([0-9a-f]{32})(?:-[0-9]+)?$", self.metadata_uri or "")
        return match.group(1) if match else socket.gethostname()


def read_settings() -> Settings:
    """Read the environment, or end the process with one message that names every mistake in it."""
    try:
        return Settings.model_validate({})
    except ValidationError as error:
        lines = sorted(_explain(str(mistake["loc"][0]), mistake["type"], mistake["msg"]) for mistake in error.errors())
        print("storefront cannot start, the environment is not complete:", *lines, sep="\n", file=sys.stderr)
        raise SystemExit(EXIT_MISCONFIGURED) from None


def _explain(name: str, kind: str, message: str) -> str:
    """Say what is wrong with a variable without repeating its value."""
    return f"  {name}: {'missing' if kind == 'missing' else message}"

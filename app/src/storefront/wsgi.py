# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application as the server loads it: the only place with real settings and a real client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from flask import Flask

from storefront import create_app, logs
from storefront.repository import DynamoRepository
from storefront.settings import Settings, read_settings
from storefront.sweeper import Sweeper

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


def application() -> Flask:
    """Build the application from the environment; called once in each worker."""
    settings = read_settings()
    logs.configure(settings.log_level)
    repository = DynamoRepository(dynamodb_client(settings), settings.table_name)
    if settings.sweep_seconds:
        Sweeper(repository, settings.sweep_seconds).start()
    return create_app(settings, repository)


def dynamodb_client(settings: Settings, config: Config | None = None) -> DynamoDBClient:
    """Return a client of the region that the environment names, with credentials from where the SDK finds them."""
    return boto3.client("dynamodb", region_name=settings.aws_region, config=config or _client_config(settings))


def _client_config(settings: Settings) -> Config:
    """Give up early: three attempts have to end well before the load balancer's patience."""
    return Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=settings.threads,
        tcp_keepalive=True,
    )

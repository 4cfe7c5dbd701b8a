# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the shop's tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from moto import mock_aws

from storefront import create_app
from storefront.settings import Settings

# Beside pytest's cache: otherwise Hypothesis keeps its own in the checkout.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(__file__).parents[2] / ".run" / "cache" / "hypothesis"))
# In pytest's import mode "importlib" a test directory is not importable by itself.
sys.path.insert(0, str(Path(__file__).parent))

from storefront_support.memory import MemoryRepository
from storefront_support.products import TASK_ID
from storefront_support.table import DEPLOYED, client_of_emptied_table, client_of_new_table, served_table

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def settings() -> Settings:
    """Return settings as a task on Fargate has them."""
    return Settings(
        table_name="shop",
        aws_region="eu-central-1",
        version="1.2.3",
        metadata_uri=f"http://169.254.170.2/v4/{TASK_ID}-3935363592",
    )


@pytest.fixture
def memory() -> MemoryRepository:
    """Return an empty repository."""
    return MemoryRepository()


@pytest.fixture
def client(settings: Settings, memory: MemoryRepository) -> FlaskClient:
    """Return a client of an application that keeps its products in memory."""
    return create_app(settings, memory).test_client()


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    """Return a client that has an empty table: of an AWS inside this process, unless a deployed one is to be used."""
    if DEPLOYED:
        yield client_of_emptied_table()
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield client_of_new_table()


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Return the address of an AWS that has the table."""
    with served_table() as endpoint:
        yield endpoint

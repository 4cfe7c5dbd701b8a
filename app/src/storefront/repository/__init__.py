# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the shop keeps things. DynamoDB's types, keys and conditions stop here."""

from __future__ import annotations

from storefront.repository.dynamo import DynamoRepository
from storefront.repository.protocol import Repository

__all__ = ["DynamoRepository", "Repository"]

# SPDX-License-Identifier: GPL-3.0-or-later
"""DynamoDB as AWS answers it."""

from __future__ import annotations

import uuid
from typing import Any

from moto.dynamodb.models.table import Table


def apply() -> None:
    """Install the patches."""
    _give_tables_an_id(Table)


def _give_tables_an_id(table_class: Any) -> None:
    """AWS: every table has a TableId for life. moto: none, and `community.aws.dynamodb_table` reads it always."""
    original = table_class.describe

    def describe(table: Any, *arguments: Any, **options: Any) -> Any:
        answer = original(table, *arguments, **options)
        table.palisade_id = getattr(table, "palisade_id", None) or str(uuid.uuid4())
        for key in answer.keys() & {"Table", "TableDescription"}:
            answer[key].setdefault("TableId", table.palisade_id)
        return answer

    table_class.describe = describe

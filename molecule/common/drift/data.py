# SPDX-License-Identifier: GPL-3.0-or-later
"""Take away what protects the table."""

import boto3

dynamodb = boto3.client("dynamodb")

dynamodb.update_table(TableName="shop-local", DeletionProtectionEnabled=False)
dynamodb.update_continuous_backups(
    TableName="shop-local", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
)

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Route 53 about records, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

BUSY = ["PriorRequestNotComplete", "ThrottlingException"]
TTL = 300


def public_zones(client: Any, zone: str) -> list[str]:
    """Return the ids of the public zones of a name. Raises AnsibleAWSError."""

    @AWSErrorHandler.common_error_handler(f"look for the zone {zone}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.list_hosted_zones_by_name(DNSName=zone)["HostedZones"]

    name = f"{zone.lower().rstrip('.')}."
    return [
        str(one["Id"]).removeprefix("/hostedzone/")
        for one in attempt()
        if one["Name"] == name and not one.get("Config", {}).get("PrivateZone")
    ]


def cname(client: Any, zone_id: str, name: str) -> str:
    """Return the value of a CNAME record of a zone; empty if there is none. Raises AnsibleAWSError."""

    @AWSErrorHandler.common_error_handler(f"look for the record {name} in the zone {zone_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        # Records are listed from this one on.
        return client.list_resource_record_sets(
            HostedZoneId=zone_id, StartRecordName=name, StartRecordType="CNAME", MaxItems="1"
        )["ResourceRecordSets"]

    for one in attempt():
        if one["Name"].rstrip(".").lower() == name.rstrip(".").lower() and one["Type"] == "CNAME":
            return str(one["ResourceRecords"][0]["Value"])
    return ""


def put_cnames(client: Any, zone_id: str, records: Sequence[Mapping[str, str]]) -> None:
    """Create CNAME records or give them their values, all or none. Raises AnsibleAWSError."""
    changes = [
        {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": one["name"],
                "Type": one["type"],
                "TTL": TTL,
                "ResourceRecords": [{"Value": one["value"]}],
            },
        }
        for one in records
    ]

    @AWSErrorHandler.common_error_handler(f"put validation records into the zone {zone_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})

    attempt()


def records_from(client: Any, zone_id: str, name: str) -> list[dict[str, Any]]:
    """Return the records of a zone from the address record of a name on, in the order of Route 53. AnsibleAWSError."""

    @AWSErrorHandler.common_error_handler(f"look for the record {name} in the zone {zone_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.list_resource_record_sets(HostedZoneId=zone_id, StartRecordName=name, StartRecordType="A")

    return list(attempt()["ResourceRecordSets"])


def change_record(client: Any, zone_id: str, action: str, record: Mapping[str, Any]) -> None:
    """Create, replace or delete a record. Raises AnsibleAWSError."""

    @AWSErrorHandler.common_error_handler(f"{action.lower()} the record {record['Name']} in the zone {zone_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        changes = [{"Action": action, "ResourceRecordSet": dict(record)}]
        client.change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})

    attempt()

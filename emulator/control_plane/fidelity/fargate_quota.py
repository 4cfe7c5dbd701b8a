# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of Fargate an account may have."""

from __future__ import annotations

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

# What a new account has: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
QUOTAS = {
    "L-3032A538": ("Fargate On-Demand vCPU resource count", 6.0),
    "L-36FBB829": ("Fargate Spot vCPU resource count", 6.0),
}


def apply() -> None:
    """Install the patch."""
    _know_fargate(ServiceQuotasBackend)


def _know_fargate(backend_class: Any) -> None:
    """AWS: has quotas of Fargate. moto: those of VPCs only."""
    original = backend_class.get_service_quota

    def get_service_quota(backend: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        if service_code != "fargate" or quota_code not in QUOTAS:
            return dict(original(backend, service_code, quota_code))
        name, value = QUOTAS[quota_code]
        arn = f"arn:aws:servicequotas:{backend.region_name}:{backend.account_id}:fargate/{quota_code}"
        told = {"ServiceCode": "fargate", "ServiceName": "AWS Fargate", "QuotaArn": arn, "QuotaCode": quota_code}
        return {**told, "QuotaName": name, "Value": value, "Unit": "None", "Adjustable": True, "GlobalQuota": False}

    backend_class.get_service_quota = get_service_quota

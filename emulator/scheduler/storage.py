# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Fargate may encrypt the storage of a cluster's tasks with the key that the cluster names."""

from __future__ import annotations

from typing import Any

from emulator.authorizer.authorizer import Authorizer, Source
from emulator.authorizer.call import Need
from emulator.authorizer.implied_calls import Implied, encryption_context
from emulator.authorizer.policy import Principal
from emulator.scheduler.pull import StartError
from emulator.settings import ACCOUNT_ID

SERVICE = "fargate.amazonaws.com"
# What Fargate lets itself do later by the grant that it makes.
GRANTED = {"kms:grantoperations": ("Decrypt",)}


def check_storage(cluster: Any, authorizer: Authorizer) -> None:
    """Refuse a key whose policy does not let Fargate use it for this cluster; call under the lock.

    AWS documents which calls there are, and not how the refusal is worded.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-create-storage-key.html
    """
    managed = (cluster.configuration or {}).get("managedStorageConfiguration") or {}
    key = managed.get("fargateEphemeralStorageKmsKeyId")
    if not key:
        return
    of_cluster = encryption_context({"aws:ecs:clusterAccount": ACCOUNT_ID, "aws:ecs:clusterName": cluster.name})
    fargate = Source(Principal("", "", SERVICE), None)
    for action, more in (("GenerateDataKeyWithoutPlaintext", {}), ("CreateGrant", GRANTED)):
        need = Need(f"kms:{action}", key, {**of_cluster, **more})
        if authorizer.verdict(fargate, Implied(need, "kms", SERVICE)).denial is not None:
            raise StartError(
                f"ResourceInitializationError: Fargate may not call {need.action} on {key} for the ephemeral storage "
                f"of tasks of the cluster {cluster.name}"
            )

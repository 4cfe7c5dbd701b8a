# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read botocore's data files once for all modules of a run: half of what is left of a task is reading them.

Data only: no session, no client, no credentials, no connection, no thread.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# What a client imports only when it is made or first used.
CLIENT = (
    "boto3.session",
    "botocore.args",
    "botocore.auth",
    "botocore.client",
    "botocore.compress",
    "botocore.credentials",
    "botocore.endpoint",
    "botocore.httpsession",
    "botocore.paginate",
    "botocore.retries.adaptive",
    "botocore.retries.standard",
    "botocore.session",
    "botocore.signers",
    "botocore.waiter",
)
# Read by each session.
COMMON = ("endpoints", "partitions", "sdk-default-configuration", "_retry")
# Read for a service by a client, and by what it is asked for.
KINDS = ("service-2", "endpoint-rule-set-1", "paginators-1", "waiters-2")


class BotocoreData:
    """A loader of botocore's that remembers what it has read."""

    def __init__(self) -> None:
        for name in CLIENT:
            import_module(name)
        self.read: set[str] = set()
        self.loader: Any = import_module("botocore.loaders").create_loader(None)
        for name in COMMON:
            self.loader.load_data(name)

    def add(self, service: str) -> None:
        """Read what describes a service; a service that botocore does not know is the module's own business."""
        if service in self.read or service not in self.loader.list_available_services("service-2"):
            return
        self.read.add(service)
        for kind in KINDS:
            if service in self.loader.list_available_services(kind):
                self.loader.load_service_model(service, kind, api_version=None)
        spell: Any = import_module("botocore").xform_name  # remembers each name that it has spelt in Python's way
        for operation in self.loader.load_service_model(service, "service-2", api_version=None)["operations"]:
            spell(operation)

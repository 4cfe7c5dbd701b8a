# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read botocore's data files once for all modules of a run: half of what is left of a task is reading them.

Nothing here looks for configuration or credentials, opens a connection or starts a thread.
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
    """What of botocore is the same in every process: data files, and the methods of clients made from them."""

    def __init__(self) -> None:
        for name in CLIENT:
            import_module(name)
        self.methods: dict[str, tuple[Any, dict[str, Any]]] = {}
        self.sessions: Any = import_module("botocore.session")
        self.create_loader = self.sessions.create_loader
        self.creator: Any = import_module("botocore.client").ClientCreator
        self.create_methods = self.creator._create_methods
        self.loader = self.create_loader(None)
        for name in COMMON:
            self.loader.load_data(name)

    def add(self, service: str) -> None:
        """Read what describes a service; a service that botocore does not know is the module's own business."""
        if service in self.methods or service not in self.loader.list_available_services("service-2"):
            return
        for kind in KINDS:
            if service in self.loader.list_available_services(kind):
                self.loader.load_service_model(service, kind, api_version=None)
        description = self.loader.load_service_model(service, "service-2", api_version=None)
        creator: Any = object.__new__(self.creator)
        creator._event_emitter = None  # only for the texts of help()
        model: Any = import_module("botocore.model").ServiceModel(description, service_name=service)
        self.methods[service] = model._service_description, self.create_methods(creator, model)

    def share(self) -> None:
        """Have botocore use what is there already, in this process, which is a module's."""

        def shared_loader(search_path_string: str | None = None) -> Any:
            return self.create_loader(search_path_string) if search_path_string else self.loader

        def shared_methods(creator: Any, model: Any) -> Any:
            description, methods = self.methods.get(model.service_name, (None, {}))
            same = methods and model._service_description is description
            return dict(methods) if same else self.create_methods(creator, model)

        self.sessions.create_loader, self.creator._create_methods = shared_loader, shared_methods

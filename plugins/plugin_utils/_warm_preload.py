# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Import in the parent, once, what the modules of a run would each import again.

Only code and botocore's data files: no session, no client, no credentials, no connection, no thread.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ansible.utils.display import Display
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_source import installed_source

# What a client of botocore imports only when it is made or first used.
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
# What every module has: the code that ansible-core sends along with it.
EVERY_MODULE = ("ansible.module_utils.basic", "ansible.module_utils._internal._ansiballz._loader", "runpy", "ctypes")
# Read by each session. The models of services are small except a few: see warm_model.
SHARED_DATA = ("endpoints", "partitions", "sdk-default-configuration", "_retry")

IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(ansible(?:_collections|\.module_utils)\.[\w.]+|boto3|botocore)", re.M)


class Preload:
    """What the parent has imported, and botocore's loader with the data files that it has read."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.loader: Any = None

    def module(self, name: str, path: Path) -> None:
        """Import what a module imports, and compile it; what fails here fails again, properly, when the task runs."""
        if name in self.done:
            return
        self.done.add(name)
        try:
            source = path.read_text(encoding="utf-8")
            with installed_source():
                for imported in (*EVERY_MODULE, *sorted(set(IMPORTED.findall(source)))):
                    self._import(imported)
                _compile(name)
            if self._import("botocore"):
                self._read_model(name.rpartition(".")[2].partition("_")[0])
        except Exception as error:  # anything may go wrong in code of others, and no task may suffer from it
            Display().vv(f"palisade.ecs.warm: preloading for {name}: {error!r}")

    def _import(self, name: str) -> bool:
        if name in ("boto3", "botocore"):
            return all(self._import(part) for part in CLIENT)
        try:
            import_module(name)
        except ImportError:
            return False
        return True

    def _read_model(self, service: str) -> None:
        """Read the model of the service that a module is named after, and once what every session reads."""
        loaders = import_module("botocore.loaders")
        if self.loader is None:
            self.loader = loaders.create_loader(None)
            for data in SHARED_DATA:
                self.loader.load_data(data)
        if service in self.done or service not in self.loader.list_available_services("service-2"):
            return
        self.done.add(service)
        for kind in ("service-2", "endpoint-rule-set-1"):
            self.loader.load_service_model(service, kind, api_version=None)


def _compile(name: str) -> None:
    """Have the code of a module remembered."""
    namespace, collection, module = name.split(".")
    spec = find_spec(f"ansible_collections.{namespace}.{collection}.plugins.modules.{module}")
    if spec and spec.loader:
        spec.loader.get_code(spec.name)  # type: ignore[attr-defined]

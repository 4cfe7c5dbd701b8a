# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Import in the parent, once, what each module of a run would import again."""

from __future__ import annotations

import gc
import os
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ansible.plugins import loader as plugins
from ansible.utils.display import Display
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_botocore import BotocoreData
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_source import InstalledLoader, installed_source

# What every module has: the code that ansible-core sends along with it.
EVERY_MODULE = ("ansible.module_utils.basic", "ansible.module_utils._internal._ansiballz._loader", "runpy")

# What every template of the roles of this collection has; of filters, one stands for all of its collection.
LOOKUPS = ("ansible.builtin.env", "palisade.ecs.names")
FILTERS = ("ansible.builtin.default", "palisade.ecs.running_image")

IMPORTED = re.compile(r"^[ \t]*(?:from|import)[ \t]+(ansible(?:_collections|\.module_utils)\.[\w.]+)", re.MULTILINE)
USES_BOTOCORE = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+(?:boto3|botocore)\b|module_utils\.(?:boto|modules)", re.MULTILINE
)
CLIENT = re.compile(r"""\b(?:client|resource)\(\s*["']([a-z0-9-]+)["']""")


class Preload:
    """What the parent has imported, and botocore's data as far as it has been read."""

    def __init__(self) -> None:
        self.done: set[str] = set()
        self.botocore: BotocoreData | None = None

    def module(self, name: str) -> None:
        """Import what a module imports, and compile it; what fails here fails again, properly, when the task runs."""
        if name in self.done:
            return
        gc.disable()  # nothing of this is garbage
        try:
            if not self.done:
                _prepare_workers()
            with installed_source():
                source = _compiled(name)
                for imported in (*EVERY_MODULE, *sorted(set(IMPORTED.findall(source)))):
                    _import(imported)
            if USES_BOTOCORE.search(source):
                self._read_data(CLIENT.findall(source))
        except Exception as error:  # anything may go wrong in code of others, and no task may suffer from it
            Display().vvvv(f"palisade.ecs.warm: preloading for {name}: {error!r}")
        finally:
            gc.freeze()
            gc.enable()
        self.done.add(name)

    def _read_data(self, services: list[str]) -> None:
        if self.botocore is None:
            self.botocore = BotocoreData()
        for service in services:
            self.botocore.add(service)


def _prepare_workers() -> None:
    """Have Ansible load what each worker of a local task loads again, and spare workers its garbage collection."""
    plugins.connection_loader.get("local", class_only=True)
    plugins.shell_loader.get("sh", class_only=True)
    plugins.action_loader.get("ansible.legacy.normal", class_only=True)
    for lookup in LOOKUPS:
        plugins.lookup_loader.get(lookup, class_only=True)
    for name in FILTERS:
        plugins.filter_loader.get(name)
    plugins.test_loader.get("defined")
    os.register_at_fork(after_in_child=_spare_collection)


def _spare_collection() -> None:
    """Keep the garbage collector of a short-lived process off the pages that it shares with its parent."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _import(name: str) -> None:
    try:
        import_module(name)
    except ImportError:  # the module may do without, or say what is missing
        return


def _compiled(name: str) -> str:
    """Return the source of a module, and have its code remembered."""
    namespace, collection, module = name.split(".")
    spec = find_spec(f"ansible_collections.{namespace}.{collection}.plugins.modules.{module}")
    if spec is None or not isinstance(spec.loader, InstalledLoader):
        raise ImportError(f"{name} is not a file of its collection")
    spec.loader.get_code(spec.name)
    return Path(spec.loader.path).read_text(encoding="utf-8")

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load what collections have installed as Python loads any other file, with its bytecode.

Ansible's own collection loader compiles a source each time that it is imported.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import ClassVar

from ansible.utils.collection_loader._collection_finder import _get_collection_metadata

KINDS = ("modules", "module_utils", "plugin_utils")


class InstalledLoader(SourceFileLoader):
    """Remember the code of a module: what the parent has loaded is there in every process that it forks."""

    codes: ClassVar[dict[str, CodeType | None]] = {}

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of a module, from memory, from its bytecode or from its source."""
        if self.path not in self.codes:
            self.codes[self.path] = super().get_code(fullname)
        return self.codes[self.path]


class _Finder:
    """Find modules and module_utils of collections where Ansible has found the collection."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a part of a collection is, or nothing for what Ansible has to redirect or make up."""
        parts = name.split(".")
        if len(parts) < 6 or parts[0] != "ansible_collections" or parts[4] not in KINDS or not path:
            return None
        if name in _get_collection_metadata(".".join(parts[1:3])).get("import_redirection", {}):
            return None
        package = Path(path[0], parts[-1])
        for file, places in ((package / "__init__.py", [str(package)]), (package.with_suffix(".py"), None)):
            if file.is_file():
                loader = InstalledLoader(name, str(file))
                return spec_from_file_location(name, file, loader=loader, submodule_search_locations=places)
        return None


@contextmanager
def installed_source() -> Iterator[None]:
    """Load parts of collections from their files inside the context, before Ansible's loader is asked."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)

# SPDX-License-Identifier: GPL-3.0-or-later
"""An image on disk: manifest, configuration and root file system."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Where the image has what the bundle has below `rootfs`; a process outside a container gets the real paths instead.
WORKING_DIRECTORY = "/opt/storefront"
VIRTUAL_ENVIRONMENT = "/opt/venv"
PLACES = {VIRTUAL_ENVIRONMENT: "rootfs/venv", WORKING_DIRECTORY: "rootfs"}


@dataclass(frozen=True)
class Bundle:
    """The directory of one image."""

    path: Path

    @property
    def manifest(self) -> str:
        """Return the image manifest, as it is put into the registry."""
        return (self.path / "manifest.json").read_text()

    @property
    def written_configuration(self) -> bytes:
        """Return the configuration as its digest in the manifest is of."""
        return (self.path / "config.json").read_bytes()

    @property
    def configuration(self) -> dict[str, Any]:
        """Return the container configuration: Env, Entrypoint, Cmd, User, ExposedPorts, WorkingDir."""
        content: dict[str, Any] = json.loads(self.written_configuration)["config"]
        return content

    def inside(self, text: str) -> str:
        """Replace the image's absolute paths in a text, such as a search path, by those on this machine."""
        return ":".join(self._real(part) for part in text.split(":"))

    def _real(self, path: str) -> str:
        for image_path, own in PLACES.items():
            if path == image_path or path.startswith(f"{image_path}/"):
                return f"{self.path}/{own}{path.removeprefix(image_path)}"
        return path


def find(images: Path, digest: str) -> Bundle | None:
    """Return the bundle of a manifest digest (`sha256:...`), if it was built here."""
    path = images / digest.removeprefix("sha256:")
    return Bundle(path) if (path / "manifest.json").is_file() else None


def digest_of(content: bytes) -> str:
    """Return the digest that names some content."""
    return "sha256:" + hashlib.sha256(content).hexdigest()

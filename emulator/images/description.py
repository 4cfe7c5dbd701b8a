# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image is made of, in the words of the OCI image specification; the same content gives the same bytes."""

from __future__ import annotations

import json
import platform
import stat
import sys
from pathlib import Path
from typing import Any

from emulator.images.bundle import VIRTUAL_ENVIRONMENT, WORKING_DIRECTORY, digest_of

IGNORED = frozenset({"__pycache__", ".DS_Store"})
# The final stage of app/Dockerfile says the same; a test compares them.
CONTAINER = {
    "Env": [
        f"PATH={VIRTUAL_ENVIRONMENT}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        f"PYTHONPATH={WORKING_DIRECTORY}/src",
        "PYTHONDONTWRITEBYTECODE=1",
        "PYTHONUNBUFFERED=1",
        "GRANIAN_HOST=0.0.0.0",
        "GRANIAN_PORT=8443",
    ],
    "Entrypoint": ["python", "-m", "storefront"],
    "Cmd": [],
    "User": "10001:10001",
    "ExposedPorts": {"8443/tcp": {}},
    "WorkingDir": WORKING_DIRECTORY,
}


def python_version() -> str:
    """Return the version that a virtual environment is made for."""
    return f"{sys.implementation.name}-{sys.version_info.major}.{sys.version_info.minor}"


def configuration(application: Path) -> bytes:
    """Return the image configuration of an application directory."""
    layers = [layer["digest"] for layer in _layers(application)]
    content = {
        "architecture": platform.machine(),
        "os": platform.system().lower(),
        "os.version": python_version(),
        "config": CONTAINER,
        "rootfs": {"type": "layers", "diff_ids": layers},
    }
    return _bytes(content)


def manifest(application: Path) -> bytes:
    """Return the image manifest of an application directory; its digest names the image."""
    config = configuration(application)
    content = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": digest_of(config),
            "size": len(config),
        },
        "layers": _layers(application),
    }
    return _bytes(content)


def source_files(application: Path) -> list[Path]:
    """Return the files of the application's source tree in a fixed order."""
    source = application / "src"
    return sorted(
        path for path in source.rglob("*") if path.is_file() and not IGNORED & set(path.relative_to(source).parts)
    )


def _layers(application: Path) -> list[dict[str, Any]]:
    return [
        _layer(_bytes([python_version(), (application / "requirements.txt").read_text()])),
        _layer(_bytes([_entry(path, application) for path in source_files(application)])),
    ]


def _entry(path: Path, application: Path) -> list[str]:
    executable = "x" if path.stat().st_mode & stat.S_IXUSR else "-"
    return [path.relative_to(application).as_posix(), executable, digest_of(path.read_bytes())]


def _layer(content: bytes) -> dict[str, Any]:
    return {
        "mediaType": "application/vnd.oci.image.layer.v1.tar",
        "digest": digest_of(content),
        "size": len(content),
    }


def _bytes(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

# SPDX-License-Identifier: GPL-3.0-or-later
"""From an image reference to a bundle on this machine."""

from __future__ import annotations

import re
from pathlib import Path

from moto.ecr.models import ecr_backends

from emulator.images import bundle
from emulator.images.bundle import Bundle
from emulator.settings import ACCOUNT_ID, REGION

REFERENCE = re.compile(
    r"(?P<registry>[^/]+)/(?P<repository>[^@:]+)(?:@(?P<digest>sha256:[0-9a-f]{64})|:(?P<tag>[\w.-]+))"
)
REGISTRY = f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com"


class StartError(RuntimeError):
    """A task cannot start; the text is its stopped reason."""


def pull(reference: str, images: Path) -> tuple[Bundle, str]:
    """Return bundle and digest of an image; call under the lock.

    Only what is in the embedded registry and was built on this machine can be pulled.
    """
    match = REFERENCE.fullmatch(reference)
    if match is None or match["registry"] != REGISTRY:
        raise _cannot_pull(reference, f"only images of {REGISTRY} with a digest or tag can be pulled here")
    digest = _digest(match["repository"], match["digest"], match["tag"])
    if digest is None:
        raise _cannot_pull(reference, "not found")
    found = bundle.find(images, digest)
    if found is None:
        raise _cannot_pull(reference, f"no bundle {digest} on this machine: publish the image again")
    return found, digest


def _digest(repository: str, digest: str | None, tag: str | None) -> str | None:
    """Return the digest that the embedded registry knows by digest or tag."""
    known = ecr_backends[ACCOUNT_ID][REGION].repositories.get(repository)
    for image in known.images if known else []:
        if image.get_image_digest() == digest or (tag is not None and tag in image.image_tags):
            found: str = image.get_image_digest()
            return found
    return None


def _cannot_pull(reference: str, why: str) -> StartError:
    return StartError(f"CannotPullContainerError: failed to resolve ref {reference}: {why}")

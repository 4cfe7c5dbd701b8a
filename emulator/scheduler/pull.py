# SPDX-License-Identifier: GPL-3.0-or-later
"""From an image reference to a bundle on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Reference:
    """An image of the embedded registry, by digest or by tag."""

    text: str
    repository: str
    digest: str | None
    tag: str | None

    @property
    def name(self) -> str:
        """Return what the registry's protocol asks for."""
        return self.digest or self.tag or ""


def parse(text: str) -> Reference:
    """Read an image reference; raises StartError unless it is of the embedded registry."""
    match = REFERENCE.fullmatch(text)
    if match is None or match["registry"] != REGISTRY:
        raise _cannot_pull(text, f"only images of {REGISTRY} with a digest or tag can be pulled here")
    return Reference(text, match["repository"], match["digest"], match["tag"])


def find(reference: Reference, images: Path) -> tuple[Bundle, str]:
    """Return bundle and digest of an image; call under the lock.

    Only what is in the embedded registry and was built on this machine can be pulled.
    """
    digest = _digest(reference.repository, reference.digest, reference.tag)
    if digest is None:
        raise _cannot_pull(reference.text, "not found")
    found = bundle.find(images, digest)
    if found is None:
        raise _cannot_pull(reference.text, f"no bundle {digest} on this machine: publish the image again")
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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Putting a bundle's manifest into the registry."""

from __future__ import annotations

import os
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError

from emulator.images.bundle import Bundle, digest_of
from emulator.settings import ACCOUNT_ID, REGION, Settings


class RegistryError(RuntimeError):
    """The image could not be put into the registry."""


def put(bundle: Bundle, repository: str, settings: Settings) -> dict[str, object]:
    """Make the registry hold the image; return its reference, digest and whether that was new."""
    registry = _client(settings)
    manifest = bundle.manifest
    try:
        changed = _put(registry, repository, manifest)
    except registry.exceptions.RepositoryNotFoundException:
        message = f"there is no repository {repository!r}: site.yml makes it before it publishes"
        raise RegistryError(message) from None
    except EndpointConnectionError as error:
        raise RegistryError(f"the embedded AWS does not run: {error}") from error
    digest = digest_of(manifest.encode())
    image = f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/{repository}@{digest}"
    return {"image": image, "digest": digest, "changed": changed}


def _put(registry: Any, repository: str, manifest: str) -> bool:
    try:
        registry.put_image(repositoryName=repository, imageManifest=manifest)
    except registry.exceptions.ImageAlreadyExistsException:
        return False
    return True


def _client(settings: Settings) -> Any:
    return boto3.client(
        "ecr",
        region_name=REGION,
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL") or settings.endpoint_url,
        # The embedded AWS takes any; the user's own keys have no business here.
        aws_access_key_id="embedded",
        aws_secret_access_key="the-embedded-aws-needs-none",  # noqa: S106
    )

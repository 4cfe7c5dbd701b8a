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
        changed = _push(registry, repository, bundle)
    except registry.exceptions.RepositoryNotFoundException:
        message = f"there is no repository {repository!r}: site.yml makes it before it publishes"
        raise RegistryError(message) from None
    except EndpointConnectionError as error:
        raise RegistryError(f"the embedded AWS does not run: {error}") from error
    digest = digest_of(manifest.encode())
    image = f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/{repository}@{digest}"
    return {"image": image, "digest": digest, "changed": changed}


def _push(registry: Any, repository: str, bundle: Bundle) -> bool:
    """Make the calls that `docker push` makes, so that what it needs permissions for is asked for here, too.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
    """
    registry.get_authorization_token()
    _push_layer(registry, repository, bundle.written_configuration)
    wanted = [{"imageDigest": digest_of(bundle.manifest.encode())}]
    if registry.batch_get_image(repositoryName=repository, imageIds=wanted)["images"]:
        return False
    registry.put_image(repositoryName=repository, imageManifest=bundle.manifest)
    return True


def _push_layer(registry: Any, repository: str, content: bytes) -> None:
    """Upload a layer that the repository lacks; the other layers lie in the bundle."""
    place = {"repositoryName": repository}
    digests = [digest_of(content)]
    if registry.batch_check_layer_availability(**place, layerDigests=digests)["layers"]:
        return
    upload = {**place, "uploadId": registry.initiate_layer_upload(**place)["uploadId"]}
    registry.upload_layer_part(**upload, partFirstByte=0, partLastByte=len(content) - 1, layerPartBlob=content)
    registry.complete_layer_upload(**upload, layerDigests=digests)


def _client(settings: Settings) -> Any:
    return boto3.client(
        "ecr",
        region_name=REGION,
        endpoint_url=os.environ.get("AWS_ENDPOINT_URL") or settings.endpoint_url,
        # The inventory's, by which a deployer may be judged. Profiles are not looked at, and any key is taken.
        aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID") or "embedded",
        aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY") or "the-embedded-aws-needs-none",
        aws_session_token=os.environ.get("AWS_SESSION_TOKEN") or None,
    )

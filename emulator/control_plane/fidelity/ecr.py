# SPDX-License-Identifier: GPL-3.0-or-later
"""ECR as AWS answers it."""

from __future__ import annotations

import hashlib
from typing import Any

from moto.ecr.exceptions import ImageAlreadyExistsException
from moto.ecr.models import ECRBackend, Image
from moto.kms.models import kms_backends

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _digest_the_manifest(Image)
    _refuse_the_same_untagged_image(ECRBackend)
    _name_the_immutable_tag(ECRBackend)
    _ask_for_the_key(ECRBackend)


def manifest_digest(manifest: str) -> str:
    """Return the digest of a manifest."""
    return "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()


def _digest_the_manifest(image_class: Any) -> None:
    """AWS: an image's digest is the SHA-256 of its manifest's bytes. moto: of the layers' digests, or random."""

    def _create_digest(image: Any) -> None:
        image._image_digest = manifest_digest(image.image_manifest)

    image_class._create_digest = _create_digest


def _refuse_the_same_untagged_image(backend_class: Any) -> None:
    """AWS: a manifest put again under the same tag or, untagged, at all is ImageAlreadyExists.

    moto: an untagged manifest put again loses the image that is there (it deletes by tag None).
    """
    original = backend_class.put_image

    def put_image(backend: Any, repository_name: str, image_manifest: str, image_tag: str | None, *rest: Any) -> Any:
        repository = backend._get_repository(repository_name)
        known = next((image for image in repository.images if image.image_manifest == image_manifest), None)
        if known is not None and image_tag is None:
            raise ImageAlreadyExistsException(
                registry_id=repository.registry_id,
                image_tag="null",
                digest=known.get_image_digest(),
                repository_name=repository_name,
            )
        return original(backend, repository_name, image_manifest, image_tag, *rest)

    backend_class.put_image = put_image


def _name_the_immutable_tag(backend_class: Any) -> None:
    """AWS: another image under an immutable tag is ImageTagAlreadyExists. moto: ImageAlreadyExists."""
    original = backend_class.put_image

    def put_image(backend: Any, repository_name: str, image_manifest: str, image_tag: str | None, *rest: Any) -> Any:
        repository = backend._get_repository(repository_name)
        tagged = [image for image in repository.images if image_tag and image_tag in image.image_tags]
        if repository.is_tag_immutable() and any(image.image_manifest != image_manifest for image in tagged):
            raise AwsError(
                "ImageTagAlreadyExistsException",
                f"The image tag '{image_tag}' already exists in the '{repository_name}' repository and cannot be "
                "overwritten because the tag is immutable.",
            )
        return original(backend, repository_name, image_manifest, image_tag, *rest)

    backend_class.put_image = put_image


def _ask_for_the_key(backend_class: Any) -> None:
    """AWS: asks KMS for the key and keeps its ARN; one that does not exist is a KmsException. moto: keeps any text."""
    original = backend_class.create_repository

    def create_repository(backend: Any, *arguments: Any, **options: Any) -> Any:
        encryption = options.get("encryption_config") or {}
        if name := encryption.get("kmsKey"):
            found = _key(kms_backends[backend.account_id][backend.region_name], name)
            if found is None:
                raise AwsError("KmsException", f"The operation failed due to a KMS exception: {name} is not found.")
            options["encryption_config"] = {**encryption, "kmsKey": found.arn}
        return original(backend, *arguments, **options)

    backend_class.create_repository = create_repository


def _key(keys: Any, name: str) -> Any:
    """Return the key that an id, an alias or the ARN of either names; nothing if there is none."""
    last = name.rpartition(":")[2]
    key_id = keys.get_key_id_from_alias(last) if last.startswith("alias/") else last.removeprefix("key/")
    return keys.keys.get(key_id)

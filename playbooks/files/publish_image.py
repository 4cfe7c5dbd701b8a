# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Build an image with podman or docker and push it to a repository of Amazon ECR: an `ecs_service_image_publisher`.

Its last line is a JSON object with the image by digest, and whether the repository did not have it before.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import boto3

BUILDERS = ("podman", "docker")


class PublishError(RuntimeError):
    """The image could not be built or pushed."""


def publish(registry: Any, repository: str, directory: str, platform: str) -> dict[str, object]:
    """Build, push, and return the image."""
    builder = next((found for name in BUILDERS if (found := shutil.which(name))), None)
    if builder is None:
        raise PublishError(f"neither {' nor '.join(BUILDERS)} is installed here: push the image from elsewhere")
    url = registry.describe_repositories(repositoryNames=[repository])["repositories"][0]["repositoryUri"]
    before = _digests(registry, repository)
    # Tags of the repository cannot be moved, and nothing is deployed by tag.
    tagged = f"{url}:{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}"
    _run([builder, "build", "--platform", platform, "--tag", tagged, directory])
    _log_in(builder, registry)
    _run([builder, "push", tagged])
    digest = _digest_of(registry, repository, tagged.rpartition(":")[2])
    return {"image": f"{url}@{digest}", "digest": digest, "changed": digest not in before}


def _digests(registry: Any, repository: str) -> set[str]:
    pages = registry.get_paginator("list_images").paginate(repositoryName=repository)
    return {one["imageDigest"] for page in pages for one in page["imageIds"] if "imageDigest" in one}


def _digest_of(registry: Any, repository: str, tag: str) -> str:
    """Return the digest that the repository has, which is what a service can be told."""
    found = registry.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])["imageDetails"]
    return str(found[0]["imageDigest"])


def _log_in(builder: str, registry: Any) -> None:
    given = registry.get_authorization_token()["authorizationData"][0]
    user, _colon, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
    _run([builder, "login", "--username", user, "--password-stdin", given["proxyEndpoint"]], password)


def _run(command: Sequence[str], said: str = "") -> None:
    # What it says is for a person; the last line of this program's output is not.
    done = subprocess.run(command, input=said, text=True, stdout=sys.stderr, check=False)
    if done.returncode:
        raise PublishError(f"{' '.join(command[:2])} failed with exit code {done.returncode}")


def main(arguments: Sequence[str]) -> int:
    """Run the program and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", help="what is built: a directory with a Dockerfile")
    parser.add_argument("--repository", required=True, help="the name of the repository")
    parser.add_argument("--region", required=True)
    parser.add_argument("--platform", default="linux/amd64", help="what the tasks run on")
    chosen = parser.parse_args(arguments)
    try:
        registry = boto3.client("ecr", region_name=chosen.region)
        print(json.dumps(publish(registry, chosen.repository, chosen.directory, chosen.platform)))
    except PublishError as error:
        print(f"publish_image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: GPL-3.0-or-later
"""An image looked up in ECR."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import boto3
import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.palisade.ecs.plugins.modules import ecr_image_info
from botocore.stub import Stubber
from moto import mock_aws

REGION = "eu-central-1"
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []})
DIGEST = f"sha256:{sha256(MANIFEST.encode()).hexdigest()}"
OTHER = f"sha256:{'0' * 64}"
CREDENTIALS = {"aws_access_key_id": "anybody", "aws_secret_access_key": "not-a-secret"}

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ecr() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("ecr", region_name=REGION, **CREDENTIALS)
        client.create_repository(repositoryName="shop-dev")
        image = {"imageManifest": MANIFEST, "imageDigest": DIGEST, "imageTag": "first"}
        client.put_image(repositoryName="shop-dev", **image)
        yield client


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return a function that runs the module and returns its result."""

    def run(**arguments: Any) -> dict[str, Any]:
        connection = {"region": REGION, "access_key": "anybody", "secret_key": "not-a-secret"}
        with patch_module_args(connection | arguments), pytest.raises(SystemExit):
            ecr_image_info.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return run


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.usefixtures("ecr")
def test_image_is_found_by_its_digest_in_every_mode(ask: Ask, check_mode: bool) -> None:
    result = ask(repository="shop-dev", digest=DIGEST, _ansible_check_mode=check_mode)
    (image,) = result["images"]
    assert result["changed"] is False
    assert image["image_digest"] == DIGEST
    assert image["repository_name"] == "shop-dev"
    assert image["image_tags"] == ["first"]
    assert isinstance(image["image_pushed_at"], str)


@pytest.mark.parametrize(
    ("repository", "digest"), [("shop-dev", OTHER), ("shop-prod", DIGEST)], ids=["no image", "no repository"]
)
@pytest.mark.usefixtures("ecr")
def test_what_is_not_there_is_no_failure(ask: Ask, repository: str, digest: str) -> None:
    result = ask(repository=repository, digest=digest)
    assert "failed" not in result
    assert (result["changed"], result["images"]) == (False, [])


def test_image_that_was_deleted_is_not_found(ask: Ask, ecr: Any) -> None:
    ecr.batch_delete_image(repositoryName="shop-dev", imageIds=[{"imageDigest": DIGEST}])
    assert ask(repository="shop-dev", digest=DIGEST)["images"] == []


@pytest.mark.parametrize(
    "digest", ["", "latest", DIGEST.upper(), DIGEST[:-1], DIGEST + "0", DIGEST + "\n", DIGEST.removeprefix("sha256:")]
)
def test_malformed_digest_is_quoted_before_aws_is_asked(ask: Ask, digest: str) -> None:
    # Nothing stands for AWS here: had the module asked, it would say that it couldn't.
    result = ask(repository="shop-dev", digest=digest, endpoint_url="http://127.0.0.1:9")
    assert result["failed"] is True
    assert result["msg"] == f"digest is {digest!r}; expected sha256: and 64 hexadecimal digits."


@pytest.mark.parametrize("missing", ["repository", "digest"])
def test_missing_argument_is_named(ask: Ask, missing: str) -> None:
    arguments = {name: value for name, value in {"repository": "shop-dev", "digest": DIGEST}.items() if name != missing}
    assert ask(**arguments)["msg"] == f"missing required arguments: {missing}"


def test_refusal_of_aws_is_a_failure_that_says_what_was_looked_for(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("ecr", region_name=REGION, **CREDENTIALS)
    monkeypatch.setattr(ecr_image_info.AnsibleAWSModule, "client", lambda module, service: client)
    with Stubber(client) as script:
        script.add_client_error("describe_images", "AccessDeniedException", "is not authorized")
        result = ask(repository="shop-dev", digest=DIGEST)
    assert result["failed"] is True
    assert result["msg"].startswith(f"Couldn't look for {DIGEST} in the repository shop-dev")
    assert "is not authorized" in result["msg"]


def test_outage_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    client = boto3.client("ecr", region_name=REGION, **CREDENTIALS)
    with Stubber(client) as script:
        script.add_client_error("describe_images", "ServiceUnavailable", "later")
        script.add_response("describe_images", {"imageDetails": [{"imageDigest": DIGEST}]})
        assert ecr_image_info.describe_image(client, "shop-dev", DIGEST) == [{"imageDigest": DIGEST}]

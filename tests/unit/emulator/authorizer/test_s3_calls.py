# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests of S3 ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.emulator.authorizer.captured_requests import call, pairs


@pytest.mark.parametrize(
    ("operation", "parameters", "needs"),
    [
        ("list_buckets", {}, [("ListAllMyBuckets", "")]),
        ("list_objects_v2", {"Bucket": "ours", "Prefix": "a/"}, [("ListBucket", "ours")]),
        ("head_bucket", {"Bucket": "ours"}, [("ListBucket", "ours")]),
        ("create_bucket", {"Bucket": "ours"}, [("CreateBucket", "ours")]),
        ("get_bucket_policy", {"Bucket": "ours"}, [("GetBucketPolicy", "ours")]),
        ("delete_bucket_policy", {"Bucket": "ours"}, [("DeleteBucketPolicy", "ours")]),
        ("delete_bucket_encryption", {"Bucket": "ours"}, [("PutEncryptionConfiguration", "ours")]),
        ("get_object", {"Bucket": "ours", "Key": "a/b c.txt"}, [("GetObject", "ours/a/b c.txt")]),
        ("get_object", {"Bucket": "ours", "Key": "a", "VersionId": "1"}, [("GetObjectVersion", "ours/a")]),
        ("head_object", {"Bucket": "ours", "Key": "a"}, [("GetObject", "ours/a")]),
        ("put_object", {"Bucket": "ours", "Key": "a", "Body": b"x"}, [("PutObject", "ours/a")]),
        ("delete_object", {"Bucket": "ours", "Key": "a"}, [("DeleteObject", "ours/a")]),
        ("get_object_tagging", {"Bucket": "ours", "Key": "a"}, [("GetObjectTagging", "ours/a")]),
        ("create_multipart_upload", {"Bucket": "ours", "Key": "a"}, [("PutObject", "ours/a")]),
        (
            "abort_multipart_upload",
            {"Bucket": "ours", "Key": "a", "UploadId": "1"},
            [("AbortMultipartUpload", "ours/a")],
        ),
        (
            "delete_objects",
            {"Bucket": "ours", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b"}]}},
            [("DeleteObject", "ours/a"), ("DeleteObject", "ours/b")],
        ),
        (
            "copy_object",
            {"Bucket": "ours", "Key": "a", "CopySource": {"Bucket": "theirs", "Key": "b"}},
            [("PutObject", "ours/a"), ("GetObject", "theirs/b")],
        ),
    ],
)
@pytest.mark.parametrize("addressing", ["path", "virtual"])
def test_s3_by_path_and_by_host(
    addressing: str, operation: str, parameters: Mapping[str, Any], needs: list[tuple[str, str]]
) -> None:
    found = call("s3", operation, addressing, **parameters)
    expected = [(f"s3:{action}", f"arn:aws:s3:::{resource}" if resource else "*") for action, resource in needs]
    assert (pairs(found), found.service, found.understood) == (expected, "s3", True)


def test_a_buckets_account_is_known_only_of_ours() -> None:
    (ours,) = call("s3", "list_objects_v2", Bucket="ours", Prefix="a/").needs
    assert ours.context == {"aws:resourceaccount": ("123456789012",), "s3:prefix": ("a/",)}
    (theirs,) = call("s3", "list_objects_v2", Bucket="theirs").needs
    assert "aws:resourceaccount" not in theirs.context


def test_a_copy_within_the_account_stays_in_it() -> None:
    source = {"Bucket": "ours", "Key": "b"}
    assert call("s3", "copy_object", Bucket="ours", Key="a", CopySource=source).needs[1].context == {
        "aws:resourceaccount": ("123456789012",)
    }

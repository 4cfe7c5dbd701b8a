# SPDX-License-Identifier: GPL-3.0-or-later
"""S3: from method, path and query to actions on buckets and objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

import re

from emulator.authorizer.call import HttpRequest, Need
from emulator.authorizer.inventory import Inventory

# Parts of the query that do not change which action a request is.
PLAIN = frozenset(
    {"x-id", "list-type", "prefix", "delimiter", "max-keys", "marker", "continuation-token", "start-after"}
    | {"fetch-owner", "encoding-type", "partNumber", "versionId", "max-uploads", "key-marker", "upload-id-marker"}
    | {"version-id-marker", "max-parts", "part-number-marker"}
)
BUCKET = {"": "Bucket", "policy": "BucketPolicy", "acl": "BucketAcl", "versioning": "BucketVersioning"}
BUCKET |= {"encryption": "EncryptionConfiguration", "lifecycle": "LifecycleConfiguration", "cors": "BucketCORS"}
BUCKET |= {"tagging": "BucketTagging", "location": "BucketLocation", "logging": "BucketLogging"}
BUCKET |= {"publicAccessBlock": "BucketPublicAccessBlock", "notification": "BucketNotification"}
BUCKET |= {"ownershipControls": "BucketOwnershipControls", "website": "BucketWebsite"}
BUCKET |= {"requestPayment": "BucketRequestPayment", "object-lock": "BucketObjectLockConfiguration"}
BUCKET |= {"accelerate": "AccelerateConfiguration", "replication": "ReplicationConfiguration"}
BUCKET |= {"inventory": "InventoryConfiguration", "policyStatus": "BucketPolicyStatus"}
# Removing a configuration is the same action as writing it.
WRITTEN_TO_DELETE = frozenset({"encryption", "lifecycle", "cors", "tagging", "publicAccessBlock", "ownershipControls"})
WRITTEN_TO_DELETE |= {"inventory", "replication"}
LISTINGS = {"": "ListBucket", "versions": "ListBucketVersions", "uploads": "ListBucketMultipartUploads"}
OBJECT = {"acl": "ObjectAcl", "tagging": "ObjectTagging", "retention": "ObjectRetention"}
OBJECT |= {"legal-hold": "ObjectLegalHold"}
KEY = re.compile(rb"<Key>([^<]*)</Key>")
VIRTUAL_HOST = re.compile(r"(?P<bucket>[a-z0-9.-]+)\.s3[.-]")
VERBS = {"GET": "Get", "HEAD": "Get", "PUT": "Put", "DELETE": "Delete"}
HEADERS = ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")


def needs(http: HttpRequest, inventory: Inventory) -> tuple[Need, ...]:
    """Return what a request needs; nothing if this is not known."""
    bucket, key = _place(http)
    rest = [name for name in http.subresources if name not in PLAIN and not name.lower().startswith("x-amz-")]
    part = rest[0] if rest else ""
    if not bucket:
        return (Need("s3:ListAllMyBuckets"),) if http.method == "GET" else ()
    account = inventory.bucket_account(bucket)
    context = {"aws:resourceaccount": (account,)} if account else {}
    arn = f"arn:aws:s3:::{bucket}"
    if http.method == "POST" and part == "delete":
        keys = [found.decode(errors="replace") for found in KEY.findall(http.body)]
        return tuple(Need("s3:DeleteObject", f"{arn}/{found}", context) for found in keys)
    if not key:
        action = _bucket_action(http.method, part)
        return (Need(f"s3:{action}", arn, {**context, **_listing(http)}),) if action else ()
    action = _object_action(http.method, part, versioned="versionId" in http.subresources)
    if not action:
        return ()
    found = Need(f"s3:{action}", f"{arn}/{key}", {**context, **_headers(http)})
    return (found, *_copied(http, inventory))


def _place(http: HttpRequest) -> tuple[str, str]:
    """Return bucket and key, from the host or from the path."""
    if match := VIRTUAL_HOST.match(http.host):
        return match["bucket"], http.decoded_path.removeprefix("/")
    bucket, _, key = http.decoded_path.removeprefix("/").partition("/")
    return bucket, key


def _bucket_action(method: str, part: str) -> str:
    if method in {"GET", "HEAD"} and part in LISTINGS:
        return LISTINGS[part]
    if part == "" and method in {"PUT", "DELETE"}:
        return "CreateBucket" if method == "PUT" else "DeleteBucket"
    if part == "" or part not in BUCKET or method not in VERBS:
        return ""
    verb = "Put" if method == "DELETE" and part in WRITTEN_TO_DELETE else VERBS[method]
    return f"{verb}{BUCKET[part]}"


def _object_action(method: str, part: str, *, versioned: bool) -> str:
    version = "Version" if versioned else ""
    if part in {"uploads", "uploadId"}:
        return {"POST": "PutObject", "PUT": "PutObject", "DELETE": "AbortMultipartUpload"}.get(
            method, "ListMultipartUploadParts"
        )
    if part == "":
        verb = VERBS.get(method)
        return f"{verb}Object{version if verb != 'Put' else ''}" if verb else ""
    return f"{VERBS[method]}{OBJECT[part]}" if part in OBJECT and method in VERBS and not versioned else ""


def _listing(http: HttpRequest) -> dict[str, tuple[str, ...]]:
    names = ("prefix", "delimiter", "max-keys")
    return {f"s3:{name}": (http.subresources[name],) for name in names if name in http.subresources}


def _headers(http: HttpRequest) -> dict[str, tuple[str, ...]]:
    return {f"s3:{name}": (http.headers[name],) for name in HEADERS if name in http.headers}


def _copied(http: HttpRequest, inventory: Inventory) -> tuple[Need, ...]:
    """Copying reads the source, too."""
    source = http.headers.get("x-amz-copy-source", "").lstrip("/").partition("?")[0]
    account = inventory.bucket_account(source.partition("/")[0])
    context = {"aws:resourceaccount": (account,)} if account else {}
    return (Need("s3:GetObject", f"arn:aws:s3:::{source}", context),) if source else ()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS calls in the name of a task: from the task's own place, as its execution role.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

from collections.abc import Callable

from emulator.authorizer.authorizer import Authorizer, DeniedError, Source
from emulator.authorizer.call import Call, Need
from emulator.authorizer.network import Position
from emulator.authorizer.path import UnreachableError
from emulator.authorizer.policy import Principal
from emulator.control_plane.credentials import FOREIGN_ACCOUNT, FOREIGN_ROLE
from emulator.scheduler.pull import REGISTRY, Reference, StartError
from emulator.settings import ACCOUNT_ID, REGION

AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "
LOGGER = "ResourceInitializationError: failed to validate logger args: "
LAYER_BUCKET = f"prod-{REGION}-starport-layer-bucket"
LAYERS = Call("s3", (Need("s3:GetObject", f"arn:aws:s3:::{LAYER_BUCKET}/layer"),))
# Addresses of layers are signed by Amazon ECR, not by the role that asked for them.
LAYER_SIGNER = Principal(
    f"arn:aws:sts::{FOREIGN_ACCOUNT}:assumed-role/{FOREIGN_ROLE.rpartition('/')[2]}/layers", FOREIGN_ACCOUNT
)


class ExecutionRole:
    """The calls of one task; each raises StartError with the reason that ECS gives."""

    def __init__(self, authorizer: Authorizer, role_arn: str, position: Position, task_id: str) -> None:
        session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role_arn.rpartition('/')[2]}/{task_id.replace('-', '')}"
        self._authorizer = authorizer
        self._source = Source(Principal(session, ACCOUNT_ID), position)

    def log_in(self) -> None:
        """Get a token of the registry."""
        self._call(
            Call("ecr.api", (Need("ecr:GetAuthorizationToken"),)),
            lambda error: (
                f"{AUTH}execution resource retrieval failed: unable to retrieve ecr registry auth: service call has "
                f"been retried 1 time(s): AccessDeniedException: {error}"
            ),
            lambda: (
                f"{AUTH}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the "
                "task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused "
                f'by: Post "https://api.ecr.{REGION}.amazonaws.com/": dial tcp: i/o timeout'
            ),
        )

    def pull(self, image: Reference) -> None:
        """Get an image's manifest and layers, whose addresses lead to a bucket of Amazon ECR."""
        repository = f"arn:aws:ecr:{REGION}:{ACCOUNT_ID}:repository/{image.repository}"
        address = f"https://{REGISTRY}/v2/{image.repository}"
        manifest = f"pull image manifest has been retried 1 time(s): failed to resolve ref {image.text}: "
        copy = "ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: "
        layer = f"https://{LAYER_BUCKET}.s3.{REGION}.amazonaws.com/layer"
        ask = Call("ecr.dkr", (Need("ecr:BatchGetImage", repository),))
        self._get(ask, manifest, f"{address}/manifests/{image.name}", "Head")
        locate = Call("ecr.dkr", (Need("ecr:GetDownloadUrlForLayer", repository),))
        self._get(locate, copy, f"{address}/blobs/sha256", "Get")
        self._get(LAYERS, copy, layer, "Get", Source(LAYER_SIGNER, self._source.position))

    def create_log_group(self, group: str) -> None:
        """Make the log group, for `awslogs-create-group`."""
        self._set_up_log(_logs("CreateLogGroup", group, ""), "group")

    def create_log_stream(self, group: str, stream: str) -> None:
        """Make the log stream."""
        self._set_up_log(_logs("CreateLogStream", group, stream), "stream")

    def may_write_log(self, group: str, stream: str) -> bool:
        """Tell whether what the task says arrives; ECS drops it otherwise."""
        try:
            self._authorizer.check(self._source, _logs("PutLogEvents", group, stream))
        except (DeniedError, UnreachableError):
            return False
        return True

    def read_secret(self, arn: str) -> None:
        """Read a secret."""
        self._read(Call("secretsmanager", (Need("secretsmanager:GetSecretValue", arn),)), "secret from asm")

    def read_parameter(self, name: str) -> None:
        """Read a parameter, given by name or ARN."""
        arn = name if name.startswith("arn:") else f"arn:aws:ssm:{REGION}:{ACCOUNT_ID}:parameter/{name.lstrip('/')}"
        call = Call("ssm", (Need("ssm:GetParameters", arn),), parameters={"WithDecryption": True})
        self._read(call, "secrets from ssm")

    def _set_up_log(self, call: Call, what: str) -> None:
        self._call(
            call,
            lambda error: (
                f"{LOGGER}create {what} has been retried 1 times: failed to create Cloudwatch log {what}: "
                f"AccessDeniedException: {error}"
            ),
            lambda: (
                f"{LOGGER}The task cannot find the Amazon CloudWatch log group defined in the task definition. There "
                "is a connection issue between the task and Amazon CloudWatch. Check your network configuration."
            ),
        )

    def _read(self, call: Call, what: str) -> None:
        begin = f"{AUTH}execution resource retrieval failed: unable to retrieve {what}: "
        self._call(
            call,
            lambda error: f"{begin}service call has been retried 1 time(s): AccessDeniedException: {error}",
            lambda: (
                f"{begin}There is a connection issue between the task and AWS. Check your task network configuration. "
                f'RequestError: send request failed caused by: Post "https://{call.service}.{REGION}.amazonaws.com/": '
                "dial tcp: i/o timeout"
            ),
        )

    def _get(self, call: Call, doing: str, address: str, verb: str, source: Source | None = None) -> None:
        self._call(
            call,
            lambda _: (
                f"CannotPullContainerError: {doing}unexpected status from {verb.upper()} request to {address}: "
                "403 Forbidden"
            ),
            lambda: f'CannotPullContainerError: {doing}failed to do request: {verb} "{address}": dial tcp: i/o timeout',
            source,
        )

    def _call(
        self,
        call: Call,
        denied: Callable[[DeniedError], str],
        unreachable: Callable[[], str],
        source: Source | None = None,
    ) -> None:
        try:
            self._authorizer.check(source or self._source, call)
        except DeniedError as error:
            raise StartError(denied(error)) from error
        except UnreachableError as error:
            raise StartError(unreachable()) from error


def _logs(operation: str, group: str, stream: str) -> Call:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{group}:log-stream:{stream}"
    return Call("logs", (Need(f"logs:{operation}", arn),))

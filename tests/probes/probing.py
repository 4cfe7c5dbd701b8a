# SPDX-License-Identifier: GPL-3.0-or-later
"""Real calls, as any principal, from any place of the VPC, through any endpoint; and what became of them."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from tests.e2e.site import Site
from tests.probes.operations import REGION, Target, method, parameters

DENIALS = ("AccessDeniedException", "AccessDenied")
REGISTRY_HOST = f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
# The name that an endpoint's service is signed by, where it is another.
SIGNED_AS = {"ecr.api": "ecr", "ecr.dkr": "ecr"}


class Fate(enum.Enum):
    """What became of a call: it reached the service, whatever that said; a policy denied it; or neither."""

    PASSED = "passed"
    DENIED = "denied by the endpoint's policy"
    DENIED_BY_IDENTITY = "denied by the policies of who calls"
    DENIED_OTHERWISE = "denied by something else"
    UNREACHABLE = "not reached"


@dataclass(frozen=True)
class Place:
    """Where in the VPC a call comes from."""

    subnet_id: str
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True)
class Probe:
    """One call: of an operation, through the endpoint of a service, by a principal, on a resource."""

    endpoint: str
    principal: str
    operation: str
    target: str

    def __str__(self) -> str:
        return f"{self.principal} calls {self.operation} on {self.target} through {self.endpoint}"


@dataclass
class Prober:
    """Makes calls on a deployed stack; principals are roles by their names, and `foreign` is Amazon's own."""

    site: Site
    roles: dict[str, str]
    targets: dict[str, Target]
    _clients: dict[tuple[str, str, Place], Any] = field(default_factory=dict)

    def fate(self, probe: Probe, place: Place, **more: Any) -> Fate:
        """Make a call, maybe with more parameters, and say what became of it."""
        return self.answer(probe, place, **more)[0]

    def answer(self, probe: Probe, place: Place, **more: Any) -> tuple[Fate, str]:
        """Make a call, maybe with more parameters, and say what became of it, with the message of a refusal."""
        service = SIGNED_AS.get(probe.endpoint, probe.endpoint)
        call = self._call(probe, place, service)
        try:
            call(**parameters(service, probe.operation, self.targets[probe.target]) | more)
        except ClientError as error:
            return _of_refusal(error), error.response["Error"]["Message"]
        except HTTPClientError:
            return Fate.UNREACHABLE, ""
        except BotoCoreError:  # an answer that is none of the service's is one of moto's, which was reached
            return Fate.PASSED, ""
        return Fate.PASSED, ""

    def _call(self, probe: Probe, place: Place, service: str) -> Callable[..., Any]:
        key = (probe.endpoint, probe.principal, place)
        if key not in self._clients:
            self._clients[key] = self._client(probe, place, service)
        operation: Callable[..., Any] = getattr(self._clients[key], method(probe.operation))
        return operation

    def _client(self, probe: Probe, place: Place, service: str) -> Any:
        keys = self._keys(probe.principal, place)
        client = boto3.client(
            service,
            endpoint_url=self.site.api,
            region_name=REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["Token"],
            config=Config(
                retries={"total_max_attempts": 1},
                parameter_validation=False,
                inject_host_prefix=False,
                s3={"addressing_style": "path"},
            ),
        )
        if probe.endpoint == "ecr.dkr":
            client.meta.events.register("before-sign.ecr", _ask_the_registry)
        return client

    def _keys(self, principal: str, place: Place) -> dict[str, str]:
        wanted: dict[str, Any] = {"subnet_id": place.subnet_id, "security_group_ids": list(place.security_group_ids)}
        if principal != "foreign":
            wanted["role_arn"] = self.roles[principal]
        keys: dict[str, str] = self.site.ask("positions", wanted)
        return keys


def _ask_the_registry(request: Any, **_: Any) -> None:
    request.headers["Host"] = REGISTRY_HOST


def _of_refusal(error: ClientError) -> Fate:
    found = error.response["Error"]
    if found["Code"] == "403":  # the answer to a HEAD request has no body that could say more
        return Fate.DENIED
    if found["Code"] not in DENIALS:
        return Fate.PASSED
    if "VPC endpoint policy" in found["Message"]:
        return Fate.DENIED
    return Fate.DENIED_BY_IDENTITY if "identity-based policy" in found["Message"] else Fate.DENIED_OTHERWISE

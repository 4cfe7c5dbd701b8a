# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One load balancer in moto with what the tests need to fill it."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from moto.acm.models import acm_backends
from moto.elbv2.models import elbv2_backends

from emulator.load_balancer import LoadBalancer, Target, snapshot
from emulator.settings import ACCOUNT_ID, REGION
from tests.integration.emulator.load_balancer.load_balancer_upstream import ZONE, Upstream


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def name(self) -> str:
        return str(json.loads(self.body)["name"])

    @property
    def received(self) -> Mapping[str, str]:
        headers: Mapping[str, str] = json.loads(self.body)["headers"]
        return headers


class Account:
    """Clients of a mocked account with a network; made once per file, for clients are slow to make."""

    def __init__(self) -> None:
        session = boto3.Session(region_name=REGION)
        ec2, self.elb, self.acm = (session.client(name) for name in ("ec2", "elbv2", "acm"))
        self.vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.9.0.0/24", AvailabilityZone=ZONE)
        self.subnet = subnet["Subnet"]["SubnetId"]


class Site:
    """One load balancer in moto, served by Envoy."""

    def __init__(self, account: Account, balancer: LoadBalancer, ports: Mapping[int, int], tls: Path) -> None:
        self.elb, self.acm, self.vpc = account.elb, account.acm, account.vpc
        self.balancer, self.ports = balancer, ports
        self.trust = ssl.create_default_context(cafile=str(tls.parent / "ca.pem"))
        self.backend = elbv2_backends[ACCOUNT_ID][REGION]
        self.backend.reset()
        self.targets: dict[str, list[Target]] = {}
        created = self.elb.create_load_balancer(Name="shop", Subnets=[account.subnet])
        self.arn = created["LoadBalancers"][0]["LoadBalancerArn"]
        self.certificate = self.import_certificate(tls)

    def import_certificate(self, tls: Path, arn: str | None = None) -> str:
        pem = {"Certificate": (tls / "localhost.crt").read_bytes(), "PrivateKey": (tls / "localhost.key").read_bytes()}
        replaced = {"CertificateArn": arn} if arn else {}
        return str(self.acm.import_certificate(**pem, **replaced)["CertificateArn"])

    def group(self, name: str, *upstreams: Upstream) -> str:
        settings = {"Protocol": "HTTPS", "Port": 8443, "VpcId": self.vpc, "TargetType": "ip"}
        created = self.elb.create_target_group(
            Name=name, HealthCheckPath="/healthz", HealthyThresholdCount=2, UnhealthyThresholdCount=2, **settings
        )
        arn = str(created["TargetGroups"][0]["TargetGroupArn"])
        # The API's least interval of 5 seconds would make every test wait.
        self.backend.target_groups[arn].health_check_interval_seconds = 1
        self.backend.target_groups[arn].health_check_timeout_seconds = 1
        self.targets[arn] = [upstream.target() for upstream in upstreams]
        return arn

    def https(self, action: dict[str, Any], policy: str = "ELBSecurityPolicy-TLS13-1-2-2021-06") -> str:
        return self._listener(
            Protocol="HTTPS",
            Port=443,
            SslPolicy=policy,
            Certificates=[{"CertificateArn": self.certificate}],
            DefaultActions=[action],
        )

    def http(self, action: dict[str, Any]) -> str:
        return self._listener(Protocol="HTTP", Port=80, DefaultActions=[action])

    def _listener(self, **settings: Any) -> str:
        created = self.elb.create_listener(LoadBalancerArn=self.arn, **settings)
        return str(created["Listeners"][0]["ListenerArn"])

    def certificate_of(self, arn: str) -> tuple[bytes, bytes]:
        bundle = acm_backends[ACCOUNT_ID][REGION]._certificates[arn]
        return bundle.cert, bundle.key

    def publish(self, certificate_of: Callable[[str], tuple[bytes, bytes]] | None = None) -> None:
        self.balancer.publish(snapshot(self.backend, self.targets, certificate_of or self.certificate_of))

    def serve(self, *upstreams: Upstream) -> str:
        """Forward everything to one group and wait until all its targets are healthy."""
        arn = self.group("blue", *upstreams)
        self.https(forward({arn: 1}))
        self.publish()
        self.wait_healthy(*upstreams)
        return arn

    def wait_healthy(self, *upstreams: Upstream) -> None:
        eventually(lambda: all(self.health(upstream) == "healthy" for upstream in upstreams))

    def health(self, upstream: Upstream) -> str | None:
        return self.balancer.health().get((upstream.address, upstream.port))

    def connection(self, port: int = 443, trust: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
        if port == 80:
            return http.client.HTTPConnection("localhost", self.ports[port], timeout=60)
        return http.client.HTTPSConnection("localhost", self.ports[port], timeout=60, context=trust or self.trust)

    def get(self, path: str = "/", port: int = 443, method: str = "GET", **headers: str) -> Answer:
        connection = self.connection(port)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode())
        finally:
            connection.close()


@dataclass
class Pending:
    """A request in a thread of its own."""

    ask: Callable[[], Answer]
    answer: Answer | None = None
    error: Exception | None = None
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            self.answer = self.ask()
        except (OSError, http.client.HTTPException) as error:
            self.error = error

    def result(self) -> Answer:
        self.thread.join(60)
        if self.error:
            raise self.error
        assert self.answer is not None
        return self.answer


def forward(weights: Mapping[str, int]) -> dict[str, Any]:
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def fixed(body: str, status: int = 200) -> dict[str, Any]:
    response = {"StatusCode": str(status), "ContentType": "text/plain", "MessageBody": body}
    return {"Type": "fixed-response", "FixedResponseConfig": response}


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.01)

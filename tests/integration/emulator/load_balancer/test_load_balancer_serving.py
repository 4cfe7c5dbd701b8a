# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client sees: TLS, rules, redirects, weights."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator import certificates
from tests.integration.emulator.load_balancer.load_balancer_site import Site, Upstream, eventually, fixed, forward

Start = Callable[[str], Upstream]


def test_https_is_verified_by_the_authority_and_reaches_the_target_by_https(site: Site, upstream: Start) -> None:
    site.serve(upstream("a"))
    answer = site.get("/x?y=1", X_Forwarded_For="9.9.9.9", X_Envoy_Retry_On="5xx")
    assert (answer.status, answer.name) == (200, "a")
    received = answer.received
    assert received["x-forwarded-for"].replace(" ", "") == "9.9.9.9,127.0.0.1"
    assert (received["x-forwarded-proto"], received["x-forwarded-port"]) == ("https", str(site.ports[443]))
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", received["x-amzn-trace-id"])
    assert [name for name in received if name.startswith("x-envoy") or name == "x-request-id"] == []
    assert (site.balancer.requests(), site.balancer.problems) == ({"443": 1}, ())
    with pytest.raises(ssl.SSLCertVerificationError):
        site.connection(trust=ssl.create_default_context()).request("GET", "/")


def test_trace_of_the_caller_is_kept(site: Site, upstream: Start) -> None:
    site.serve(upstream("a"))
    received = site.get(X_Amzn_Trace_Id="Root=1-00000000-000000000000000000000001").received["x-amzn-trace-id"]
    assert re.fullmatch(r"Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-0{8}-0{23}1", received)


@pytest.mark.parametrize("dropped", [True, False])
def test_header_with_an_underscore_is_dropped_if_so_told(site: Site, upstream: Start, dropped: bool) -> None:
    name = "routing.http.drop_invalid_header_fields.enabled"
    attribute = {"Key": name, "Value": str(dropped).lower()}
    site.elb.modify_load_balancer_attributes(LoadBalancerArn=site.arn, Attributes=[attribute])
    site.serve(upstream("a"))
    connection = site.connection()
    connection.request("GET", "/", headers={"x_bad": "1", "x-good": "1"})
    received = json.loads(connection.getresponse().read())["headers"]
    connection.close()
    assert ("x_bad" in received, "x-good" in received) == (not dropped, True)


@pytest.mark.parametrize(("policy", "accepted"), [("TLS13-1-2-2021-06", True), ("TLS13-1-3-2021-06", False)])
def test_policy_decides_about_tls_1_2(site: Site, policy: str, accepted: bool) -> None:
    site.https(fixed("hello"), f"ELBSecurityPolicy-{policy}")
    site.publish()
    assert site.get().body == "hello"
    site.trust.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        answer = site.get().status
    except ssl.SSLError:
        answer = 0
    assert (answer == 200) is accepted


def test_renewed_certificate_is_served_and_the_old_key_is_gone(site: Site, run_dir: Path, tmp_path: Path) -> None:
    def keys() -> list[Path]:
        return list((run_dir / "xds" / "tls").glob("*.key"))

    site.https(fixed("hello"))
    site.publish()
    assert site.get().body == "hello"
    before = keys()
    assert [path.stat().st_mode & 0o777 for path in before] == [0o600]
    certificates.ensure(tmp_path / "new" / "tls", tmp_path / "new" / "ca.pem")
    site.import_certificate(tmp_path / "new" / "tls", site.certificate)
    site.publish()
    with pytest.raises(ssl.SSLCertVerificationError):
        site.get()
    site.trust = ssl.create_default_context(cafile=str(tmp_path / "new" / "ca.pem"))
    assert site.get().body == "hello"
    assert len(keys()) == 1
    assert keys() != before


def test_http_redirects_to_the_local_https_port(site: Site) -> None:
    target = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    site.http({"Type": "redirect", "RedirectConfig": target})
    site.publish()
    answer = site.get("/a/b?c=d", port=80)
    assert (answer.status, answer.headers["server"]) == (301, "awselb/2.0")
    assert answer.headers["location"] == f"https://localhost:{site.ports[443]}/a/b?c=d"


@pytest.mark.parametrize(
    ("settings", "location"),
    [
        ({"Path": "/new/#{path}", "Query": ""}, "http://localhost:{own}/new/a/b"),
        ({"Path": "/fixed", "Query": "x=1"}, "http://localhost:{own}/fixed?x=1"),
        ({"Path": "/fixed"}, "http://localhost:{own}/fixed?c=d"),
        ({"Host": "example.org", "Protocol": "HTTPS", "Port": "443"}, "https://example.org:443/a/b?c=d"),
    ],
)
def test_redirect_fills_in_placeholders(site: Site, settings: dict[str, str], location: str) -> None:
    site.http({"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", **settings}})
    site.publish()
    answer = site.get("/a/b?c=d", port=80)
    assert (answer.status, answer.headers["location"]) == (302, location.replace("{own}", str(site.ports[80])))


def test_rules_are_tried_by_number_and_match_as_an_alb_does(site: Site) -> None:
    listener = site.https(fixed("default", 404))
    conditions: dict[int, dict[str, Any]] = {
        100: {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
        9: {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/v?/x*"]}},
        20: {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.Shop.test"]}},
        21: {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["a*", "b"]}},
        22: {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PUT"]}},
        23: {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "k", "Value": "v*"}, {"Value": "w"}]}},
    }
    for priority, condition in conditions.items():
        actions = [fixed(str(priority))]
        site.elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=[condition], Actions=actions)
    site.publish()
    assert site.balancer.problems == ()
    assert site.get("/api/v1/xyz").body == "9"
    assert site.get("/api/v1/").body == "100"
    assert site.get("/API/v1/").body == "default"
    assert site.get("/", Host="www.shop.TEST:8443").body == "20"
    assert site.get("/", X_Kind="Abc").body == site.get("/", X_Kind="b").body == "21"
    assert site.get("/", X_Kind="c").body == "default"
    assert site.get("/", method="PUT").body == "22"
    assert site.get("/?a=b&K=Vx").body == site.get("/?any=w").body == "23"
    assert site.get("/?kk=v&a=ww").body == "default"
    assert site.get("/").status == 404


def test_weights_share_requests_and_zero_gets_none(site: Site, upstream: Start) -> None:
    blue, green = upstream("blue"), upstream("green")
    groups = site.group("blue", blue), site.group("green", green)
    listener = site.https(forward(dict(zip(groups, (3, 1), strict=True))))
    site.publish()
    site.wait_healthy(blue, green)

    def names(weights: tuple[int, int]) -> Counter[str]:
        action = forward(dict(zip(groups, weights, strict=True)))
        site.elb.modify_listener(ListenerArn=listener, DefaultActions=[action])
        site.publish()
        return Counter(site.get().name for _ in range(60))

    shares = names((3, 1))
    assert 30 < shares["blue"] < 60
    assert sum(shares.values()) == 60
    assert names((1, 0)) == {"blue": 60}
    assert names((0, 1)) == {"green": 60}


def test_group_without_targets_and_all_zero_weights_are_unavailable(site: Site) -> None:
    arn = site.group("blue")
    listener = site.https(forward({arn: 1}))
    site.publish()
    assert site.get().status == 503
    site.elb.modify_listener(ListenerArn=listener, DefaultActions=[forward({arn: 0})])
    site.publish()
    assert site.get().status == 503


def test_group_that_is_not_emulated_is_unavailable_and_said_so(site: Site) -> None:
    created = site.elb.create_target_group(Name="vms", Protocol="HTTP", Port=80, VpcId=site.vpc)
    site.http(forward({created["TargetGroups"][0]["TargetGroupArn"]: 1}))
    site.publish()
    assert site.get(port=80).status == 503
    assert "not emulated: target type instance" in site.balancer.problems[0]


def test_nobody_can_take_a_share_of_the_port(site: Site) -> None:
    def share(port: int) -> socket.socket:
        other = socket.socket()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        return other

    site.http(fixed("hello"))
    site.publish()
    with pytest.raises(OSError, match="in use"):
        share(site.ports[80])
    # Two that both ask for it do share, so it is Envoy's setting that refuses.
    with share(0) as first, share(first.getsockname()[1]):
        pass


def test_deleted_listener_is_closed_and_can_come_back(site: Site) -> None:
    listener = site.http(fixed("first"))
    site.publish()
    assert site.get(port=80).body == "first"
    site.elb.delete_listener(ListenerArn=listener)
    site.publish()

    def closed() -> bool:
        try:
            site.get(port=80)
        except (ConnectionError, http.client.HTTPException):
            return True
        return False

    eventually(closed)
    site.http(fixed("second"))
    site.publish()
    assert site.get(port=80).body == "second"

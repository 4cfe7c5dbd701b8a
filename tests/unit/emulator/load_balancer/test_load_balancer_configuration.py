# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The translation of a snapshot, as plain data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.load_balancer.configuration import Configuration, Layout, translate
from emulator.load_balancer.model import (
    Action,
    Certificate,
    Condition,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    OtherAction,
    Redirect,
    Rule,
    Snapshot,
    Target,
    TargetGroup,
)

LAYOUT = Layout(Path("/run dir/xds"), Path("/run dir/logs/access.log"))
ARN = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
HELLO = FixedResponse(200, "text/plain", "hello")
CHECK = HealthCheck("HTTPS", None, "/healthz", "200,301-399", 5, 2, 2, 3)
BLUE = TargetGroup(f"{ARN}:targetgroup/blue/1", "ip", "HTTPS", "HTTP1", "round_robin", False, 0, CHECK, ())
GREEN = replace(BLUE, arn=f"{ARN}:targetgroup/green/2")
HTTPS = Listener(
    arn=f"{ARN}:listener/app/shop/1/443",
    kind="application",
    port=443,
    protocol="HTTPS",
    tls_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    certificates=(Certificate(b"chain", b"key"),),
    rules=(),
    default=Forward(((BLUE.arn, 1),)),
    idle_timeout=50,
    http2_enabled=True,
    invalid_headers_dropped=False,
    ignored_attributes=(),
)
HTTP = replace(HTTPS, arn=f"{ARN}:listener/app/shop/1/80", port=80, protocol="HTTP", certificates=(), default=HELLO)


def translated(*listeners: Listener, groups: tuple[TargetGroup, ...] = (BLUE, GREEN)) -> Configuration:
    return translate(Snapshot(listeners, groups), {443: 8443, 80: 8080}, LAYOUT)


def manager(configuration: Configuration, name: str) -> dict[str, Any]:
    settings: dict[str, Any] = configuration.listeners[name]["filter_chains"][0]["filters"][0]["typed_config"]
    return settings


def routes(listener: Listener) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = translated(listener).routes[f"l{listener.port}"]["virtual_hosts"][0]["routes"]
    return found


def rule(priority: int, action: Action, *conditions: Condition) -> Rule:
    return Rule(f"{ARN}:listener-rule/app/shop/1/443/{priority}", priority, conditions, action)


def test_listeners_are_on_loopback_and_share_no_port() -> None:
    configuration = translated(HTTPS, HTTP)
    addresses = {name: listener["address"]["socket_address"] for name, listener in configuration.listeners.items()}
    assert addresses["l443"] == {"address": "127.0.0.1", "port_value": 8443}
    assert addresses["l80"] == {"address": "127.0.0.1", "port_value": 8080}
    assert [listener["enable_reuse_port"] for listener in configuration.listeners.values()] == [False, False]
    assert configuration.ports == {8443, 8080}
    assert configuration.problems == ()


def test_idle_timeout_holds_on_both_sides() -> None:
    configuration = translated(HTTPS)
    assert manager(configuration, "l443")["common_http_protocol_options"]["idle_timeout"] == "50s"
    (options,) = configuration.clusters["blue-1"]["typed_extension_protocol_options"].values()
    assert options["common_http_protocol_options"] == {"idle_timeout": "50s"}


@pytest.mark.parametrize(("dropped", "action"), [(True, "DROP_HEADER"), (False, "ALLOW")])
def test_invalid_headers_are_dropped_if_so_told(dropped: bool, action: str) -> None:
    configuration = translated(replace(HTTPS, invalid_headers_dropped=dropped))
    options = manager(configuration, "l443")["common_http_protocol_options"]
    assert options["headers_with_underscores_action"] == action


@pytest.mark.parametrize(
    ("policy", "versions"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", ("TLSv1_2", "TLSv1_3")),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", ("TLSv1_2", "TLSv1_3")),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", ("TLSv1_3", "TLSv1_3")),
        ("ELBSecurityPolicy-2016-08", ("TLSv1_0", "TLSv1_2")),
    ],
)
def test_policy_gives_the_protocol_versions(policy: str, versions: tuple[str, str]) -> None:
    configuration = translated(replace(HTTPS, tls_policy=policy))
    context = configuration.listeners["l443"]["filter_chains"][0]["transport_socket"]["typed_config"]
    parameters = context["common_tls_context"]["tls_params"]
    assert (parameters["tls_minimum_protocol_version"], parameters["tls_maximum_protocol_version"]) == versions


@pytest.mark.parametrize(
    ("policy", "old"), [("ELBSecurityPolicy-2016-08", True), ("ELBSecurityPolicy-TLS13-1-2-2021-06", False)]
)
def test_only_policies_with_old_versions_offer_the_ciphers_of_these(policy: str, old: bool) -> None:
    configuration = translated(replace(HTTPS, tls_policy=policy))
    context = configuration.listeners["l443"]["filter_chains"][0]["transport_socket"]["typed_config"]
    assert ("AES128-SHA" in context["common_tls_context"]["tls_params"].get("cipher_suites", [])) is old


def test_certificate_of_other_content_has_other_files() -> None:
    first = translated(HTTPS)
    second = translated(replace(HTTPS, certificates=(Certificate(b"chain", b"new key"),)))
    assert sorted(first.certificates.values()) == [b"chain", b"key"]
    assert not first.certificates.keys() & second.certificates.keys()
    assert first.listeners != second.listeners


def test_key_is_not_shown() -> None:
    assert "secret" not in repr(Snapshot((replace(HTTPS, certificates=(Certificate(b"chain", b"secret"),)),), ()))


def test_rules_are_sorted_by_number_before_the_default() -> None:
    found = routes(replace(HTTPS, rules=(rule(100, HELLO), rule(20, HELLO), rule(3, HELLO))))
    assert [route["name"] for route in found] == ["3", "20", "100", "default"]


def test_weights_without_the_groups_of_zero() -> None:
    def route(blue: int, green: int) -> dict[str, Any]:
        (found,) = routes(replace(HTTPS, default=Forward(((BLUE.arn, blue), (GREEN.arn, green)))))
        return found

    clusters = [{"name": "blue-1", "weight": 90}, {"name": "green-2", "weight": 10}]
    assert route(90, 10)["route"]["weighted_clusters"] == {"clusters": clusters}
    assert route(0, 1)["route"]["cluster"] == "green-2"
    assert route(0, 0)["direct_response"] == {"status": 503}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"port_redirect": 8443}),
        ({"protocol": "HTTPS", "port": "80"}, {"port_redirect": 8080, "scheme_redirect": "https"}),
        ({"port": "9999"}, {"port_redirect": 9999}),
        ({"host": "example.org", "port": "443"}, {"port_redirect": 443, "host_redirect": "example.org"}),
        ({"path": "/x"}, {"port_redirect": 8443, "path_redirect": "/x"}),
        ({"path": "/x", "query": "a=b"}, {"port_redirect": 8443, "path_redirect": "/x?a=b"}),
        ({"query": ""}, {"port_redirect": 8443, "strip_query": True}),
    ],
)
def test_redirect(settings: dict[str, str], expected: dict[str, Any]) -> None:
    base = Redirect("#{protocol}", "#{host}", "#{port}", "/#{path}", "#{query}", "HTTP_301")
    (found,) = routes(replace(HTTPS, default=replace(base, **settings)))
    assert found["redirect"] == {"response_code": "MOVED_PERMANENTLY", **expected}


def test_rewritten_path_keeps_what_looks_like_a_group_reference() -> None:
    action = Redirect("#{protocol}", "#{host}", "#{port}", r"/a\1/#{path}", "#{query}", "HTTP_302")
    (found,) = routes(replace(HTTPS, default=action))
    assert found["redirect"]["regex_rewrite"] == {"pattern": {"regex": "^/(.*)$"}, "substitution": r"/a\\1/\1"}


@pytest.mark.parametrize(
    "settings",
    [{"host": "www.#{host}"}, {"port": "1#{port}"}, {"path": "/#{host}/#{path}"}, {"query": "#{query}&a=b"}],
)
def test_other_placeholders_answer_501_and_say_so(settings: dict[str, str]) -> None:
    base = Redirect("#{protocol}", "#{host}", "#{port}", "/#{path}", "#{query}", "HTTP_301")
    configuration = translated(replace(HTTPS, default=replace(base, **settings)))
    (found,) = configuration.routes["l443"]["virtual_hosts"][0]["routes"]
    assert found["direct_response"]["status"] == 501
    assert "not emulated" in configuration.problems[0]


def test_request_that_should_be_authenticated_is_not_let_through() -> None:
    configuration = translated(replace(HTTPS, rules=(rule(1, OtherAction("authenticate-oidc")),)))
    first = configuration.routes["l443"]["virtual_hosts"][0]["routes"][0]
    assert first["direct_response"]["status"] == 501
    assert "authenticate-oidc" in configuration.problems[0]


def test_rule_with_another_condition_is_left_out_and_said_so() -> None:
    other = rule(1, HELLO, Condition("source-ip", "", (("", "10.0.0.0/8"),)))
    configuration = translated(replace(HTTPS, rules=(other, rule(2, HELLO))))
    names = [route["name"] for route in configuration.routes["l443"]["virtual_hosts"][0]["routes"]]
    assert names == ["2", "default"]
    assert configuration.problems == (f"{other.arn}: rule left out, not emulated: condition source-ip",)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"port": 8081}, "port 8081"),
        ({"kind": "network"}, "type network"),
        ({"protocol": "TLS"}, "protocol TLS"),
        ({"tls_policy": "Mine"}, "policy Mine"),
        ({"certificates": ()}, "without a certificate"),
    ],
)
def test_other_listeners_are_left_out_and_said_so(change: dict[str, Any], word: str) -> None:
    configuration = translated(replace(HTTPS, **change), HTTP)
    assert list(configuration.listeners) == ["l80"]
    assert word in configuration.problems[0]


def test_port_belongs_to_the_first_load_balancer() -> None:
    configuration = translated(HTTPS, replace(HTTPS, arn=f"{ARN}:listener/app/other/2/443", default=HELLO))
    assert configuration.problems == (
        f"{ARN}:listener/app/other/2/443: listener left out, port 443 is another load balancer's here",
    )


def test_only_groups_that_a_listener_names_are_served() -> None:
    assert list(translated(HTTPS).clusters) == ["blue-1"]
    assert list(translated(replace(HTTPS, default=Forward(((BLUE.arn, 1), (GREEN.arn, 0))))).clusters) == [
        "blue-1",
        "green-2",
    ]
    assert list(translated(HTTP).clusters) == []


@pytest.mark.parametrize(
    ("change", "served", "word"),
    [
        ({"kind": "lambda"}, False, "type lambda"),
        ({"protocol": "TCP"}, False, "protocol TCP"),
        ({"protocol_version": "GRPC"}, False, "version GRPC"),
        ({"algorithm": "weighted_random"}, True, "weighted_random"),
        ({"sticky": True}, True, "stickiness"),
        ({"slow_start": 30}, True, "slow start"),
        ({"health_check": replace(CHECK, protocol="HTTP")}, True, "health check"),
    ],
)
def test_other_settings_of_a_group_are_said(change: dict[str, Any], served: bool, word: str) -> None:
    configuration = translated(HTTPS, groups=(replace(BLUE, **change),))
    assert bool(configuration.clusters) is served
    assert word in " ".join(configuration.problems)


def test_health_check_of_the_group() -> None:
    (check,) = translated(HTTPS).clusters["blue-1"]["health_checks"]
    assert (check["interval"], check["timeout"]) == ("5s", "2s")
    assert (check["healthy_threshold"], check["unhealthy_threshold"]) == (2, 3)
    expected = [{"start": 200, "end": 201}, {"start": 301, "end": 400}]
    assert check["http_health_check"]["expected_statuses"] == expected


def test_algorithm_and_protocol_of_the_group() -> None:
    plain = replace(BLUE, protocol="HTTP", algorithm="least_outstanding_requests")
    cluster = translated(HTTPS, groups=(plain,)).clusters["blue-1"]
    assert cluster["lb_policy"] == "LEAST_REQUEST"
    assert "transport_socket" not in cluster
    assert "transport_socket" in translated(HTTPS).clusters["blue-1"]


def test_endpoints_by_zone_without_the_draining_ones() -> None:
    targets = (
        Target("127.1.0.2", 8443, "b", False),
        Target("127.0.0.2", 8443, "a", False),
        Target("127.0.0.3", 8443, "a", True),
    )
    checked = replace(BLUE, targets=targets, health_check=replace(CHECK, port=9000))
    found = translated(HTTPS, groups=(checked,)).endpoints["blue-1"]["endpoints"]
    assert [zone["locality"]["zone"] for zone in found] == ["a", "b"]
    ((first,), (second,)) = (zone["lb_endpoints"] for zone in found)
    assert first["endpoint"]["address"]["socket_address"] == {"address": "127.0.0.2", "port_value": 8443}
    assert second["endpoint"]["health_check_config"] == {"hostname": "127.1.0.2:9000", "port_value": 9000}


def test_order_of_targets_is_no_change() -> None:
    targets = (Target("127.0.0.2", 8443, "a", False), Target("127.0.0.3", 8443, "a", False))
    one, other = (translated(HTTPS, groups=(replace(BLUE, targets=each),)) for each in (targets, targets[::-1]))
    assert one == other

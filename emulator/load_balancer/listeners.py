# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listeners as Envoy's listeners."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emulator.settings import LOOPBACK

from .clusters import file_source
from .model import Certificate, Listener, NotEmulatedError

_TYPE = "type.googleapis.com/envoy.extensions"
# Protocol versions by the beginning of the policy's name, the longer ones first.
_TLS_VERSIONS = {
    "ELBSecurityPolicy-TLS13-1-3": ("TLSv1_3", "TLSv1_3"),
    "ELBSecurityPolicy-TLS13-1-2": ("TLSv1_2", "TLSv1_3"),
    "ELBSecurityPolicy-TLS13-1-1": ("TLSv1_1", "TLSv1_3"),
    "ELBSecurityPolicy-TLS13-1-0": ("TLSv1_0", "TLSv1_3"),
    "ELBSecurityPolicy-TLS-1-2": ("TLSv1_2", "TLSv1_2"),
    "ELBSecurityPolicy-FS-1-2": ("TLSv1_2", "TLSv1_2"),
    "ELBSecurityPolicy-2016-08": ("TLSv1_0", "TLSv1_2"),
}
# What the policies that begin below TLS 1.2 offer: by Envoy's own choice alone nobody could speak the old versions.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
_OLD_CIPHERS = [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-ECDSA-AES256-SHA",
    "ECDHE-RSA-AES256-SHA",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "AES128-SHA",
    "AES256-SHA",
]
_ACCESS_LOG = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    "listener": "%DOWNSTREAM_LOCAL_PORT%",
    "client": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
    "method": "%REQ(:METHOD)%",
    "host": "%REQ(:AUTHORITY)%",
    "path": "%REQ(:PATH)%",
    "protocol": "%PROTOCOL%",
    "tls": "%DOWNSTREAM_TLS_VERSION%",
    "status": "%RESPONSE_CODE%",
    "flags": "%RESPONSE_FLAGS%",
    "details": "%RESPONSE_CODE_DETAILS%",
    "duration_ms": "%DURATION%",
    "target_ms": "%RESPONSE_DURATION%",
    "target_group": "%UPSTREAM_CLUSTER_RAW%",
    "target": "%UPSTREAM_HOST%",
    "rule": "%ROUTE_NAME%",
    "received": "%BYTES_RECEIVED%",
    "sent": "%BYTES_SENT%",
    "trace": "%REQ(X-AMZN-TRACE-ID)%",
}
# An ALB keeps a trace's root and puts itself before it. LuaJIT starts with the same seed every time.
_TRACE = """
math.randomseed(os.time() * 1000 + math.floor((os.clock() * 1000) % 1000))
local function identity()
  local random = ""
  for _ = 1, 4 do random = random .. string.format("%06x", math.random(0, 0xffffff)) end
  return string.format("1-%08x-%s", os.time(), random)
end
function envoy_on_request(handle)
  local headers = handle:headers()
  local given = headers:get("x-amzn-trace-id")
  if given and given:find("Root=", 1, true) then
    headers:replace("x-amzn-trace-id", "Self=" .. identity() .. ";" .. given)
  else
    headers:replace("x-amzn-trace-id", "Root=" .. identity())
  end
end
"""


def listener_name(listener: Listener) -> str:
    """Name the listener, its routes and its counters: by port, so a listener that was made anew keeps its socket."""
    return f"l{listener.port}"


def check_emulated(listener: Listener) -> None:
    """Refuse a listener that cannot be served at all."""
    if listener.kind != "application":
        raise NotEmulatedError(f"load balancer of type {listener.kind}")
    if listener.protocol not in ("HTTP", "HTTPS"):
        raise NotEmulatedError(f"listener protocol {listener.protocol}")
    if listener.protocol == "HTTPS":
        tls_versions(listener.tls_policy)
        if not listener.certificates:
            raise NotEmulatedError("HTTPS without a certificate")


def tls_versions(policy: str) -> tuple[str, str]:
    """Give the lowest and highest protocol version of a TLS policy."""
    for beginning, versions in _TLS_VERSIONS.items():
        if policy.startswith(beginning):
            return versions
    raise NotEmulatedError(f"TLS policy {policy}")


def listener(listener: Listener, local_port: int, routes: Path, certificates: Path, access_log: Path) -> dict[str, Any]:
    """Form the listener; its routes are in a file of their own."""
    chain: dict[str, Any] = {"filters": [_connection_manager(listener, routes, access_log)]}
    if listener.protocol == "HTTPS":
        chain["transport_socket"] = _tls(listener, certificates)
    return {
        "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
        "name": listener_name(listener),
        "address": {"socket_address": {"address": LOOPBACK, "port_value": local_port}},
        # Otherwise a forgotten process on the same port would take a share of the connections, and nobody would know.
        "enable_reuse_port": False,
        "filter_chains": [chain],
    }


def _connection_manager(listener: Listener, routes: Path, access_log: Path) -> dict[str, Any]:
    idle = f"{listener.idle_timeout}s"
    settings = {
        "@type": f"{_TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": listener_name(listener),
        "use_remote_address": True,
        "skip_xff_append": True,
        "generate_request_id": False,
        "common_http_protocol_options": {
            "idle_timeout": idle,
            # To an ALB a name is valid that has letters, digits and hyphens; underscores are what else clients send.
            "headers_with_underscores_action": "DROP_HEADER" if listener.invalid_headers_dropped else "ALLOW",
        },
        "stream_idle_timeout": idle,
        "server_name": "awselb/2.0",
        "server_header_transformation": "APPEND_IF_ABSENT",
        "rds": {"route_config_name": listener_name(listener), "config_source": file_source(routes)},
        "http_filters": [_trace_filter(), _router()],
        "access_log": [_access_log(access_log)],
    }
    return {"name": "envoy.filters.network.http_connection_manager", "typed_config": settings}


def _trace_filter() -> dict[str, Any]:
    settings = {"@type": f"{_TYPE}.filters.http.lua.v3.Lua", "default_source_code": {"inline_string": _TRACE}}
    return {"name": "envoy.filters.http.lua", "typed_config": settings}


def _router() -> dict[str, Any]:
    settings = {"@type": f"{_TYPE}.filters.http.router.v3.Router", "suppress_envoy_headers": True}
    return {"name": "envoy.filters.http.router", "typed_config": settings}


def _access_log(path: Path) -> dict[str, Any]:
    settings = {
        "@type": f"{_TYPE}.access_loggers.file.v3.FileAccessLog",
        "path": str(path),
        "log_format": {"json_format": _ACCESS_LOG},
    }
    return {"name": "envoy.access_loggers.file", "typed_config": settings}


def _tls(listener: Listener, certificates: Path) -> dict[str, Any]:
    lowest, highest = tls_versions(listener.tls_policy)
    versions: dict[str, Any] = {"tls_minimum_protocol_version": lowest, "tls_maximum_protocol_version": highest}
    if lowest in ("TLSv1_0", "TLSv1_1"):
        versions["cipher_suites"] = _OLD_CIPHERS
    pairs = [certificate_files(certificate) for certificate in listener.certificates]
    context = {
        "tls_params": versions,
        "alpn_protocols": ["h2", "http/1.1"] if listener.http2_enabled else ["http/1.1"],
        "tls_certificates": [
            {
                "certificate_chain": {"filename": str(certificates / chain)},
                "private_key": {"filename": str(certificates / key)},
            }
            for chain, key in pairs
        ],
    }
    settings = {"@type": f"{_TYPE}.transport_sockets.tls.v3.DownstreamTlsContext", "common_tls_context": context}
    return {"name": "envoy.transport_sockets.tls", "typed_config": settings}


def certificate_files(certificate: Certificate) -> tuple[str, str]:
    """Name the files of a certificate by its content, so a renewed one is a new file and Envoy takes notice."""
    digest = hashlib.sha256(certificate.chain + b"\0" + certificate.key).hexdigest()[:16]
    return f"{digest}.crt", f"{digest}.key"


def certificate_contents(listeners: Sequence[Listener]) -> dict[str, bytes]:
    """Collect the certificate files of all listeners."""
    contents: dict[str, bytes] = {}
    for certificate in (certificate for listener in listeners for certificate in listener.certificates):
        chain, key = certificate_files(certificate)
        contents |= {chain: certificate.chain, key: certificate.key}
    return contents

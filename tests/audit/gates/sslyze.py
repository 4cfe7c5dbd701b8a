# SPDX-License-Identifier: GPL-3.0-or-later
"""sslyze connects to the load balancer and to a task, and compares with Mozilla's intermediate configuration."""

from __future__ import annotations

from tests.audit.finding import Finding, Result
from tests.audit.gates.subject import Subject, script, version

TOOL = "sslyze"
# What sslyze looks at; what it does not complain of was found right.
CRITERIA = (
    "certificate_curves",
    "certificate_path_validation",
    "certificate_hostname_validation",
    "certificate_signatures",
    "certificate_types",
    "cipher_suites",
    "ciphers",
    "ecdh_param_size",
    "maximum_certificate_lifespan",
    "rsa_key_size",
    "tls_curves",
    "tls_versions",
    "tls_vulnerability_ccs_injection",
    "tls_vulnerability_compression",
    "tls_vulnerability_extended_master_secret",
    "tls_vulnerability_fallback_scsv",
    "tls_vulnerability_heartbleed",
    "tls_vulnerability_renegotiation",
    "tls_vulnerability_robot",
)


def judge(subject: Subject) -> Result:
    """Return what sslyze says of both hops."""
    task = subject.site.tasks()[0]
    servers = {
        "load balancer": {"host": "localhost", "address": "127.0.0.1", "port": subject.site.ports[1]},
        "task": {"host": "localhost", "address": task["address"], "port": task["port"]},
    }
    authority = str(subject.site.authority)
    return read(script(TOOL, TOOL, {"servers": servers, "authority": authority}, subject), version("judges", TOOL))


def read(report: dict[str, dict[str, str]], said_by: str) -> Result:
    """Return one finding per server and criterion; a criterion that is new to us counts too."""
    findings = tuple(
        Finding(TOOL, criterion, server, criterion in issues, issues.get(criterion, ""))
        for server, issues in report.items()
        for criterion in sorted({*CRITERIA, *issues})
    )
    return Result(TOOL, said_by, len(report), "servers", findings)

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate of this task. A load balancer encrypts towards its targets but verifies none of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Nothing verifies the date, and a task must not stop answering because it has run for long.
VALIDITY = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The files of a certificate and its private key."""

    certificate: Path
    key: Path


def write_key_pair(directory: Path, name: str) -> KeyPair:
    """Make a key and its self-signed certificate; only the owner can read the files."""
    key = ec.generate_private_key(ec.SECP256R1())
    pair = KeyPair(directory / "certificate.pem", directory / "key.pem")
    _write_private(pair.certificate, _sign(key, name).public_bytes(serialization.Encoding.PEM))
    # granian reads PKCS#8 and no other form
    pkcs8 = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_private(pair.key, pkcs8)
    return pair


def _sign(key: ec.EllipticCurvePrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + VALIDITY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)

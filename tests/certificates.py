# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for tests: by the authority of a site or by themselves, right or wrong in one thing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PURPOSES = (ExtendedKeyUsageOID.SERVER_AUTH,)


@dataclass(frozen=True)
class Pair:
    """A certificate and its private key, as PEM."""

    certificate: bytes
    key: bytes

    @property
    def serial(self) -> int:
        """The serial number of the certificate."""
        return x509.load_pem_x509_certificate(self.certificate).serial_number

    def write(self, directory: Path) -> dict[str, str]:
        """Write both files, the key for its owner only, and return the inputs of the role that name them."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = {"security_certificate_file": self.certificate, "security_certificate_key_file": self.key}
        for name, content in files.items():
            path = directory / f"{name}.pem"
            path.touch(mode=0o600)
            path.write_bytes(content)
        return {name: str(directory / f"{name}.pem") for name in files}


@dataclass(frozen=True)
class Wish:
    """What a certificate shall say; the default is one that the local site takes."""

    host: str = "localhost"
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    purposes: tuple[x509.ObjectIdentifier, ...] = PURPOSES
    valid_from: datetime.timedelta = datetime.timedelta(minutes=-5)
    valid_until: datetime.timedelta = datetime.timedelta(days=90)


def issue(wish: Wish, authority: Path | None = None) -> Pair:
    """Make a certificate; `authority` is the directory with `ca.crt` and `ca.key`, without it signs itself."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish.host)])
    issuer, signing_key = name, wish.key
    if authority:
        issuer = x509.load_pem_x509_certificate((authority / "ca.crt").read_bytes()).subject
        signing_key = serialization.load_pem_private_key((authority / "ca.key").read_bytes(), password=None)
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(wish.key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + wish.valid_from)
        .not_valid_after(now + wish.valid_until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(wish.host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage(wish.purposes), critical=False)
    )
    key = wish.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(builder.sign(signing_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), key)


def _usage() -> x509.KeyUsage:
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    never = ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(digital_signature=True, **dict.fromkeys((*others, *never), False))

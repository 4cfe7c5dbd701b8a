# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Say what is wrong with a certificate before it is imported or used: pure functions over what it says of itself.

cryptography comes with ansible-core, whose vault needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

# What only reads documentation, as the gates of Galaxy and Automation Hub do, may come without it.
with suppress(ImportError):
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
RSA_SIZES = (2048, 3072, 4096)
CURVES = ("secp256r1", "secp384r1", "secp521r1")


def pem_problems(certificate: str, key: str, chain: str, domain: str, now: datetime | None = None) -> list[str]:
    """Return a sentence for each thing that keeps PEM texts from being imported for a domain, or from serving it.

    The sentences name the inputs of the role and never what a key file has in it. An empty domain is not compared, an
    empty chain is none. https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
    """
    try:
        found, *more = x509.load_pem_x509_certificates(certificate.encode())
    except ValueError:
        return ["security_certificate_file has no certificate in PEM form."]
    problems = list(_life_problems(found.not_valid_before_utc, found.not_valid_after_utc, now or datetime.now(UTC)))
    if more:
        problems.append("security_certificate_file has several; security_certificate_chain_file takes the others.")
    problems += _key_problems(found, key)
    problems += _chain_problems(found, chain)
    problems += _name_problems(_names(found), domain, "security_certificate_file")
    return problems


def acm_problems(certificate: Mapping[str, Any], domain: str) -> list[str]:
    """Return a sentence for each thing that keeps a certificate, as ACM describes it, from serving a domain."""
    problems = []
    if certificate["status"] != "ISSUED":
        problems.append(f"security_certificate_arn names a certificate that is {certificate['status']}, not ISSUED.")
    names = [str(name) for name in certificate.get("subject_alternative_names") or [certificate["domain_name"]]]
    return problems + list(_name_problems(names, domain, "security_certificate_arn"))


def _life_problems(begin: datetime, end: datetime, now: datetime) -> Iterator[str]:
    if end <= now:
        yield f"security_certificate_file has a certificate that ended on {end:%Y-%m-%d %H:%M} UTC."
    if begin > now:
        yield f"security_certificate_file has a certificate that begins on {begin:%Y-%m-%d %H:%M} UTC only."


def _key_problems(certificate: x509.Certificate, text: str) -> Iterator[str]:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        yield "security_certificate_key_file is protected by a passphrase, which ACM does not take."
        return
    except ValueError:
        yield "security_certificate_key_file has no private key in PEM form."
        return
    if key.public_key() != certificate.public_key():
        yield "security_certificate_key_file does not belong to the certificate in security_certificate_file."
    if not _is_served(key):
        yield (
            "security_certificate_key_file has a kind of key that load balancers do not take; expected RSA of 2048 to "
            "4096 bits, or P-256, P-384 or P-521."
        )


def _is_served(key: PrivateKeyTypes) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size in RSA_SIZES
    return isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES


def _chain_problems(certificate: x509.Certificate, chain: str) -> Iterator[str]:
    if not chain:
        return
    try:
        issuer, *_others = x509.load_pem_x509_certificates(chain.encode())
        certificate.verify_directly_issued_by(issuer)
    # The three that it documents: another name, another kind of key, another key.
    except (ValueError, TypeError, InvalidSignature):
        yield "security_certificate_chain_file does not begin with the issuer of the certificate."


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return extension.value.get_values_for_type(x509.DNSName)


def _name_problems(names: Sequence[str], domain: str, variable: str) -> Iterator[str]:
    if domain and not any(_covers(name.lower(), domain.lower()) for name in names):
        said = ", ".join(names) or "no name"
        yield f"{variable} has a certificate for {said}, but security_domain is {domain}."


def _covers(name: str, domain: str) -> bool:
    """Say whether the name of a certificate is that of a domain; a wildcard is one label. RFC 6125, 6.4.3."""
    first, _dot, rest = domain.partition(".")
    return name == domain or (bool(first) and name == f"*.{rest}")

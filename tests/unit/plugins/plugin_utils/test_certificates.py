# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said against a certificate, with real certificates and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._certificates import acm_problems, pem_problems
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ISSUER = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Issuer")])
ISSUER_KEY, OTHER_KEY, SITE_KEY = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
PLAIN = NoEncryption()


def pem(
    names: tuple[str, ...] = ("shop.example.com",),
    begin: int = -1,
    end: int = 90,
    key: Any = SITE_KEY,
    signer: Any = ISSUER_KEY,
    authority: bool = False,
) -> str:
    """Return a certificate; begin and end are days from NOW."""
    builder = x509.CertificateBuilder(
        issuer_name=ISSUER,
        subject_name=ISSUER if authority else x509.Name([]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW + timedelta(days=begin),
        not_valid_after=NOW + timedelta(days=end),
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def text(key: Any, encryption: Any = PLAIN) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode())


@cache
def authority(key: Any = ISSUER_KEY) -> str:
    return pem((), key=key, signer=key, authority=True)


def problems(certificate: str = "", key: str = "", chain: str = "", domain: str = "shop.example.com") -> list[str]:
    return pem_problems(certificate or pem(), key or text(SITE_KEY), chain or authority(), domain, NOW)


@pytest.mark.parametrize("names", [("shop.example.com",), ("SHOP.example.com", "x.org"), ("*.example.com",)])
def test_certificate_that_serves_the_domain_is_good(names: tuple[str, ...]) -> None:
    assert problems(pem(names)) == []


@pytest.mark.parametrize("size", [2048, 4096])
def test_rsa_is_good(size: int) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=size)
    assert problems(pem(key=key), text(key)) == []


def test_without_a_domain_or_a_chain_neither_is_compared() -> None:
    assert pem_problems(pem(()), text(SITE_KEY), "", "", NOW) == []


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("example.com",), "example.com"),
        (("*.shop.example.com",), "*.shop.example.com"),
        (("*.com",), "*.com"),
        ((), "no name"),
    ],
)
def test_another_name_is_said(names: tuple[str, ...], said: str) -> None:
    expected = f"security_certificate_file has a certificate for {said}, but security_domain is shop.example.com."
    assert problems(pem(names)) == [expected]


@pytest.mark.parametrize(
    ("begin", "end", "said"), [(-9, 0, "ended on 2026-01-01 00:00 UTC"), (1, 9, "begins on 2026-01-02 00:00 UTC only")]
)
def test_one_that_is_not_valid_today_is_said(begin: int, end: int, said: str) -> None:
    assert problems(pem(begin=begin, end=end)) == [f"security_certificate_file has a certificate that {said}."]


def test_key_of_another_certificate_is_said_and_never_shown() -> None:
    other = text(OTHER_KEY)
    (said,) = problems(key=other)
    assert said == "security_certificate_key_file does not belong to the certificate in security_certificate_file."
    locked, broken = problems(key=text(SITE_KEY, BestAvailableEncryption(b"word"))), problems(key=other[:-60])
    assert locked == ["security_certificate_key_file is protected by a passphrase, which ACM does not take."]
    assert broken == ["security_certificate_key_file has no private key in PEM form."]


@pytest.mark.parametrize("key", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256K1())])
def test_kind_of_key_that_no_load_balancer_takes_is_said(key: Any) -> None:
    (said,) = problems(pem(key=key), text(key))
    assert "a kind of key that load balancers do not take" in said


def test_small_key_is_said() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - too small on purpose
    (said,) = problems(pem(key=key), text(key))
    assert "expected RSA of 2048 to 4096 bits" in said


@pytest.mark.parametrize("chain", [authority(OTHER_KEY), pem(), "nothing"])
def test_chain_of_another_issuer_is_said(chain: str) -> None:
    assert problems(chain=chain) == [
        "security_certificate_chain_file does not begin with the issuer of the certificate."
    ]


def test_no_certificate_and_several_are_said() -> None:
    assert problems("nothing") == ["security_certificate_file has no certificate in PEM form."]
    (said,) = problems(pem() + authority())
    assert said.endswith("security_certificate_chain_file takes the others.")


def test_every_problem_is_said_at_once() -> None:
    assert len(problems(pem(("x.org",), end=0), text(OTHER_KEY), authority(OTHER_KEY))) == 4


def test_certificate_of_acm_is_issued_and_for_the_domain() -> None:
    found = {"status": "ISSUED", "domain_name": "example.com", "subject_alternative_names": ["*.example.com"]}
    assert acm_problems(found, "shop.example.com") == acm_problems(found, "") == []
    assert acm_problems({**found, "status": "EXPIRED"}, "example.com") == [
        "security_certificate_arn names a certificate that is EXPIRED, not ISSUED.",
        "security_certificate_arn has a certificate for *.example.com, but security_domain is example.com.",
    ]

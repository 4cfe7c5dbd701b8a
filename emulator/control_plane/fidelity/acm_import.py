# SPDX-License-Identifier: GPL-3.0-or-later
"""ImportCertificate as AWS answers it.

https://docs.aws.amazon.com/acm/latest/userguide/import-reimport.html
https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
"""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from moto.acm.models import AWSCertificateManagerBackend, CertBundle

from emulator.control_plane.fidelity.error import AwsError

BEGIN = b"-----BEGIN CERTIFICATE-----"
USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
    *("key_agreement", "key_cert_sign", "crl_sign"),
)


def apply() -> None:
    """Install the patches."""
    _refuse_what_does_not_belong_together(CertBundle)
    _keep_what_a_new_certificate_may_not_change(AWSCertificateManagerBackend)


def _refuse_what_does_not_belong_together(bundle_class: Any) -> None:
    """AWS: takes one certificate, and the private key of it. moto: takes any key, and what follows the certificate."""
    original = bundle_class.__init__

    def __init__(bundle: Any, account_id: str, certificate: bytes, *arguments: Any, **options: Any) -> None:
        original(bundle, account_id, certificate, *arguments, **options)
        if bundle.type != "IMPORTED":
            return
        if certificate.count(BEGIN) > 1:
            raise _refusal("The certificate field contains more than one certificate.")
        if bundle._key.public_key() != bundle._cert.public_key():
            raise _refusal("The private key does not match the certificate.")

    bundle_class.__init__ = __init__


def _keep_what_a_new_certificate_may_not_change(backend_class: Any) -> None:
    """AWS: under the same ARN key type, size and usages stay, and the tags too. moto: takes all, and loses the tags."""
    original = backend_class.import_certificate

    def import_certificate(
        backend: Any, certificate: bytes, private_key: bytes, chain: bytes | None, arn: str | None, tags: Any
    ) -> str:
        old = backend._certificates.get(arn)
        if old is None:
            return str(original(backend, certificate, private_key, chain, arn, tags))
        if tags:
            raise _refusal("Tagging is not permitted on re-import.")
        new = CertBundle(backend.account_id, certificate, private_key, chain=chain, region=backend.region_name, arn=arn)
        _check_succession(old._cert, new._cert)
        new.tags = old.tags
        backend._certificates[arn] = new
        return str(arn)

    backend_class.import_certificate = import_certificate


def _check_succession(old: x509.Certificate, new: x509.Certificate) -> None:
    if _key_type(old) != _key_type(new):
        raise _refusal(f"The key of the imported certificate is {_key_type(old)}; its type and size cannot be changed.")
    if _usages(old) - _usages(new):
        raise _missing("Key Usages")
    if _purposes(old) - _purposes(new):
        raise _missing("Extended Key Usages")


def _key_type(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name
    return f"RSA {key.key_size}" if isinstance(key, rsa.RSAPublicKey) else type(key).__name__


def _usages(certificate: x509.Certificate) -> set[str]:
    """Return the key usages that have to stay: those for ciphering keys are not meant for elliptic curves."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return set()
    may_go = {"key_encipherment"} if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey) else set()
    return {name for name in USAGES if getattr(usage, name)} - may_go


def _purposes(certificate: x509.Certificate) -> set[str]:
    """Return the extended key usages that have to stay: all but the authentication of clients."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return set()
    return {purpose.dotted_string for purpose in purposes} - {ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string}


def _missing(kinds: str) -> AwsError:
    return _refusal(f"New certificate is missing one or more {kinds} supported by the currently imported certificate")


def _refusal(message: str) -> AwsError:
    return AwsError("ValidationException", message)

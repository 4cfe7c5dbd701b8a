# SPDX-License-Identifier: GPL-3.0-or-later
"""ACM as AWS answers it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.utils import utcnow
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from emulator.control_plane.fidelity.error import AwsError

CURVES: dict[str, Any] = {"EC_prime256v1": ec.SECP256R1, "EC_secp384r1": ec.SECP384R1, "EC_secp521r1": ec.SECP521R1}
PATIENCE = timedelta(hours=72)
NOT_YET = ("NotAfter", "NotBefore", "Serial", "IssuedAt", "Issuer")


def apply() -> None:
    """Install the patches."""
    _return_the_imported_chain(CertBundle)
    _make_the_key_that_is_asked_for(AWSCertificateManagerResponse)
    _issue_what_is_validated(CertBundle, AWSCertificateManagerBackend)
    _tell_no_more_than_there_is(CertBundle)
    _list_small_rsa_keys_by_default(AWSCertificateManagerBackend)
    _keep_what_is_in_use(AWSCertificateManagerBackend)


def _return_the_imported_chain(bundle_class: Any) -> None:
    """AWS: GetCertificate returns the chain as imported. moto: appends an Amazon root, so a re-import never ends."""
    original = bundle_class.__init__

    def __init__(
        bundle: Any, account_id: str, certificate: bytes, private_key: bytes, chain: bytes | None = None, **options: Any
    ) -> None:
        original(bundle, account_id, certificate, private_key, chain=chain, **options)
        if bundle.type == "IMPORTED":
            bundle.chain = chain or b""

    bundle_class.__init__ = __init__


def _make_the_key_that_is_asked_for(response_class: Any) -> None:
    """AWS: RequestCertificate takes a key algorithm. moto: makes RSA keys of 2048 bits only."""
    original = response_class.request_certificate

    def request_certificate(response: Any) -> Any:
        answer = original(response)
        algorithm = response._get_param("KeyAlgorithm") or "RSA_2048"
        bundle = response.acm_backend._certificates[answer.result["CertificateArn"]]
        if algorithm != "RSA_2048" and isinstance(bundle._key, rsa.RSAPrivateKey):
            _sign_anew(bundle, algorithm)
        return answer

    response_class.request_certificate = request_certificate


def _sign_anew(bundle: Any, algorithm: str) -> None:
    """Give a certificate another key, and leave the rest as it is."""
    key: Any
    if algorithm in CURVES:
        key = ec.generate_private_key(CURVES[algorithm]())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=int(algorithm.removeprefix("RSA_")))
    old = bundle._cert
    bundle._cert = x509.CertificateBuilder(
        issuer_name=old.issuer,
        subject_name=old.subject,
        public_key=key.public_key(),
        serial_number=old.serial_number,
        not_valid_before=old.not_valid_before_utc,
        not_valid_after=old.not_valid_after_utc,
        extensions=list(old.extensions),
    ).sign(key, hashes.SHA256())
    bundle._key = key
    bundle.cert = bundle._cert.public_bytes(serialization.Encoding.PEM)
    bundle.key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _issue_what_is_validated(bundle_class: Any, backend_class: Any) -> None:
    """AWS: issues a certificate when its records are in the public DNS, and gives up after 72 hours.

    moto: issues it a minute after it was requested. The public DNS is what Route 53 has in public zones.
    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    original = bundle_class.check
    getter = backend_class.get_certificate

    def check(bundle: Any) -> None:
        if bundle.type != "AMAZON_ISSUED" or bundle.status != "PENDING_VALIDATION":
            original(bundle)
        elif all(_is_in_the_dns(bundle, record) for record in _records(bundle)):
            bundle.status = "ISSUED"
        elif utcnow() - bundle.created_at > PATIENCE:
            bundle.status = "VALIDATION_TIMED_OUT"

    def get_certificate(backend: Any, arn: str) -> Any:
        bundle = backend._certificates.get(arn)
        if bundle is not None:
            bundle.account = backend.account_id
        return getter(backend, arn)

    bundle_class.check = check
    backend_class.get_certificate = get_certificate


def _records(bundle: Any) -> list[Any]:
    return [one["ResourceRecord"] for one in bundle.describe()["Certificate"]["DomainValidationOptions"]]


def _is_in_the_dns(bundle: Any, record: Any) -> bool:
    zones = route53_backends[bundle.account]["aws"].zones.values()
    return any(
        (one.name, one.type, one.records) == (record["Name"], "CNAME", [record["Value"]])
        for zone in zones
        if not zone.private_zone
        for one in zone.rrsets
    )


def _tell_no_more_than_there_is(bundle_class: Any) -> None:
    """AWS: a certificate that is not issued has no validity and no serial number. moto: tells those to come."""
    original = bundle_class.describe

    def describe(bundle: Any) -> Any:
        answer = original(bundle)
        if bundle.type == "AMAZON_ISSUED" and bundle.status not in ("ISSUED", "EXPIRED"):
            for key in NOT_YET:
                answer["Certificate"].pop(key, None)
        return answer

    bundle_class.describe = describe


def _list_small_rsa_keys_by_default(backend_class: Any) -> None:
    """AWS: ListCertificates without key types lists RSA keys of 1024 and 2048 bits. moto: lists all.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
    """
    original = backend_class.list_certificates

    def list_certificates(backend: Any, statuses: Any, includes: Any) -> Any:
        return original(backend, statuses, {"keyTypes": ["RSA_1024", "RSA_2048"], **(includes or {})})

    backend_class.list_certificates = list_certificates


def _keep_what_is_in_use(backend_class: Any) -> None:
    """AWS: tells which load balancers use a certificate, and refuses to delete it. moto: knows those of its first day.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
    """
    getter, deleter = backend_class.get_certificate, backend_class.delete_certificate

    def get_certificate(backend: Any, arn: str) -> Any:
        bundle = getter(backend, arn)
        bundle.in_use_by = _users(backend, arn)
        return bundle

    def delete_certificate(backend: Any, arn: str) -> None:
        if users := _users(backend, arn):
            raise AwsError(
                "ResourceInUseException",
                f"Certificate {arn} in account {backend.account_id} is in use by {', '.join(users)}.",
            )
        deleter(backend, arn)

    backend_class.get_certificate = get_certificate
    backend_class.delete_certificate = delete_certificate


def _users(backend: Any, arn: str) -> list[str]:
    balancers = elbv2_backends[backend.account_id][backend.region_name].load_balancers.values()
    return [
        balancer.arn
        for balancer in balancers
        if any(arn in (one.certificate, *one.certificates) for one in balancer.listeners.values())
    ]

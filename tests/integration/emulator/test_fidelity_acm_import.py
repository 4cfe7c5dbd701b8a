# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to take certificates as ACM does."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.certificates import Pair, Wish, issue
from tests.integration.emulator.emulator_site import Emulator

SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


@pytest.fixture(scope="module")
def acm(shared_emulator: Emulator) -> Any:
    return shared_emulator.client("acm")


def put(acm: Any, pair: Pair, **options: Any) -> str:
    return str(acm.import_certificate(Certificate=pair.certificate, PrivateKey=pair.key, **options)["CertificateArn"])


def refused(acm: Any, pair: Pair, **options: Any) -> str:
    with pytest.raises(ClientError) as error:
        put(acm, pair, **options)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    return str(error.value.response["Error"]["Message"])


def serial(acm: Any, arn: str) -> int:
    return Pair(acm.get_certificate(CertificateArn=arn)["Certificate"].encode(), b"").serial


def test_another_key_and_name_keep_arn_and_tags(acm: Any) -> None:
    first, second = issue(Wish()), issue(Wish(host="shop.example.com"))
    tags = [{"Key": "Name", "Value": "shop"}]
    arn = put(acm, first, Tags=tags)
    assert put(acm, second, CertificateArn=arn) == arn
    assert serial(acm, arn) == second.serial
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == tags
    assert refused(acm, first, CertificateArn=arn, Tags=tags) == "Tagging is not permitted on re-import."


@pytest.mark.parametrize(
    ("successor", "words"),
    [
        (Wish(key=ec.generate_private_key(ec.SECP384R1())), "its type and size cannot be changed"),
        (Wish(key=rsa.generate_private_key(65537, 2048)), "its type and size cannot be changed"),
        (Wish(purposes=(CLIENT,)), "missing one or more Extended Key Usages"),
    ],
    ids=("another curve", "RSA", "another purpose"),
)
def test_a_certificate_that_cannot_follow_is_refused_and_the_old_one_stays(
    acm: Any, successor: Wish, words: str
) -> None:
    first = issue(Wish())
    arn = put(acm, first)
    assert words in refused(acm, issue(successor), CertificateArn=arn)
    assert serial(acm, arn) == first.serial


def test_the_purpose_of_clients_may_go(acm: Any) -> None:
    arn = put(acm, issue(Wish(purposes=(SERVER, CLIENT))))
    assert put(acm, issue(Wish(purposes=(SERVER,))), CertificateArn=arn) == arn


def test_one_certificate_and_its_own_key_are_taken_alone(acm: Any) -> None:
    one, other = issue(Wish()), issue(Wish())
    assert "does not match" in refused(acm, Pair(one.certificate, other.key))
    assert "more than one certificate" in refused(acm, Pair(one.certificate + other.certificate, one.key))

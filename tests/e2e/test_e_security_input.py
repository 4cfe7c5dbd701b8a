# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input of the role security is named before anything is changed, and no secret is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.certificates import Pair, Wish, issue
from tests.e2e.canaries import Canaries
from tests.e2e.site import Site

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
PUT_A_MESSAGE = {
    "Sid": "Send",
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-central-1:123456789012:orders",
}
CERTIFICATES = "arn:aws:acm:eu-central-1:123456789012:certificate"
BAD_INPUT: dict[str, tuple[dict[str, Any], str]] = {
    "a statement that IAM would not take": (
        {"security_task_statements": [{"Sid": "Decrypt", "Effect": "Allow", "Action": "*", "Resource": "*"}]},
        "statement Decrypt allows *: name the service",
    ),
    "a statement beyond the boundary": (
        {"security_task_statements": [PUT_A_MESSAGE]},
        "does not allow Send: sqs:sendmessage on arn:aws:sqs:eu-central-1:123456789012:orders, so the roles",
    ),
    "a boundary of another account": (
        {"security_permissions_boundary_arn": "arn:aws:iam::111122223333:policy/ceiling"},
        "expected the ARN of a policy of account 123456789012",
    ),
    "a boundary that does not exist": (
        {"security_permissions_boundary_arn": "arn:aws:iam::123456789012:policy/ceiling"},
        "is arn:aws:iam::123456789012:policy/ceiling, but there is no such policy. Create it first",
    ),
    "a malformed statement of the boundary": (
        {"security_boundary_statements": [{"Sid": "Send", "Effect": "Allow", "Action": "sqs:SendMessage"}]},
        "security_boundary_statements has statement 1, which needs Resource",
    ),
    "a key of another region": (
        {"security_key_arns": {"logs": KEY.replace("eu-central-1", "eu-west-1")}},
        "security_key_arns.logs is arn:aws:kms:eu-west-1:123456789012:key/",
    ),
    "a key of another account": (
        {"security_key_arns": {"data": KEY.replace("123456789012", "111122223333")}},
        "expected the ARN of a key, not of an alias, in eu-central-1 and account 123456789012",
    ),
    "a key that does not exist": (
        {"security_key_arns": {"images": KEY}},
        f"security_key_arns.images is {KEY}, but that key does not exist. Expected one that is Enabled",
    ),
    "an egress rule without a network": (
        {"security_task_egress": [{"description": "Payments", "port": 443, "cidrs": ["192.0.2.1/24"]}]},
        "security_task_egress has rule 1, which has the network 192.0.2.1/24",
    ),
    "no certificate": ({"security_certificate_file": ""}, "The load balancer needs one certificate"),
    "a certificate that is missing": (
        {"security_certificate_file": "/nowhere/site.pem"},
        'security_certificate_file is "/nowhere/site.pem", which is no file',
    ),
    "a certificate for another domain": (
        {"palisade_domain": "shop.example.com"},
        "security_certificate_file has a certificate for localhost, but security_domain is shop.example.com.",
    ),
    "a certificate of another account": (
        {
            "security_certificate_file": "",
            "security_certificate_arn": "arn:aws:acm:eu-central-1:111122223333:certificate/a",
        },
        "expected the ARN of an ACM certificate in eu-central-1 of account 123456789012",
    ),
    "a certificate of ACM and files besides": (
        {"security_certificate_arn": f"{CERTIFICATES}/12345678-1234-1234-1234-123456789012"},
        "The load balancer needs one certificate",
    ),
    "a certificate of another region": (
        {
            "security_certificate_file": "",
            "security_certificate_arn": CERTIFICATES.replace("eu-central-1", "us-east-1") + "/12345678",
        },
        "expected the ARN of an ACM certificate in eu-central-1",
    ),
    "a key that is missing": (
        {"security_certificate_key_file": "/nowhere/site.key"},
        'security_certificate_key_file is "/nowhere/site.key", which is no file',
    ),
    "a chain that is missing": (
        {"security_certificate_chain_file": "/nowhere/chain.pem"},
        'security_certificate_chain_file is "/nowhere/chain.pem", which is no file',
    ),
}

DAY = timedelta(days=1)
OTHER = ec.generate_private_key(ec.SECP256R1())
SMALL = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it has to be refused


def of_another_key(pair: Pair) -> Pair:
    return Pair(pair.certificate, issue(Wish(key=OTHER)).key)


def behind_a_passphrase(pair: Pair) -> Pair:
    key = serialization.load_pem_private_key(pair.key, password=None)
    locked = serialization.BestAvailableEncryption(b"word")
    return Pair(
        pair.certificate,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked),
    )


# Of each kind of input one; the others take as long each.
SHORT = (
    "a statement beyond the boundary",
    "a key that does not exist",
    "a certificate for another domain",
    "a chain that is missing",
    "with the key of another",
    "with a key that is malformed",
)


def of_each_kind(cases: Iterable[str]) -> list[Any]:
    return [pytest.param(case, marks=() if case in SHORT else pytest.mark.nightly) for case in cases]


# The certificate, what becomes of its files, and what is said.
BAD_FILES: dict[str, tuple[Wish, Callable[[Pair], Pair], str]] = {
    "that has ended": (
        Wish(valid_from=-2 * DAY, valid_until=-DAY),
        lambda pair: pair,
        "security_certificate_file has a certificate that ended on",
    ),
    "that has not begun": (
        Wish(valid_from=DAY),
        lambda pair: pair,
        "security_certificate_file has a certificate that begins on",
    ),
    "with the key of another": (
        Wish(),
        of_another_key,
        "security_certificate_key_file does not belong to the certificate in security_certificate_file",
    ),
    "with a key behind a passphrase": (
        Wish(),
        behind_a_passphrase,
        "security_certificate_key_file is protected by a passphrase",
    ),
    "that is malformed": (
        Wish(),
        lambda pair: replace(pair, certificate=pair.certificate.replace(b"BEGIN", b"BEGIM")),
        "security_certificate_file has no certificate in PEM form",
    ),
    "with a key that is malformed": (
        Wish(),
        lambda pair: replace(pair, key=pair.key[:-60]),
        "security_certificate_key_file has no private key in PEM form",
    ),
    "with its chain in it": (
        Wish(),
        lambda pair: replace(pair, certificate=pair.certificate * 2),
        "security_certificate_file has several; security_certificate_chain_file takes the others",
    ),
    "of a small key": (
        Wish(key=SMALL),
        lambda pair: pair,
        "expected RSA of 2048 to 4096 bits, or P-256, P-384 or P-521",
    ),
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An embedded AWS on which nothing was deployed."""
    with Site(tmp_path_factory.mktemp("bad input") / "run").running() as account:
        yield account


def refused(account: Site, variables: dict[str, Any], *arguments: str) -> str:
    """Run the role's part of site.yml, which has to refuse the variables before it changes anything."""
    command = ("ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "security", *arguments)
    done = account.run(*command, "-e", json.dumps(variables))
    assert done.returncode == 2, done.stdout[-3000:]
    assert "changed=0" in done.stdout
    return " ".join(done.stdout.split())


@pytest.mark.parametrize("case", of_each_kind(BAD_INPUT))
def test_bad_input_is_named_and_changes_nothing(account: Site, case: str) -> None:
    variables, message = BAD_INPUT[case]
    assert message in refused(account, variables)


@pytest.mark.parametrize("case", of_each_kind(BAD_FILES))
def test_certificate_that_acm_would_refuse_is_named_and_its_key_not_shown(
    account: Site, tmp_path: Path, case: str
) -> None:
    wish, spoil, message = BAD_FILES[case]
    pair = spoil(issue(wish, account.run_dir / "tls"))
    said = refused(account, pair.write(tmp_path), "-vvv")
    assert message in said
    assert Canaries({"key": pair.key}).told_by(said.encode()) == set()


def test_chain_of_another_authority_is_named(account: Site, tmp_path: Path) -> None:
    inputs = issue(Wish()).write(tmp_path)
    assert "security_certificate_chain_file does not begin with the issuer" in refused(account, inputs)


def test_credentials_in_a_variable_are_refused_unseen(account: Site) -> None:
    told = {"AWS_SECRET_ACCESS_KEY": "seen-by-everybody", "AWS_SESSION_TOKEN": "seen-by-everybody"}
    variables = json.dumps({"palisade_task_environment": told})
    done = account.run("ansible-playbook", "-i", "inventories/dev", "site.yml", "-vvv", "-e", variables)
    assert done.returncode == 2
    said = " ".join(done.stdout.split())
    assert "palisade_task_environment has AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Ansible writes these" in said
    assert "seen-by-everybody" not in done.stdout + done.stderr

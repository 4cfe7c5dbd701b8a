# SPDX-License-Identifier: GPL-3.0-or-later
"""The local certificate authority."""

from __future__ import annotations

import datetime
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509

from emulator import certificates


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "run dir"
    directory.mkdir()
    certificates.ensure(directory / "tls", directory / "ca.pem")
    return directory


def server_of(run_dir: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((run_dir / "tls" / "localhost.crt").read_bytes())


def test_the_server_certificate_names_localhost_and_its_addresses(run_dir: Path) -> None:
    names = server_of(run_dir).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


def handshake(run_dir: Path, name: str) -> None:
    """Let a client that trusts the authority only, and strictly, meet the server."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(run_dir / "tls" / "localhost.crt", run_dir / "tls" / "localhost.key")
    client_context = ssl.create_default_context(cafile=str(run_dir / "ca.pem"))
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_strict_client_that_trusts_the_authority_connects(run_dir: Path, name: str) -> None:
    handshake(run_dir, name)


def test_a_client_that_asks_for_another_name_does_not_connect(run_dir: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(run_dir, "example.org")


def test_the_authority_vouches_for_this_machine_only(run_dir: Path) -> None:
    authority = x509.load_pem_x509_certificate((run_dir / "ca.pem").read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = [str(name.value) for name in constraints.value.permitted_subtrees or []]
    assert constraints.critical
    assert permitted == ["localhost", "127.0.0.1/32", "::1/128"]


def test_keys_can_be_read_by_their_owner_only(run_dir: Path) -> None:
    keys = list((run_dir / "tls").glob("*.key"))
    assert len(keys) == 2
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_everything_is_kept_while_it_is_good(run_dir: Path) -> None:
    before = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
    certificates.ensure(run_dir / "tls", run_dir / "ca.pem")
    assert {path: path.read_bytes() for path in before} == before


def test_a_server_certificate_near_its_end_is_renewed_by_the_same_authority(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, server = (run_dir / "ca.pem").read_bytes(), server_of(run_dir)
    left = server.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    monkeypatch.setattr(certificates, "RENEWAL_MARGIN", left + datetime.timedelta(minutes=1))
    certificates.ensure(run_dir / "tls", run_dir / "ca.pem")
    assert (run_dir / "ca.pem").read_bytes() == authority
    assert server_of(run_dir).serial_number != server.serial_number


def test_a_damaged_key_is_replaced(run_dir: Path) -> None:
    (run_dir / "tls" / "localhost.key").write_text("damaged")
    certificates.ensure(run_dir / "tls", run_dir / "ca.pem")
    handshake(run_dir, "localhost")


def test_a_server_certificate_of_another_authority_is_replaced(run_dir: Path) -> None:
    for path in (run_dir / "tls").glob("ca.*"):
        path.unlink()
    certificates.ensure(run_dir / "tls", run_dir / "ca.pem")
    handshake(run_dir, "localhost")

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate of a task."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from storefront.certificate import write_key_pair


def test_pair_is_private_and_fits_together(tmp_path: Path) -> None:
    pair = write_key_pair(tmp_path, "storefront")
    assert pair.key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert stat.S_IMODE(pair.key.stat().st_mode) == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(pair.certificate, pair.key)


def test_certificate_is_valid_for_years_and_no_authority(tmp_path: Path) -> None:
    certificate = x509.load_pem_x509_certificate(write_key_pair(tmp_path, "storefront").certificate.read_bytes())
    now = datetime.now(UTC)
    assert certificate.not_valid_before_utc < now
    assert certificate.not_valid_after_utc > now + timedelta(days=3000)
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_nothing_that_lies_there_is_overwritten(tmp_path: Path) -> None:
    write_key_pair(tmp_path, "storefront")
    with pytest.raises(FileExistsError):
        write_key_pair(tmp_path, "storefront")

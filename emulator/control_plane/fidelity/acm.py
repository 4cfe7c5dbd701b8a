# SPDX-License-Identifier: GPL-3.0-or-later
"""ACM as AWS answers it."""

from __future__ import annotations

from typing import Any

from moto.acm.models import CertBundle


def apply() -> None:
    """Install the patches."""
    _return_the_imported_chain(CertBundle)


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

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures."""

from __future__ import annotations

import pytest

from storefront.domain import StorageUnavailable
from storefront.signing import Signer

SIGNER = Signer(lambda: b"k" * 32)


@pytest.mark.parametrize("text", ["", "blue-mug", "ümlaut", "a.b"])
def test_text_comes_back_as_it_was(text: str) -> None:
    assert SIGNER.unseal("one", SIGNER.seal("one", text)) == text


@pytest.mark.parametrize("sealed", ["", ".", "QQ", "QQ.", "QQ.QQ", "!.x", "_w.AAAA", "ä.ä"])
def test_what_was_not_sealed_is_nothing(sealed: str) -> None:
    assert SIGNER.unseal("one", sealed) is None


def test_purposes_and_keys_are_kept_apart() -> None:
    assert SIGNER.unseal("other", SIGNER.seal("one", "text")) is None
    assert Signer(lambda: b"l" * 32).unseal("one", SIGNER.seal("one", "text")) is None


def test_key_is_asked_for_once_and_again_after_a_failure() -> None:
    asked: list[int] = []

    def key() -> bytes:
        asked.append(1)
        if len(asked) == 1:
            raise StorageUnavailable
        return b"k" * 32

    signer = Signer(key)
    assert asked == []
    with pytest.raises(StorageUnavailable):
        signer.sign("one", "text")
    assert signer.sign("one", "text") == signer.sign("one", "text") == SIGNER.sign("one", "text")
    assert len(asked) == 2

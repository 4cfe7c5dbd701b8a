# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tags a resource has after a run."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

CURRENT = {"Team": "web", "Old": "yes", "aws:cloudformation:stack-name": "theirs"}
WANTED = {"Team": "shop"}


@pytest.mark.parametrize(
    ("purge_tags", "expected"),
    [(True, CURRENT.keys() - {"Old"}), (False, CURRENT.keys())],
)
def test_tags_of_aws_stay_and_others_as_long_as_they_are_not_purged(purge_tags: bool, expected: set[str]) -> None:
    after = merged(CURRENT, {"tags": WANTED, "purge_tags": purge_tags})
    assert after.keys() == expected
    assert after["Team"] == "shop"

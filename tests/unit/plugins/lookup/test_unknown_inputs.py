# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup of unknown inputs knows the options of every role."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.lookup.unknown_inputs import LookupModule


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("network_az_cuont", "network_az_count"),
        ("security_alb_ingress_cidr", "security_alb_ingress_cidrs"),
        ("data_ttl_atribute", "data_ttl_attribute"),
        ("ecs_service_desired_cuont", "ecs_service_desired_count"),
        ("palisade_acount_id", "palisade_account_id"),
    ],
)
def test_misspelt_option_of_each_role_is_found(misspelt: str, meant: str) -> None:
    assert LookupModule().run([], {misspelt: 1, meant: 1}) == [f"{misspelt} is not an input; did you mean {meant}?"]


def test_no_variables_give_no_complaint() -> None:
    assert LookupModule().run([]) == []

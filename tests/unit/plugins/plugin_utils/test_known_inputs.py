# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that look like inputs but are none."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._known_inputs import (
    OUTPUTS,
    RESTORE_INPUTS,
    SHARED_INPUTS,
    unknown_inputs,
)

OPTIONS = (
    "data_table_name",
    "data_tags",
    "ecs_service_cpu",
    "ecs_service_memory",
    "network_az_count",
    "security_task_port",
)


@pytest.mark.parametrize("name", [*OPTIONS, *SHARED_INPUTS, *RESTORE_INPUTS, *OUTPUTS])
def test_input_is_no_stranger(name: str) -> None:
    assert unknown_inputs([name], OPTIONS) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("network_az_cuont", "network_az_count"),
        ("network_az_counts", "network_az_count"),
        ("data_tabel_name", "data_table_name"),
        ("security_taskport", "security_task_port"),
        ("ecs_service_memroy", "ecs_service_memory"),
        ("palisade_regoin", "palisade_region"),
        ("restore_generaton", "restore_generation"),
        ("palisade_other_table_generation", "palisade_table_generation"),
    ],
)
def test_misspelling_is_named_with_what_was_meant(name: str, meant: str) -> None:
    assert unknown_inputs([name], OPTIONS) == [f"{name} is not an input; did you mean {meant}?"]


@pytest.mark.parametrize("name", ["palisade_colour", "ecs_service_sidecar_image"])
def test_stranger_with_our_prefix_is_named_with_the_place_of_the_inputs(name: str) -> None:
    assert unknown_inputs([name], OPTIONS) == [
        f"{name} is not an input; the inputs are listed in meta/argument_specs.yml of each role."
    ]


@pytest.mark.parametrize(
    "name",
    [
        "data_dir",
        "network_proxy_url",
        "security_contact",
        "__palisade_checkout",
        "my_palisade_name",
        "inventory_hostname",
        "ansible_connection",
    ],
)
def test_variable_of_the_user_is_left_alone(name: str) -> None:
    assert unknown_inputs([name], OPTIONS) == []


def test_short_name_of_the_user_with_a_shared_prefix_is_left_alone() -> None:
    assert unknown_inputs(["network_name"], [*OPTIONS, "network_nat_mode"]) == []


def test_every_stranger_is_named_in_order_and_inputs_between_them_are_not() -> None:
    found = unknown_inputs(["palisade_zone", "ecs_service_cpu", "data_dir", "palisade_colour"], OPTIONS)
    assert [sentence.split()[0] for sentence in found] == ["palisade_colour", "palisade_zone"]

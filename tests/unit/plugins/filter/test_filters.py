# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as Ansible finds them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.palisade.ecs.plugins.filter.network import FilterModule


def test_problem_of_an_input_becomes_an_error_of_ansible_that_says_it_once() -> None:
    subnet_plan = FilterModule().filters()["subnet_plan"]
    with pytest.raises(AnsibleFilterError) as problem:
        subnet_plan("10.0.0.0/16", ["a", "b"], 9, [], [])
    assert str(problem.value) == "network_az_count is 9; expected a number from 2 to 6."
    assert problem.value.__cause__ is None


def test_filter_passes_on_what_the_function_answers() -> None:
    subnets = FilterModule().filters()["subnet_plan"]("10.0.0.0/16", ["a", "b"], 2, [], [])
    assert [subnet["zone"] for subnet in subnets] == ["a", "b", "a", "b"]

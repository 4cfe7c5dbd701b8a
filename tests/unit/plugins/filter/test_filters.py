# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as Ansible finds them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.palisade.ecs.plugins.filter.network import FilterModule


def test_problem_of_an_input_becomes_an_error_of_ansible_that_says_it_once() -> None:
    endpoints = FilterModule().filters()["network_endpoints"]
    with pytest.raises(AnsibleFilterError) as problem:
        endpoints(["email"], [], "eu-central-1")
    assert str(problem.value).startswith("network_features has email; expected some of kms,")
    assert problem.value.__cause__ is None


def test_filter_passes_on_what_the_function_answers() -> None:
    endpoints = FilterModule().filters()["network_endpoints"]([], [], "eu-central-1")
    assert [endpoint["short_name"] for endpoint in endpoints] == ["dynamodb", "s3", "ecr.api", "ecr.dkr", "logs"]

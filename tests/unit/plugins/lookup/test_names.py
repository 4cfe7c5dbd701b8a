# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup of names, given variables as Ansible gives them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.palisade.ecs.plugins.lookup.names import INPUTS, LookupModule

VARIABLES = {
    "palisade_name": "shop",
    "palisade_environment": "dev",
    "palisade_account_id": "123456789012",
    "palisade_region": "cn-north-1",
    "palisade_partition": "aws-cn",
}


def look_up(*terms: str, variables: dict[str, Any], **options: Any) -> list[dict[str, str]]:
    templar = Templar(loader=DataLoader(), variables=variables)
    return list(LookupModule(loader=None, templar=templar).run(list(terms), variables, **options))


def test_each_term_gets_its_name_and_arn() -> None:
    assert look_up("stack", "table", variables=VARIABLES) == [
        {"name": "shop-dev"},
        {"name": "shop-dev", "arn": "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/shop-dev"},
    ]


def test_variable_that_is_a_template_is_resolved() -> None:
    templates = {"palisade_name": trust_as_template("{{ team }}-shop"), "team": "blue"}
    assert look_up("stack", variables=VARIABLES | templates) == [{"name": "blue-shop-dev"}]


def test_account_that_yaml_read_as_a_number_is_taken() -> None:
    (table,) = look_up("table", variables=VARIABLES | {"palisade_account_id": 123456789012})
    assert ":123456789012:" in table["arn"]


@pytest.mark.parametrize("name", [name for name in INPUTS if name != "palisade_partition"])
def test_missing_variable_is_named(name: str) -> None:
    variables = {key: value for key, value in VARIABLES.items() if key != name}
    with pytest.raises(AnsibleError, match=f"^{name} is not set. Set it in the inventory"):
        look_up("table", variables=variables)


@pytest.mark.parametrize(
    ("region", "partition"), [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_partition_that_is_left_out_is_that_of_the_region(region: str, partition: str) -> None:
    variables = {key: value for key, value in VARIABLES.items() if key != "palisade_partition"}
    (table,) = look_up("table", variables=variables | {"palisade_region": region})
    assert table["arn"].startswith(f"arn:{partition}:")


def test_partition_of_another_region_is_refused() -> None:
    with pytest.raises(AnsibleError, match="palisade_partition is 'aws-cn', but eu-central-1 belongs to 'aws'"):
        look_up("table", variables=VARIABLES | {"palisade_region": "eu-central-1"})


def test_generation_is_a_number_or_its_digits_and_an_option_comes_before_it() -> None:
    for generation in (1, "1"):
        variables = VARIABLES | {"palisade_table_generation": generation}
        assert look_up("table", variables=variables)[0]["name"] == "shop-dev.1"
        assert look_up("table", variables=variables, table_generation=2)[0]["name"] == "shop-dev.2"
    assert look_up("table", variables=VARIABLES)[0]["name"] == "shop-dev"


def test_other_generation_is_read() -> None:
    variables = VARIABLES | {"palisade_table_generation": 1, "palisade_other_table_generation": 0}
    assert [one["name"] for one in look_up("table", "other_table", variables=variables)] == ["shop-dev.1", "shop-dev"]


def test_malformed_variable_is_named_once() -> None:
    with pytest.raises(AnsibleError) as problem:
        look_up("table", variables=VARIABLES | {"palisade_region": "Frankfurt"})
    assert str(problem.value) == "palisade_region is 'Frankfurt'; expected an AWS region such as eu-central-1."
    assert problem.value.__cause__ is None


def test_unknown_resource_is_named() -> None:
    with pytest.raises(AnsibleError, match="'bucket' is no resource of a stack"):
        look_up("bucket", variables=VARIABLES)

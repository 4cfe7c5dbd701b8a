# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped inventories set inputs that exist, to values that can work."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager
from ansible_collections.palisade.ecs.plugins.plugin_utils._known_inputs import RESTORE_INPUTS, unknown_inputs
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_plan import plan_subnets
from ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names import StackNames

from tests.unit.house.checkout import ROOT, load

INVENTORIES = sorted(path.parent for path in ROOT.glob("inventories/*/hosts.yml"))
# What Ansible adds to the variables of any host.
MAGIC = {"group_names", "groups", "inventory_dir", "inventory_file", "inventory_hostname", "inventory_hostname_short"}
MAGIC |= {"playbook_dir", "omit"}
OURS = ("palisade_", "__palisade_")
each = pytest.mark.parametrize("inventory", INVENTORIES, ids=lambda path: path.name)


@cache
def options() -> dict[str, Any]:
    """Return the options of all roles."""
    found: dict[str, Any] = {}
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        found |= load(path)["argument_specs"]["main"]["options"]
    return found


@cache
def variables(inventory: Path) -> dict[str, Any]:
    """Return the variables of the only host as Ansible reads them, templates as they are written."""
    loader = DataLoader()
    manager = InventoryManager(loader=loader, sources=[str(inventory)])
    (host,) = manager.get_hosts()
    return dict(VariableManager(loader=loader, inventory=manager).get_vars(host=host))


def is_template(value: Any) -> bool:
    return "{{" in repr(value)


def strangers(names: Any) -> list[str]:
    """Return what nothing reads, including what unknown_inputs leaves to the user."""
    known = {*options(), *RESTORE_INPUTS, *MAGIC}
    others = [name for name in names if name not in known and not name.startswith((*OURS, "ansible_"))]
    return unknown_inputs(names, options()) + others


def invalid(values: dict[str, Any]) -> list[str]:
    """Return what the argument specifications say against values that are no templates."""
    plain = {name: value for name, value in values.items() if name in options() and not is_template(value)}
    validator = ArgumentSpecValidator({name: options()[name] for name in plain})
    return list(validator.validate(plain).error_messages)


def settings(inventory: Path) -> dict[str, Any]:
    """Return every input: what the inventory says, else the default."""
    defaults = {name: option["default"] for name, option in options().items() if "default" in option}
    return defaults | variables(inventory)


def test_every_environment_is_looked_at() -> None:
    assert {"local", "dev", "staging", "prod"} <= {inventory.name for inventory in INVENTORIES}


@each
def test_every_variable_is_an_input(inventory: Path) -> None:
    assert strangers(variables(inventory)) == []


@each
def test_every_value_is_of_its_type_and_choices(inventory: Path) -> None:
    assert invalid(variables(inventory)) == []


@each
def test_modules_run_with_the_interpreter_that_runs_ansible(inventory: Path) -> None:
    assert variables(inventory)["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert variables(inventory)["ansible_connection"] == "local"


@each
def test_stack_is_named_after_the_environment(inventory: Path) -> None:
    found = variables(inventory)
    shared = ("name", "environment", "account_id", "region")
    names = StackNames(**{field: found[f"palisade_{field}"] for field in shared})
    assert names.environment == inventory.name


@each
def test_network_can_be_divided(inventory: Path) -> None:
    found = settings(inventory)
    shape = [found[f"network_{name}"] for name in ("public_cidrs", "private_cidrs")]
    zones = [found["palisade_region"] + letter for letter in "abc"][: found["network_az_count"]]
    assert len(plan_subnets(found["network_vpc_cidr"], zones, *shape)) == 2 * found["network_az_count"]


@each
def test_numbers_of_the_service_go_together(inventory: Path) -> None:
    found = settings(inventory)
    least, begin, most = (found[f"ecs_service_{name}_count"] for name in ("minimum", "desired", "maximum"))
    assert 2 <= least <= begin <= most
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
    assert 2 * found["ecs_service_cpu"] <= found["ecs_service_memory"] <= 8 * found["ecs_service_cpu"]
    assert found["ecs_service_health_check_interval"] in range(5, 301)


def test_production_survives_what_development_need_not() -> None:
    prod, dev = (settings(ROOT / "inventories" / name) for name in ("prod", "dev"))
    assert prod["ecs_service_deletion_protection_enabled"] is True
    assert prod["network_nat_mode"] == "per_az"
    assert prod["network_az_count"] > dev["network_az_count"]


def test_only_the_local_inventory_has_an_endpoint() -> None:
    with_endpoint = {inventory.name for inventory in INVENTORIES if "palisade_endpoint_url" in variables(inventory)}
    assert with_endpoint == {"local"}


# What authenticates somebody: access keys of AWS, private keys, tokens, and whatever is called a secret.
NAMED = r"(secret|token|password)\w*['\"]?\s*[:=]\s*['\"]?\w"
SECRETS = re.compile(rf"(AKIA|ASIA)[A-Z0-9]{{16}}|-----BEGIN|eyJ[\w-]{{10}}|{NAMED}", re.IGNORECASE)
NO_SECRETS = {"AWS_SECRET_ACCESS_KEY: the-embedded-aws-needs-none"}


def secrets_in(text: str) -> list[str]:
    """Return the lines that hold a secret."""
    return [line.strip() for line in text.splitlines() if SECRETS.search(line) and line.strip() not in NO_SECRETS]


@each
def test_inventory_holds_no_secret(inventory: Path) -> None:
    texts = [path.read_text() for path in inventory.rglob("*") if path.is_file()]
    assert [line for text in texts for line in secrets_in(text)] == []


@pytest.mark.parametrize(
    "line",
    [
        "AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key: wJalrXUtnFEMI",
        "key: -----BEGIN EC PRIVATE KEY-----",
        '{"api_token": "x"}',
        "password = word",
    ],
)
def test_secret_in_an_inventory_is_found(line: str) -> None:
    assert secrets_in(f"palisade_name: shop\n  {line}\n") == [line]


@pytest.mark.parametrize("name", ["network_az_cuont", "palisade_zone", "ecs_service_colour", "data_dir", "colour"])
def test_variable_that_nothing_reads_is_found(name: str) -> None:
    assert strangers(["network_az_count", "palisade_name", "ansible_connection"]) == []
    assert strangers([name])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("network_az_count", 7),
        ("network_nat_mode", "twice"),
        ("ecs_service_memory", "much"),
        ("ecs_service_deletion_protection_enabled", "perhaps"),
        ("ecs_service_container_environment", "A"),
    ],
)
def test_value_of_another_type_or_choice_is_found(name: str, value: Any) -> None:
    assert invalid({"network_az_count": 3, "network_nat_mode": "single", "ecs_service_url": "{{ url }}"}) == []
    (message,) = invalid({name: value})
    assert name in message

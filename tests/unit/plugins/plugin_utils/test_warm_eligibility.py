# SPDX-License-Identifier: GPL-3.0-or-later
"""Only what is known to be equal runs warm."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_eligibility import (
    ModuleFacts,
    TaskFacts,
    environment_obstacle,
    is_listed,
    module_obstacle,
    run_obstacle,
    task_obstacle,
)

TASK = TaskFacts(  # noqa: S604
    connection="ansible.builtin.local",
    shell="ansible.builtin.sh",
    executable="/bin/sh",
    become=False,
    asynchronous=False,
    keeps_files=False,
    debugged=False,
)
MODULE = ModuleFacts(
    path="/collections/module.py",
    source=b"#!/usr/bin/python\nfrom ansible.module_utils.basic import AnsibleModule\n",
    interpreter="/usr/bin/python3",
    running="/usr/bin/python3",
)


@pytest.mark.parametrize("core", ["2.19.0", "2.20.10", "2.21.5", "2.21.0rc1"])
def test_known_versions_run_warm_on_linux(core: str) -> None:
    assert run_obstacle(core, "linux") is None


@pytest.mark.parametrize("core", ["2.18.9", "2.22.0", "2.190.0", "3.19.0", ""])
def test_unknown_version_is_named(core: str) -> None:
    assert run_obstacle(core, "linux") == f"ansible-core {core} is not one of 2.19, 2.20, 2.21"


def test_other_systems_are_named() -> None:
    assert "darwin" in str(run_obstacle("2.21.0", "darwin"))


def test_plain_local_task_runs_warm() -> None:
    assert task_obstacle(TASK) is None


@pytest.mark.parametrize(
    ("fact", "value", "reason"),
    [
        ("connection", "ansible.builtin.ssh", "the connection is ansible.builtin.ssh"),
        ("shell", "ansible.builtin.powershell", "the shell is ansible.builtin.powershell"),
        ("executable", "/bin/zsh", "the shell's executable is /bin/zsh"),
        ("become", True, "it becomes another user"),
        ("asynchronous", True, "it is asynchronous"),
        ("keeps_files", True, "remote files are to be kept"),
        ("debugged", True, "modules are debugged, measured or limited"),
    ],
)
def test_task_that_is_not_plain_says_why_it_takes_the_stock_path(fact: str, value: object, reason: str) -> None:
    assert task_obstacle(replace(TASK, **{fact: value})) == reason


@pytest.mark.parametrize(
    "imports",
    [
        "import ansible.module_utils.basic",
        "from ansible.module_utils import basic",
        "from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule",
        "from ..module_utils.basic import AnsibleModule",
        "if True:\n    from ...module_utils.core import AnsibleModule",
    ],
)
def test_python_module_of_today_runs_warm(imports: str) -> None:
    assert module_obstacle(replace(MODULE, source=imports.encode())) is None


@pytest.mark.parametrize(
    ("fact", "value", "reason"),
    [
        ("path", "/collections/module.sh", "not a Python file"),
        ("path", "/collections/module", "not a Python file"),
        ("source", b"#!/usr/bin/python\nprint('{}')\n", "not a Python module of today"),
        ("source", b"# WANT_JSON\nimport json\n", "not a Python module of today"),
        ("source", MODULE.source + b"#<<INCLUDE_ANSIBLE_MODULE_COMMON>>", "a file of its own"),
        ("source", MODULE.source + b"respawn_module('/usr/bin/python3')", "a file of its own"),
        ("interpreter", "/usr/bin/python3.9", "its interpreter is /usr/bin/python3.9"),
        ("interpreter", "/usr/bin/env python3", "its interpreter is /usr/bin/env python3"),
    ],
)
def test_module_that_needs_a_new_process_says_why(fact: str, value: object, reason: str) -> None:
    assert reason in str(module_obstacle(replace(MODULE, **{fact: value})))


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"PATH": "/bin"},
        {"AWS_PROFILE": "shop", "AWS_REGION": ""},
        {"TMPDIR": "/var", "TZ": "UTC"},
        {"HOMEPAGE": "x"},
    ],
)
def test_environment_of_a_running_process_may_be_set(environment: dict[str, str]) -> None:
    assert environment_obstacle(environment) is None


@pytest.mark.parametrize(
    "name", ["PYTHONPATH", "PYTHONHASHSEED", "LD_PRELOAD", "LC_ALL", "LANG", "LANGUAGE", "HOME", "OPENSSL_CONF", "ENV"]
)
def test_environment_that_is_read_at_the_start_needs_a_new_process(name: str) -> None:
    assert environment_obstacle({"PATH": "/bin", name: "x"}) == f"{name} is read when a process starts"


@pytest.mark.parametrize(("name", "value"), [("with-dash", "x"), ("1ST", "x"), ("", "x"), ("GOOD", "a\0b")])
def test_what_is_no_variable_to_a_shell_is_left_to_it(name: str, value: str) -> None:
    assert "would not take" in str(environment_obstacle({name: value}))


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("amazon.aws.ec2_vpc_net", True),
        ("amazon.aws", False),
        ("amazon.awsome.ec2_vpc_net", False),
        ("ansible.builtin.command", False),
        ("ec2_vpc_net", False),
        ("", False),
    ],
)
def test_module_is_of_a_listed_collection_or_not(name: str, listed: bool) -> None:
    assert is_listed(name, ("amazon.aws", "community.aws")) is listed

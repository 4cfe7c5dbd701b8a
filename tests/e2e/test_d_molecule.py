# SPDX-License-Identifier: GPL-3.0-or-later
"""The Molecule scenarios, as a user starts them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.localstack import environment
from tests.e2e.site import CHECKOUT, Site

ROLES = ("network", "security", "data", "ecs_service")
TARGETS = ("localstack", "embedded")
# A mistake in each role that nothing but asking AWS shows: file, what is there, what is there instead.
MISTAKES = {
    "network": ("roles/network/tasks/subnets.yml", "map_public: false", "map_public: true"),
    "security": ("roles/security/tasks/keys.yml", "enable_key_rotation: true", "enable_key_rotation: false"),
    "data": (
        "roles/data/tasks/table.yml",
        'deletion_protection: "{{ data_deletion_protection_enabled }}"',
        "deletion_protection: false",
    ),
    "ecs_service": (
        "roles/ecs_service/vars/main.yml",
        "routing.http.desync_mitigation_mode: strictest",
        "routing.http.desync_mitigation_mode: monitor",
    ),
}


def variables_of(site: Site, target: str) -> dict[str, str]:
    """Return what has Molecule run on a target, in the ports and the directory of a site."""
    api, https, http = map(str, site.ports)
    return {
        # Where Molecule looks for scenarios first; it would warn about the top level otherwise.
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
        "MOLECULE_TARGET": target,
        "LOCALSTACK_ENDPOINT": "",
        "PALISADE_MOLECULE_RUN_DIR": str(site.run_dir),
        "PALISADE_MOLECULE_API_PORT": api,
        "PALISADE_MOLECULE_SITE_PORT": https,
        "PALISADE_MOLECULE_HTTP_PORT": http,
    }


def molecule(site: Site, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Molecule on LocalStack, unless the variables say otherwise."""
    return site.run("molecule", *arguments, **variables_of(site, "localstack") | variables)


def checked(done: subprocess.CompletedProcess[str]) -> str:
    """Return what Molecule said without frames and colours; fail if it failed."""
    said = re.sub(r"\x1b\[[0-9;]*m|│", "", done.stdout + done.stderr)
    assert done.returncode == 0, said[-6000:]
    return said


def failed(done: subprocess.CompletedProcess[str]) -> str:
    """Return what Molecule said on one line, without frames and colours; fail unless it failed."""
    said = re.sub(r"\x1b\[[0-9;]*m|│", "", done.stdout + done.stderr)
    assert done.returncode != 0, said[-6000:]
    return " ".join(said.split())


def assert_ended_on(target: str, said: str, site: Site, scenario: str) -> None:
    """Fail unless a scenario said at its end on what it ran, and that is no more."""
    assert f"scenario {scenario}: {target}" in " ".join(said.split())
    assert not (site.run_dir / "emulator.json").exists()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A run directory with a space in its path; whatever runs in it ends with the test."""
    site = Site(tmp_path / "a run")
    yield site
    site.emulator("down")


def test_the_role_network_is_made_changes_nothing_again_and_is_as_aws_says(site: Site) -> None:
    """The shortest role on the shorter target; Molecule may remember an earlier one, which was cut short."""
    for step in ("destroy", "converge", "idempotence", "verify", "destroy"):
        said = checked(molecule(site, step, "--scenario-name", "network", MOLECULE_TARGET="embedded"))
    assert_ended_on("the embedded AWS", said, site, "network")


@pytest.mark.nightly
def test_each_role_passes_on_one_localstack_that_somebody_else_started(site: Site) -> None:
    if not environment.is_installed():
        pytest.skip("LocalStack needs Python 3.12 or 3.13")
    site.emulator("up", PALISADE_CONTROL_PLANE="localstack")
    for role in ROLES:
        # Each builds on what the ones before it have made, so `prepare` has nothing to do.
        # What runs elsewhere is not destroyed: only Molecule forgets it.
        for step in ("converge", "idempotence", "verify", "destroy"):
            checked(molecule(site, step, "--scenario-name", role, LOCALSTACK_ENDPOINT=site.api))


def test_a_word_that_is_no_target_is_refused(site: Site) -> None:
    done = molecule(site, "create", "--scenario-name", "network", MOLECULE_TARGET="aws")
    assert done.returncode != 0
    assert "MOLECULE_TARGET must be localstack or embedded" in " ".join(done.stdout.split())


# Before a change lands, the whole site stands for its roles.
WHOLE = ("default", "localstack")
SCENARIOS = [
    pytest.param(scenario, target, marks=pytest.mark.full if (scenario, target) == WHOLE else pytest.mark.nightly)
    for target in TARGETS
    for scenario in (*ROLES, "default")
]


@pytest.mark.parametrize(("scenario", "target"), SCENARIOS)
def test_each_scenario_passes_by_itself_and_says_on_what(site: Site, scenario: str, target: str) -> None:
    if target == "localstack" and not environment.is_installed():
        pytest.skip("LocalStack needs Python 3.12 or 3.13")
    said = checked(molecule(site, "test", "--scenario-name", scenario, MOLECULE_TARGET=target))
    name = f"LocalStack {environment.VERSION}" if target == "localstack" else "the embedded AWS"
    assert_ended_on(name, said, site, scenario)


@pytest.mark.nightly
def test_drift_and_what_a_teardown_leaves_are_seen(site: Site) -> None:
    def network(step: str) -> subprocess.CompletedProcess[str]:
        return molecule(site, step, "--scenario-name", "network", MOLECULE_TARGET="embedded")

    # Molecule may remember an earlier one, which was cut short.
    for step in ("destroy", "converge", "verify"):
        checked(network(step))
    ours = [{"Name": "tag:palisade:stack", "Values": ["shop-local"]}]
    (subnet, *_) = site.client("ec2").describe_subnets(Filters=ours)["Subnets"]
    site.client("ec2").modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    assert "Find two zones" in failed(network("verify"))
    site.client("iam").create_role(RoleName="shop-local-left", AssumeRolePolicyDocument="{}")
    assert "Nothing left | Find none" in failed(network("destroy"))
    # What was started ends all the same.
    assert not (site.run_dir / "emulator.json").exists()


@pytest.mark.nightly
def test_a_task_that_always_changes_something_is_seen(site: Site, tmp_path: Path) -> None:
    checkout = copy_of_the_checkout(tmp_path / "a copy")
    subnets = checkout / "roles" / "network" / "tasks" / "subnets.yml"
    right = "  register: __network_subnet_results\n"
    text = subnets.read_text()
    assert text.count(right) == 1
    subnets.write_text(text.replace(right, f"{right}  changed_when: true\n"))
    said = failed(molecule_of(checkout, site, "network"))
    assert "Idempotence test failed because of the following tasks" in said
    assert "subnets | Create the subnets" in said.partition("Idempotence test failed")[2]


@pytest.mark.nightly
@pytest.mark.parametrize("role", ROLES)
def test_a_mistake_in_a_role_turns_its_scenario_red(site: Site, role: str, tmp_path: Path) -> None:
    checkout = copy_of_the_checkout(tmp_path / "a copy")
    file, right, wrong = MISTAKES[role]
    text = (checkout / file).read_text()
    assert text.count(right) == 1
    (checkout / file).write_text(text.replace(right, wrong))
    said = failed(molecule_of(checkout, site, role))
    # What stands between the two depends on where Molecule writes to.
    assert re.search(rf"{role} \S verify(:|\]) Executed: Failed", said), said[-3000:]


def copy_of_the_checkout(target: Path) -> Path:
    """Copy what is published and what the scenarios need, as it stands here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (CHECKOUT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name, follow_symlinks=False)
    # Molecule finds the settings that its scenarios share from the root of a repository.
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    return target


def molecule_of(checkout: Path, site: Site, scenario: str) -> subprocess.CompletedProcess[str]:
    """Run a scenario of another checkout on the embedded AWS."""
    variables = {**site.environment, **variables_of(site, "embedded"), "ANSIBLE_CONFIG": str(checkout / "ansible.cfg")}
    return subprocess.run(
        ["molecule", "test", "--scenario-name", scenario],
        cwd=checkout,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

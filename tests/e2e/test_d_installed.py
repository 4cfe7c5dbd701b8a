# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as Galaxy has it, in an environment that knows nothing of this checkout, run from elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gates import tarball
from tests.e2e.site import CHECKOUT, Site

PLAYBOOKS = [path.stem for path in sorted((CHECKOUT / "playbooks").glob("*.yml"))]
ONE_MODULE = """
- name: Use one module of the collection
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/palisade.ecs.aws:
      region: "{{ palisade_region }}"
      endpoint_url: "{{ palisade_endpoint_url }}"
  environment: "{{ palisade_task_environment }}"
  tasks:
    - name: Look for images
      palisade.ecs.ecr_image_info:
        repository: shop-local
        digest: "{{ outputs.ecs_service.image.split('@') | last }}"
      vars:
        outputs: "{{ lookup('ansible.builtin.file', palisade_outputs_file) | from_json }}"
      register: found
    - name: Say how many there are
      ansible.builtin.debug:
        msg: "images: {{ found.images | length }}"
"""


@dataclass
class Elsewhere:
    """A machine that has Ansible and the published collection: a home, a directory, and no file of this checkout."""

    interpreter: Path
    directory: Path

    def run(self, command: str, *arguments: str) -> str:
        """Run a program of the environment; fail with the end of what it said if it fails."""
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "SSL_CERT_FILE") if name in os.environ}
        mine = {"HOME": str(self.directory), "PATH": f"{self.interpreter.parent}:/usr/bin:/bin"}
        done = subprocess.run(
            [self.interpreter.parent / command, *arguments],
            cwd=self.directory / "project",
            env=kept | mine,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command} {arguments}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout


def installed(interpreter: Path, directory: Path) -> Elsewhere:
    """Install the tarball where ansible-galaxy does by itself."""
    (directory / "project").mkdir(parents=True)
    elsewhere = Elsewhere(interpreter, directory)
    archive = tarball.build(directory)
    elsewhere.run("ansible-galaxy", "collection", "install", "--no-deps", "--offline", str(archive))
    return elsewhere


def inventory(site: Site) -> dict[str, Any]:
    """Return what a user writes who has no checkout; the embedded AWS publishes the image, as a build server would."""
    name = "{{ lookup('palisade.ecs.names', 'repository').name }}"
    ports = [f"{key}={value}" for key, value in site.environment.items() if key.startswith("PALISADE_")]
    mine = {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "palisade_name": "shop",
        "palisade_environment": "local",
        "palisade_account_id": "123456789012",
        "palisade_region": "eu-central-1",
        "palisade_endpoint_url": site.api,
        "palisade_task_environment": {"AWS_ACCESS_KEY_ID": "embedded", "AWS_SECRET_ACCESS_KEY": "embedded-needs-none"},
        "palisade_outputs_file": str(site.run_dir / "outputs.json"),
        "security_certificate_file": str(site.run_dir / "tls" / "localhost.crt"),
        "security_certificate_key_file": str(site.run_dir / "tls" / "localhost.key"),
        "security_certificate_chain_file": str(site.authority),
        "ecs_service_image_publisher": {
            "argv": ["env", *ports, sys.executable, "-m", "emulator", "publish", "--repository", name],
            "chdir": str(CHECKOUT),
        },
        "ecs_service_container_environment": {
            "STOREFRONT_TABLE_NAME": "{{ lookup('palisade.ecs.names', 'table').name }}",
            "AWS_REGION": "{{ palisade_region }}",
        },
        "ecs_service_health_check_interval": 5,
        "ecs_service_deregistration_delay": 3,
        "ecs_service_bake_time": 3,
        "ecs_service_wait_interval": 1,
    }
    return {"all": {"hosts": {"localhost": mine}}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site") / "run").running() as one:
        yield one


def test_every_playbook_of_the_tarball_is_found_by_its_name(tmp_path: Path) -> None:
    elsewhere = installed(Path(sys.executable), tmp_path / "home")
    listed = json.loads(elsewhere.run("ansible-galaxy", "collection", "list", "--format", "json", "palisade.ecs"))
    assert list(listed) == [str(tmp_path / "home" / ".ansible" / "collections" / "ansible_collections")]
    assert "site" in PLAYBOOKS
    names = [f"palisade.ecs.{name}" for name in PLAYBOOKS]
    assert elsewhere.run("ansible-playbook", "--syntax-check", *names).count("playbook: ") == len(PLAYBOOKS)


@pytest.mark.nightly
def test_the_tarball_alone_deploys_a_site(tmp_path: Path, site: Site) -> None:
    environment = tmp_path / "environment"
    bootstrap = [sys.executable, CHECKOUT / "requirements" / "bootstrap.py", environment, "deploy.txt"]
    subprocess.run(bootstrap, check=True, capture_output=True)
    elsewhere = installed(environment / "bin" / "python", tmp_path / "home")
    (elsewhere.directory / "project" / "hosts.yml").write_text(json.dumps(inventory(site)), encoding="utf-8")
    (elsewhere.directory / "project" / "one.yml").write_text(ONE_MODULE, encoding="utf-8")

    elsewhere.run("ansible-playbook", "-i", "hosts.yml", "palisade.ecs.site")
    assert site.request("/healthz")[0] == 200
    again = elsewhere.run("ansible-playbook", "-i", "hosts.yml", "palisade.ecs.site")
    assert "changed=0" in again
    assert "images: 1" in elsewhere.run("ansible-playbook", "-i", "hosts.yml", "one.yml")

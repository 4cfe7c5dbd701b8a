# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deployer asks for: `site.yml` on an embedded AWS that judges it, one role after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployer import boundary
from deployer.changes import ZONE
from deployer.documents import NAMES, Document, fill
from deployer.question import Question, UnknownCallError, read
from deployer.steps import BESIDES, POLICIES, STEPS, Step
from emulator.settings import ACCOUNT_ID
from tests.e2e.site import Site

EVERYTHING: Document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
OF_THE_ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT_ID}:root"}
TRUST = {"Effect": "Allow", "Principal": OF_THE_ACCOUNT, "Action": "sts:AssumeRole"}
ROLE = "palisade-deployer"


@dataclass(frozen=True)
class Recording:
    """What each policy is for, the boundary that the stack's roles have, if any, and the inputs that name it."""

    questions: dict[str, list[Question]]
    boundary: Document | None
    inputs: Mapping[str, str]


@contextmanager
def judging(run_dir: Path) -> Iterator[Site]:
    """Have an embedded AWS that judges deployers, for the length of a block."""
    with Site(run_dir, settings={"PALISADE_DEPLOYER_JUDGED": "on"}).running() as site:
        yield site


def record(site: Site, policies: Mapping[str, list[Document]] | None = None) -> Recording:
    """Run all steps and return what was asked; with policies, each step under its own and nothing else.

    A boundary among the policies is made before, as an administrator would. Raises AssertionError with what Ansible
    said if a run fails.
    """
    allowed = policies or {**{policy: [EVERYTHING] for policy in POLICIES}, boundary.NAME: compiled(site)}
    inputs = prepare(site, allowed.get(boundary.NAME, []))
    found: dict[str, list[Question]] = {policy: [] for policy in POLICIES}
    keys = {policy: deployer(site, policy, allowed[policy]) for policy in POLICIES}
    for step in STEPS:
        step.before(site.client)
        asked(site)
        run(site, step, keys[step.policy], inputs=inputs)
        found[step.policy] += asked(site)
    questions = {policy: _once([*ones, *BESIDES.get(policy, ())]) for policy, ones in found.items()}
    return Recording(questions, boundary.find(site.client("iam")), inputs)


def prepare(site: Site, boundaries: list[Document]) -> Mapping[str, str]:
    """Do what an administrator does before, and return the inputs that follow: the boundary, the zone of the domain."""
    site.client("route53").create_hosted_zone(Name=ZONE, CallerReference="deployer")
    return boundary.make(site.client("iam"), boundaries)


def compiled(site: Site) -> list[Document]:
    """Return the boundary that today's roles make, on an account that is empty again afterwards."""
    for role in ("network", "security"):
        site.playbook("--tags", role)
    found = boundary.find(site.client("iam"))
    site.emulator("reset")
    return [found] if found else []


def run(site: Site, step: Step, keys: Mapping[str, str], *arguments: str, inputs: Mapping[str, str]) -> str:
    """Run a playbook as a deployer; fail with the end of what it said unless it ends as it should."""
    given = (*step.arguments(site.run_dir, keys, inputs), *arguments)
    if not step.fails:
        return site.playbook(*given, playbook=step.playbook)
    done = site.run("ansible-playbook", "-i", "inventories/local", step.playbook, *given)
    # Whatever could not be looked up is told beside the verdict.
    if step.fails not in done.stdout or "could not be looked up" in done.stdout:
        raise AssertionError(done.stdout[-4000:])
    return done.stdout


def deployer(site: Site, name: str, policies: list[Document]) -> dict[str, str]:
    """Make a role that has these policies and no others, and return the environment of who has assumed it."""
    iam = site.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = iam.create_role(RoleName=f"{ROLE}-{name}", AssumeRolePolicyDocument=trust)["Role"]
    for number, document in enumerate(policies):
        text = json.dumps(fill(document, NAMES), separators=(",", ":"))
        made = iam.create_policy(PolicyName=f"{ROLE}-{name}-{number}", PolicyDocument=text)["Policy"]
        iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn=made["Arn"])
    given = site.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName=name)["Credentials"]
    return {
        "AWS_ENDPOINT_URL": site.api,
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def asked(site: Site) -> list[Question]:
    """Take what was asked since the last time; raises UnknownCallError for what the embedded AWS cannot read."""
    found = site.ask("asked")
    if unknown := sorted({entry["action"] for entry in found if not entry["understood"]}):
        raise UnknownCallError(unknown)
    return [read(entry) for entry in found]


def denials(site: Site) -> list[str]:
    """Return what the log of the embedded AWS says of denied calls of deployers."""
    lines = (site.run_dir / "logs" / "emulator.log").read_text().splitlines()
    return [line for line in lines if "denied by" in line and f"{ROLE}-" in line]


def _once(questions: list[Question]) -> list[Question]:
    """Leave out what differs in ids only, and what needs no permission."""
    known = {(one.action, one.resource, repr(sorted(one.context.items()))): one for one in questions}
    return [known[key] for key in sorted(known) if key[0] != "sts:GetCallerIdentity"]

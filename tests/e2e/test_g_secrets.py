# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets stay where they belong, whatever is run: not in outputs, logs or arguments, nor in files of others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.certificates import Wish, issue
from tests.e2e.canaries import ArgumentWatch, Canaries, environment_of, log_events
from tests.e2e.site import STACK, Site, wait_until

pytestmark = pytest.mark.full
STOCK = {"PALISADE_WARM": "0"}
# Where a private key has to be, for its owner only.
PLACES = ("tls/", "xds/tls/", "tmp/", "planted/")


def secret(kind: str) -> str:
    return f"{kind}{uuid.uuid4().hex}{uuid.uuid4().hex}"[:40]


@dataclass
class Scene:
    """A site that somebody with secrets has deployed, what the commands said, and the arguments seen meanwhile."""

    site: Site
    canaries: Canaries
    said: dict[str, bytes] = field(default_factory=dict)
    arguments: set[bytes] = field(default_factory=set)

    def playbook(
        self, name: str, *arguments: str, variables: Mapping[str, object] | None = None, **environment: str
    ) -> int:
        """Run site.yml as talkative as it can be; return its exit code."""
        site = self.site
        # What the local inventory has there keeps credentials from a playbook; these are to reach it.
        given = {"palisade_task_environment": {}, **(variables or {})}
        places = {
            "ANSIBLE_LOG_PATH": str(site.run_dir / "logs" / "ansible.log"),
            "ANSIBLE_HOME": str(site.run_dir / "ansible"),
            "ANSIBLE_REMOTE_TEMP": str(site.run_dir / "ansible" / "remote"),
        }
        command = ("ansible-playbook", "-i", "inventories/local", "site.yml", "-vvv", "--diff", "-e", json.dumps(given))
        with ArgumentWatch() as watch:
            done = site.run(*command, *arguments, **places, **environment)
        self.said[name] = (done.stdout + done.stderr).encode()
        self.arguments |= watch.seen
        return done.returncode

    def misplaced(self) -> dict[str, set[str]]:
        """Return the files of the run directory that hold secrets in a wrong place, or readable by others."""
        found = self.canaries.told_by_files(self.site.run_dir)
        return {str(path): told for path, told in found.items() if not self._belongs(path)}

    def _belongs(self, path: Path) -> bool:
        is_private = not path.stat().st_mode & 0o077 and not path.parent.stat().st_mode & 0o077
        return is_private and str(path.relative_to(self.site.run_dir)).startswith(PLACES)

    def processes(self) -> dict[str, int]:
        """Return the processes of the embedded AWS."""
        state = self.site.state()
        tasks = {f"task {task['id']}": task["pid"] for task in state["tasks"]}
        return {"supervisor": state["pid"], "balancer": state["balancer_pid"], **tasks}


def plant_those_of_tasks(scene: Scene) -> None:
    """Plant what the tasks were given: the token and the keys of their role, and the private key of each."""
    for task in scene.site.tasks():
        environment = environment_of(task["pid"])
        token = environment[b"AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        url = environment[b"AWS_CONTAINER_CREDENTIALS_FULL_URI"].decode()
        request = urllib.request.Request(url, headers={"Authorization": token.decode()})  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            keys = json.load(answer)
        (private,) = (scene.site.run_dir / "tmp" / task["id"]).glob("*/key.pem")
        scene.canaries.plant(
            {
                f"token of {task['id']}": token,
                f"secret key of {task['id']}": keys["SecretAccessKey"].encode(),
                f"session token of {task['id']}": keys["Token"].encode(),
                f"private key of {task['id']}": private.read_bytes(),
            }
        )


def run_a_task_with_a_secret(scene: Scene, value: str) -> None:
    """Run one more task of the service's definition that is given a secret of Secrets Manager by its ARN."""
    site, ecs, iam = scene.site, scene.site.client("ecs"), scene.site.client("iam")
    arn = site.client("secretsmanager").create_secret(Name="shop/password", SecretString=value)["ARN"]
    service = ecs.describe_services(cluster=STACK, services=[STACK])["services"][0]
    definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    role = definition["executionRoleArn"].rpartition("/")[2]
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    # By hand, as the rest of the drift: a boundary would be in the way.
    iam.delete_role_permissions_boundary(RoleName=role)
    iam.put_role_policy(RoleName=role, PolicyName="secret", PolicyDocument=document)
    definition["containerDefinitions"][0]["secrets"] = [{"name": "SHOP_PASSWORD", "valueFrom": arn}]
    kept = ("containerDefinitions", "executionRoleArn", "taskRoleArn", "networkMode", "cpu", "memory")
    wanted = {key: definition[key] for key in kept}
    family = ecs.register_task_definition(family="with-secret", requiresCompatibilities=["FARGATE"], **wanted)
    ecs.run_task(
        cluster=STACK,
        launchType="FARGATE",
        taskDefinition=family["taskDefinition"]["taskDefinitionArn"],
        networkConfiguration=service["networkConfiguration"],
    )
    # The control of the secret: it has reached the task that it is for.
    wait_until(lambda: holders_of(scene, value), 60, "a task has the secret")
    (holder,) = holders_of(scene, value)
    os.kill(scene.processes()[holder], signal.SIGTERM)
    wait_until(lambda: not holders_of(scene, value), 60, "the task has ended")


def holders_of(scene: Scene, value: str) -> list[str]:
    found = []
    for name, pid in scene.processes().items():
        try:
            if pid and value.encode() in environment_of(pid).values():
                found.append(name)
        except OSError:  # it has ended meanwhile
            continue
    return found


def drift(site: Site) -> None:
    """Open by hand what the next run shows and closes: what leads a task to Secrets Manager, by NAT."""
    ec2 = site.client("ec2")
    named = [{"Name": "group-name", "Values": [f"{STACK}-task"]}]
    group = ec2.describe_security_groups(Filters=named)["SecurityGroups"][0]["GroupId"]
    anywhere = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[anywhere])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A stack, deployed and changed in every way in which a secret is at hand."""
    deployer = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": secret("key/"),
        "AWS_SESSION_TOKEN": secret("token/"),
    }
    password = secret("password-")
    site = Site(tmp_path_factory.mktemp("secrets") / "run", settings=deployer)
    canaries = Canaries({"secret of a container": password.encode()})
    canaries.plant({name: deployer[name].encode() for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")})
    with site.running():
        scene = Scene(site, canaries)
        pairs = {name: issue(Wish(), site.run_dir / "tls") for name in ("first", "second", "malformed")}
        canaries.plant({f"private key, {name}": pair.key for name, pair in pairs.items()})
        inputs = {name: pair.write(site.run_dir / "planted" / name) for name, pair in pairs.items()}
        inputs["first"] |= {"network_nat_mode": "single"}
        assert scene.playbook("deployment", variables=inputs["first"]) == 0, scene.said["deployment"][-3000:]
        drift(site)
        run_a_task_with_a_secret(scene, password)
        security = ("--tags", "security")
        assert scene.playbook("dry run", "--check", *security, variables=inputs["second"], **STOCK) == 0
        malformed = pairs["malformed"].key.replace(b"-----BEGIN", b"-----BEGIM")
        Path(inputs["malformed"]["security_certificate_key_file"]).write_bytes(malformed)
        assert scene.playbook("failing import", *security, variables=inputs["malformed"]) != 0
        plant_those_of_tasks(scene)
        yield scene


def test_the_runs_did_what_secrets_are_for(scene: Scene) -> None:
    """The control of the scene: keys were imported, and diffs were shown."""
    arn = scene.site.client("elbv2").describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    listeners = scene.site.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert listeners[0]["Certificates"]
    assert b"Import the certificate] " in scene.said["dry run"]
    assert b"EXEC" in scene.said["dry run"]
    assert b"0.0.0.0/0" in scene.said["dry run"]
    assert b"private key" in scene.said["failing import"]


def test_outputs_and_diffs_tell_no_secret(scene: Scene) -> None:
    told = {name: told for name, said in scene.said.items() if (told := scene.canaries.told_by(said))}
    assert told == {}


def test_arguments_of_processes_tell_no_secret(scene: Scene) -> None:
    assert any(b"ansible-playbook" in arguments for arguments in scene.arguments)
    assert [arguments for arguments in scene.arguments if scene.canaries.told_by(arguments)] == []


def test_no_log_of_the_stack_tells_a_secret(scene: Scene) -> None:
    events = log_events(scene.site.client("logs"))
    assert events
    assert scene.canaries.told_by(events) == set()


def test_files_that_hold_a_secret_are_their_owners_alone_and_where_they_belong(scene: Scene) -> None:
    assert len(scene.canaries.told_by_files(scene.site.run_dir)) >= 3
    assert scene.misplaced() == {}


def test_the_deployer_s_secrets_reach_no_process_that_runs_on(scene: Scene) -> None:
    processes = scene.processes()
    assert len(processes) >= 4
    deployer = {name for name in scene.canaries.secrets if name.startswith("AWS_")}
    for name, pid in processes.items():
        content = b"\n".join(environment_of(pid).values())
        assert not scene.canaries.told_by(content) & deployer, name


def test_each_kind_of_leak_would_be_noticed(scene: Scene) -> None:
    """The control: credentials in a play's `environment`, in a log event, in a file, in an environment."""
    site, canaries = scene.site, scene.canaries
    key = canaries.secrets["AWS_SECRET_ACCESS_KEY"]
    leaky = Scene(site, canaries)
    environment = {"palisade_task_environment": {"AWS_SECRET_ACCESS_KEY": key.decode()}}
    leaky.playbook("leaky", "--tags", "nothing", variables=environment, **STOCK)
    assert canaries.told_by(leaky.said["leaky"]) == {"AWS_SECRET_ACCESS_KEY"}
    assert any(canaries.told_by(arguments) == {"AWS_SECRET_ACCESS_KEY"} for arguments in leaky.arguments)
    told = (site.run_dir / "logs" / "ansible.log").read_bytes()
    assert canaries.told_by(told) == {"AWS_SECRET_ACCESS_KEY"}
    assert str(site.run_dir / "logs" / "ansible.log") in scene.misplaced()

    private = canaries.secrets["private key, first"]
    logs, message = site.client("logs"), json.dumps({"key": private.decode()})
    group = logs.describe_log_groups()["logGroups"][0]["logGroupName"]
    logs.create_log_stream(logGroupName=group, logStreamName="leak")
    event = {"timestamp": int(time.time() * 1000), "message": message}
    logs.put_log_events(logGroupName=group, logStreamName="leak", logEvents=[event])
    assert canaries.told_by(log_events(logs)) == {"private key, first"}

    process = subprocess.Popen(["sleep", "60"], env={"PATH": os.defpath, "LEAK": key.decode()})
    try:
        wait_until(lambda: environment_of(process.pid).get(b"LEAK"), 10, "the process has its environment")
        assert canaries.told_by(environment_of(process.pid)[b"LEAK"]) == {"AWS_SECRET_ACCESS_KEY"}
    finally:
        process.kill()
        process.wait()

# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS does in the name of a task: from the task's place, or the task does not start."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.integration.emulator.emulator_account import EVERYTHING, TRUST, Account
from tests.integration.emulator.emulator_network import PrivateNetwork, allow
from tests.integration.emulator.emulator_site import REGION, Json, eventually

GROUP = "/ecs/shop"
LAYER_BUCKET = f"prod-{REGION}-starport-layer-bucket"
SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
DENIED = "because no VPC endpoint policy allows the"
AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "
LOGGER = "ResourceInitializationError: failed to validate logger args: "
PULL = "CannotPullContainerError: "


class Place:
    """A network with every endpoint that a task needs."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.network = PrivateNetwork(account.emulator)
        self.endpoints = {service: self.network.interface(service) for service in SERVICES}
        self.endpoints["s3"] = self.network.gateway("s3")

    def forbid(self, service: str, action: str) -> None:
        """Leave everything allowed but one action."""
        self.network.set_policy(self.endpoints[service], allow(NotAction=action))

    def cut(self, service: str) -> None:
        """Remove an endpoint."""
        self.network.ec2.delete_vpc_endpoints(VpcEndpointIds=[self.endpoints[service]])

    def run(self, definition: str, subnet: str = "", public_ip: str = "DISABLED") -> str:
        """Start a task here and return its ARN."""
        where = {
            "subnets": [subnet or self.network.tasks],
            "securityGroups": [self.network.task_group],
            "assignPublicIp": public_ip,
        }
        (task,) = self._account.ecs.run_task(
            cluster="shop",
            taskDefinition=definition,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": where},
        )["tasks"]
        return str(task["taskArn"])

    def seen(self, arn: str) -> Json:
        """Return a task once it runs or has stopped."""

        def look() -> Json | None:
            (task,) = self._account.ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"]
            return task if task["lastStatus"] in {"RUNNING", "STOPPED"} else None

        found: Json = eventually(look, "the task runs or has stopped")
        return found


@pytest.fixture(scope="module")
def definition(account: Account) -> str:
    """Register a task with a log and a secret."""
    account.emulator.client("logs").create_log_group(logGroupName=GROUP)
    secret = account.emulator.client("secretsmanager").create_secret(Name="shop", SecretString="s3cr3t")["ARN"]
    options = {"awslogs-group": GROUP, "awslogs-region": REGION, "awslogs-stream-prefix": "shop"}
    return account.definition(
        "placed",
        secrets=[{"name": "SECRET", "valueFrom": secret}],
        logConfiguration={"logDriver": "awslogs", "options": options},
    )


@pytest.fixture
def place(account: Account) -> Place:
    return Place(account)


def stop(account: Account, arn: str) -> None:
    account.ecs.stop_task(cluster="shop", task=arn)
    eventually(lambda: not account.emulator.tasks(), "the task has ended")


def test_with_its_endpoints_a_task_starts(account: Account, place: Place, definition: str) -> None:
    arn = place.run(definition)
    assert place.seen(arn)["lastStatus"] == "RUNNING"
    stop(account, arn)


def test_without_the_roles_own_permission_a_task_does_not_start(
    account: Account, place: Place, definition: str
) -> None:
    """Every call of ECS needs the execution role's permission as well as the endpoint's."""
    iam = account.emulator.client("iam")
    for action, begin in (
        ("ecr:GetAuthorizationToken", AUTH),
        ("ecr:BatchGetImage", PULL),
        ("logs:CreateLogStream", LOGGER),
        ("secretsmanager:GetSecretValue", AUTH),
    ):
        but_one = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "NotAction": action, "Resource": "*"}]}
        iam.put_role_policy(RoleName="shop-task", PolicyName="policy0", PolicyDocument=json.dumps(but_one))
        task = place.seen(place.run(definition))
        assert task["stoppedReason"].startswith(begin), action
    iam.put_role_policy(RoleName="shop-task", PolicyName="policy0", PolicyDocument=json.dumps(EVERYTHING))
    arn = place.run(definition)
    assert place.seen(arn)["lastStatus"] == "RUNNING"
    stop(account, arn)


def test_storage_is_encrypted_only_with_a_key_that_fargate_may_use_for_this_cluster(
    account: Account, place: Place, definition: str
) -> None:
    kms = account.emulator.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]

    def encrypt(arn: str) -> None:
        managed = {"fargateEphemeralStorageKmsKeyId": arn} if arn else {}
        account.ecs.update_cluster(cluster="shop", configuration={"managedStorageConfiguration": managed})

    def allow_for(cluster: str) -> None:
        of_cluster = {"StringEquals": {"kms:EncryptionContext:aws:ecs:clusterName": cluster}}
        decrypt = {**of_cluster, "ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}}
        fargate = {"Effect": "Allow", "Principal": {"Service": "fargate.amazonaws.com"}, "Resource": "*"}
        statements = [
            {**fargate, "Action": "kms:GenerateDataKeyWithoutPlaintext", "Condition": of_cluster},
            {**fargate, "Action": "kms:CreateGrant", "Condition": decrypt},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)

    encrypt(key)
    for cluster in ("", "other"):
        if cluster:
            allow_for(cluster)
        task = place.seen(place.run(definition))
        assert task["stoppedReason"].startswith("ResourceInitializationError: Fargate may not call kms:Generate")
    allow_for("shop")
    arn = place.run(definition)
    assert place.seen(arn)["lastStatus"] == "RUNNING"
    stop(account, arn)
    encrypt("")


@pytest.mark.parametrize(
    ("key", "value", "trusted"),
    [
        ("aws:SourceAccount", "123456789012", True),
        ("aws:SourceAccount", "111122223333", False),
        ("aws:SourceArn", f"arn:aws:ecs:{REGION}:123456789012:task/shop/*", True),
        ("aws:SourceArn", f"arn:aws:ecs:{REGION}:123456789012:task/other/*", False),
    ],
)
def test_a_trust_policy_knows_for_which_task_it_is_asked(
    account: Account, place: Place, definition: str, key: str, value: str, trusted: bool
) -> None:
    iam = account.emulator.client("iam")
    trust = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Condition": {"ArnLike": {key: value}}}]}
    if "Account" in key:
        trust["Statement"][0]["Condition"] = {"StringEquals": {key: value}}
    iam.update_assume_role_policy(RoleName="shop-task", PolicyDocument=json.dumps(trust))
    try:
        arn = place.run(definition)
        task = place.seen(arn)
        assert (task["lastStatus"] == "RUNNING") is trusted
        assert trusted or task["stoppedReason"].startswith("ECS was unable to assume the role")
    finally:
        iam.update_assume_role_policy(RoleName="shop-task", PolicyDocument=json.dumps(TRUST))
    if trusted:
        stop(account, arn)


def test_a_public_subnet_takes_a_public_address(account: Account, place: Place, definition: str) -> None:
    for service in place.endpoints:
        place.cut(service)
    place.network.nat()
    task = place.seen(place.run(definition, place.network.public))
    assert "connection issue between the task and Amazon ECR" in task["stoppedReason"]
    arn = place.run(definition, place.network.public, "ENABLED")
    assert place.seen(arn)["lastStatus"] == "RUNNING"
    stop(account, arn)


@pytest.mark.parametrize(
    ("change", "begin", "detail"),
    [
        (
            lambda place: place.forbid("ecr.api", "ecr:GetAuthorizationToken"),
            AUTH,
            f"{DENIED} ecr:GetAuthorizationToken",
        ),
        (lambda place: place.forbid("ecr.dkr", "ecr:BatchGetImage"), PULL, "/v2/shop/manifests/sha256:"),
        (lambda place: place.forbid("ecr.dkr", "ecr:GetDownloadUrlForLayer"), PULL, "/v2/shop/blobs/sha256"),
        (
            lambda place: place.forbid("s3", "s3:GetObject"),
            PULL,
            f"GET request to https://{LAYER_BUCKET}.s3.{REGION}.amazonaws.com/layer: 403 Forbidden",
        ),
        (lambda place: place.forbid("logs", "logs:CreateLogStream"), LOGGER, f"{DENIED} logs:CreateLogStream action"),
        (
            lambda place: place.forbid("secretsmanager", "secretsmanager:GetSecretValue"),
            AUTH,
            "unable to retrieve secret from asm: service call has been retried 1 time(s): AccessDeniedException: User: "
            "arn:aws:sts::123456789012:assumed-role/shop-task/",
        ),
        (lambda place: place.cut("ecr.api"), AUTH, "There is a connection issue between the task and Amazon ECR"),
        (lambda place: place.cut("ecr.dkr"), PULL, "failed to do request: Head"),
        (lambda place: place.cut("s3"), PULL, "failed to do request: Get"),
        (lambda place: place.cut("logs"), LOGGER, "connection issue between the task and Amazon CloudWatch"),
        (lambda place: place.cut("secretsmanager"), AUTH, "Check your task network configuration"),
    ],
)
def test_a_task_that_cannot_start_says_why(
    place: Place, definition: str, change: Callable[[Place], None], begin: str, detail: str
) -> None:
    change(place)
    task = place.seen(place.run(definition))
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith(begin)
    assert detail in task["stoppedReason"]


def test_the_layers_statement_must_not_name_principals(account: Account, place: Place, definition: str) -> None:
    layers = f"arn:aws:s3:::{LAYER_BUCKET}/*"
    place.network.set_policy(place.endpoints["s3"], allow(Action="s3:GetObject", Resource=layers))
    arn = place.run(definition)
    assert place.seen(arn)["lastStatus"] == "RUNNING"
    stop(account, arn)
    own = {"ArnEquals": {"aws:PrincipalArn": account.role}}
    place.network.set_policy(place.endpoints["s3"], allow(Action="s3:GetObject", Resource=layers, Condition=own))
    task = place.seen(place.run(definition))
    assert f"{PULL}ref pull has been retried 1 time(s): failed to copy" in task["stoppedReason"]


def test_what_a_task_says_goes_through_the_endpoint(account: Account, place: Place, definition: str) -> None:
    logs = account.emulator.client("logs")

    def said(arn: str) -> list[Json]:
        name = f"shop/app/{arn.rpartition('/')[2]}"
        events: list[Json] = logs.get_log_events(logGroupName=GROUP, logStreamName=name)["events"]
        return events

    def has_spoken(arn: str) -> bool:
        """A task is RUNNING as soon as its process is there, long before that says anything."""
        log = account.emulator.run_dir / "logs" / "tasks" / f"{arn.rpartition('/')[2]}.log"
        return log.exists() and b"\n" in log.read_bytes()

    loud = place.run(definition)
    place.seen(loud)
    eventually(lambda: has_spoken(loud), "the task says something")
    stop(account, loud)
    assert said(loud)
    place.forbid("logs", "logs:PutLogEvents")
    mute = place.run(definition)
    assert place.seen(mute)["lastStatus"] == "RUNNING"
    eventually(lambda: has_spoken(mute), "the task says something")
    stop(account, mute)
    assert said(mute) == []
    log = (account.emulator.run_dir / "logs" / "emulator.log").read_text()
    assert f"denied by the VPC endpoint policy of {place.endpoints['logs']}: User:" in log
    assert "allows the logs:PutLogEvents action" in log

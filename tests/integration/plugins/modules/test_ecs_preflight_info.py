# SPDX-License-Identifier: GPL-3.0-or-later
"""What would keep tasks from starting is told, and nothing else; the policies are judged as IAM's simulation does."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.modules import ecs_preflight_info

from emulator.control_plane.fidelity.error import AwsError
from tests.integration.plugins.modules.aws_account import AwsAccount, Json
from tests.integration.plugins.modules.test_security_examples import told

PLACE = "eu-central-1:123456789012"
LOG_GROUP = f"arn:aws:logs:{PLACE}:log-group:/ecs/shop"
REPOSITORY = f"arn:aws:ecr:{PLACE}:repository/shop"
TRUST: Json = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
PULL: Json = {"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}
LOG: Json = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": f"{LOG_GROUP}:*"}


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_role(aws: AwsAccount, name: str, *statements: Json, trust: Json = TRUST, **options: Any) -> str:
    role = aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **options)
    aws.client("iam").put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return str(role["Role"]["Arn"])


def make_secret(aws: AwsAccount) -> str:
    return str(aws.client("secretsmanager").create_secret(Name="shop", SecretString="s")["ARN"])


def reading(secret: str) -> Json:
    return {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}


def ask(aws: AwsAccount, execution: str, task: str, **options: Any) -> Json:
    """Run the module, which may write nothing."""
    aws.written()
    roles = {"execution_role_arn": execution, "task_role_arn": task}
    done = aws.run(ecs_preflight_info, repository_arn=REPOSITORY, log_group_arn=LOG_GROUP, **roles, **options)
    assert [one for one in aws.written() if not one.startswith("Simulate")] == []
    return done


def test_a_service_that_can_start_has_no_problems(aws: AwsAccount) -> None:
    secret = make_secret(aws)
    execution = make_role(aws, "execution", PULL, LOG, reading(secret))
    task = make_role(aws, "task", PULL)
    found = ask(
        aws,
        execution,
        task,
        secrets=[f"{secret}:password::"],
        capacity_provider_strategy=[{"capacity_provider": "FARGATE", "weight": 1}],
        tasks=12,
        cpu=256,
    )
    assert found == {"changed": False, "problems": [], "missing_roles": [], "start_seconds": 0, "unknown": []}
    assert set(yaml.safe_load(ecs_preflight_info.RETURN)) == set(found) - {"changed"}


def test_roles_that_are_missing_or_of_another_service(aws: AwsAccount) -> None:
    other = {**TRUST, "Principal": {"Service": "ecs.amazonaws.com"}}
    task = make_role(aws, "task", PULL, trust=other)
    missing = "arn:aws:iam::123456789012:role/execution"
    found = ask(aws, missing, task)
    assert found["missing_roles"] == [missing]
    assert [sentence.split(", so")[0] for sentence in found["problems"]] == [
        f"Role {missing} does not exist.",
        f"Role {task} does not trust ecs-tasks.amazonaws.com",
    ]


def test_what_the_execution_role_may_not_do(aws: AwsAccount) -> None:
    task = make_role(aws, "task", PULL)
    execution = make_role(aws, "execution", PULL)
    found = ask(aws, execution, task)
    assert found["problems"] == [
        f"The execution role {execution} is not allowed {action} on {LOG_GROUP}:log-stream:*."
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    ]
    denial = {**LOG, "Effect": "Deny", "Action": "logs:PutLogEvents"}
    found = ask(aws, make_role(aws, "denied", PULL, LOG, denial), task)
    assert [" is denied logs:PutLogEvents on " in sentence for sentence in found["problems"]] == [True]


def test_a_boundary_counts(aws: AwsAccount) -> None:
    made = aws.client("iam").create_policy(PolicyName="ceiling", PolicyDocument=document(LOG))
    execution = make_role(aws, "execution", PULL, LOG, PermissionsBoundary=made["Policy"]["Arn"])
    found = ask(aws, execution, make_role(aws, "task", PULL))
    assert len(found["problems"]) == 4
    assert all(" is not allowed ecr:" in sentence for sentence in found["problems"])


def test_condition_on_what_only_the_call_tells_is_no_problem(aws: AwsAccount) -> None:
    condition = {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}}
    execution = make_role(aws, "execution", PULL, {**LOG, **condition})
    assert ask(aws, execution, make_role(aws, "task", PULL))["problems"] == []


def test_secrets_that_are_not_there_or_going(aws: AwsAccount) -> None:
    task, secret = make_role(aws, "task", PULL), make_secret(aws)
    missing = f"arn:aws:secretsmanager:{PLACE}:secret:other-AbCdEf"
    parameter = f"arn:aws:ssm:{PLACE}:parameter/shop/password"
    allowed = {"Effect": "Allow", "Action": ["secretsmanager:*", "ssm:GetParameters"], "Resource": "*"}
    execution = make_role(aws, "execution", PULL, LOG, allowed)
    aws.client("secretsmanager").delete_secret(SecretId=secret)
    found = ask(aws, execution, task, secrets=[secret, missing, parameter])
    assert found["problems"] == [
        f"The secret {secret} is scheduled for deletion.",
        f"The secret {missing} does not exist.",
        f"The secret {parameter} does not exist.",
    ]
    aws.client("ssm").put_parameter(Name="/shop/password", Value="s", Type="SecureString")
    assert ask(aws, execution, task, secrets=[parameter])["problems"] == []


def test_a_secret_with_a_policy_of_its_own_may_allow_it(aws: AwsAccount) -> None:
    task, secret = make_role(aws, "task", PULL), make_secret(aws)
    execution = make_role(aws, "execution", PULL, LOG)
    (problem,) = ask(aws, execution, task, secrets=[secret])["problems"]
    assert f"is not allowed secretsmanager:GetSecretValue on {secret}" in problem
    policy = document({**reading("*"), "Principal": {"AWS": execution}})
    aws.client("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=policy)
    assert ask(aws, execution, task, secrets=[secret])["problems"] == []


def test_more_tasks_than_the_account_may_have(aws: AwsAccount) -> None:
    execution, task = make_role(aws, "execution", PULL, LOG), make_role(aws, "task", PULL)
    strategy = [{"capacity_provider": "FARGATE", "weight": 1}]
    (problem,) = ask(aws, execution, task, capacity_provider_strategy=strategy, tasks=40, cpu=256)["problems"]
    assert "FARGATE gives this account 6 vCPU in this region" in problem
    assert "need 10." in problem


def test_how_long_the_tasks_that_run_took_to_start(aws: AwsAccount) -> None:
    execution, task = make_role(aws, "execution", PULL, LOG), make_role(aws, "task", PULL)
    place = {"cluster": "shop", "service": "shop"}
    # Before the first run there is neither cluster nor service.
    assert ask(aws, execution, task, **place)["start_seconds"] == 0
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="shop")
    container = {"name": "app", "image": "app", "memory": 64}
    ecs.register_task_definition(family="shop", containerDefinitions=[container])
    assert ask(aws, execution, task, **place)["start_seconds"] == 0
    ecs.create_service(cluster="shop", serviceName="shop", taskDefinition="shop", desiredCount=0, launchType="EC2")
    assert ask(aws, execution, task, **place)["start_seconds"] == 0


def test_who_may_not_ask_is_told_what_is_unknown(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    execution, task = make_role(aws, "execution", PULL, LOG), make_role(aws, "task", PULL)

    def forbid(*arguments: Any, **options: Any) -> None:
        raise AwsError("AccessDeniedException", "No policy allows it")

    monkeypatch.setattr("moto.servicequotas.models.ServiceQuotasBackend.get_service_quota", forbid)
    strategy = [{"capacity_provider": "FARGATE", "weight": 1}]
    found = ask(aws, execution, task, capacity_provider_strategy=strategy, tasks=40, cpu=256)
    assert (found["problems"], len(found["unknown"])) == ([], 1)
    assert "look at the quota of FARGATE" in found["unknown"][0]


def test_arguments_are_documented_as_they_are() -> None:
    documented = yaml.safe_load(ecs_preflight_info.DOCUMENTATION)["options"]
    assert told(documented, "suboptions") == told(ecs_preflight_info.ARGUMENT_SPEC, "options")

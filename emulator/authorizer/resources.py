# SPDX-License-Identifier: GPL-3.0-or-later
"""Which resources a request of a JSON or query protocol names, for the services that applications call from a task.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.authorizer import deployment_resources
from emulator.authorizer.call import HttpRequest
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID

# Actions that know no resource: policies have to allow them on `*`.
ON_NOTHING = frozenset(
    {
        ("ecr", "GetAuthorizationToken"),
        ("kms", "CreateKey"),
        ("kms", "GenerateRandom"),
        ("kms", "ListAliases"),
        ("kms", "ListKeys"),
        ("logs", "DescribeLogGroups"),
        ("logs", "DescribeResourcePolicies"),
        ("logs", "PutResourcePolicy"),
        ("logs", "DeleteResourcePolicy"),
        ("monitoring", "GetMetricData"),
        ("monitoring", "GetMetricStatistics"),
        ("monitoring", "ListMetrics"),
        ("secretsmanager", "GetRandomPassword"),
        ("secretsmanager", "ListSecrets"),
        ("ssm", "DescribeParameters"),
        ("sns", "ListSubscriptions"),
        ("sns", "ListTopics"),
        ("sqs", "ListQueues"),
        ("sts", "GetCallerIdentity"),
    }
)


def of(http: HttpRequest, inventory: Inventory) -> tuple[str, ...]:
    """Return the ARNs that a request names, `*` for an action without resource; nothing if they are not known."""
    if (http.service, http.operation) in ON_NOTHING:
        return ("*",)
    reader = READERS.get(http.service)
    if reader is None:
        return deployment_resources.of(http, inventory)
    return tuple(arn for arn in reader(http, inventory) if arn)


def _ecr(http: HttpRequest, inventory: Inventory) -> list[str]:
    """Who looks for repositories without naming them asks about all."""
    body = http.arguments
    if tagged := body.get("resourceArn"):
        return [tagged]
    unnamed = "*" if http.operation == "DescribeRepositories" else None
    names = body.get("repositoryNames") or [body.get("repositoryName") or unnamed]
    account = body.get("registryId", ACCOUNT_ID)
    return [f"arn:aws:ecr:{http.region}:{account}:repository/{name}" for name in names if name]


def _logs(http: HttpRequest, inventory: Inventory) -> list[str]:
    """Actions on groups are judged on the stream, too; without one its name is empty."""
    body = http.arguments
    group = body.get("logGroupName") or body.get("logGroupIdentifier")
    if arn := body.get("resourceArn"):
        # Of tags the ARN without an end is asked for (AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl).
        return [arn.removesuffix(":*")]
    if group is None:
        return []
    name = group.rpartition(":log-group:")[2].removesuffix(":*")
    stream = body.get("logStreamName", "")
    return [f"arn:aws:logs:{http.region}:{ACCOUNT_ID}:log-group:{name}:log-stream:{stream}"]


def _kms(http: HttpRequest, inventory: Inventory) -> list[str]:
    """Without KeyId, as Decrypt may be called, the ciphertext knows the key; an alias is a resource besides its key.

    A key that does not exist is for KMS to miss, whoever asks.
    """
    body = http.arguments
    if http.operation == "ReEncrypt":  # two actions on two keys
        return []
    name = body.get("KeyId") or body.get("TargetKeyId") or body.get("AliasName", "")
    if not name and "CiphertextBlob" in body:
        return [inventory.ciphertext_key(body["CiphertextBlob"]) or ""]
    if not name:
        return []
    key = name if ":key/" in name else inventory.key_arn(name.rpartition(":")[2]) or "*"
    alias = body.get("AliasName")
    return [key, f"arn:aws:kms:{http.region}:{ACCOUNT_ID}:{alias}"] if alias else [key]


def _secrets(http: HttpRequest, inventory: Inventory) -> list[str]:
    name = http.arguments.get("SecretId", "")
    if name.startswith("arn:"):
        return [name]
    # A secret that does not exist has no suffix that a policy could know.
    unknown = f"arn:aws:secretsmanager:{http.region}:{ACCOUNT_ID}:secret:{name}"
    return [inventory.secret_arn(name) or unknown] if name else []


def _parameters(http: HttpRequest, inventory: Inventory) -> list[str]:
    names = http.arguments.get("Names") or [http.arguments.get("Name") or http.arguments.get("Path")]
    arn = f"arn:aws:ssm:{http.region}:{ACCOUNT_ID}:parameter/"
    return [name if name.startswith("arn:") else f"{arn}{name.removeprefix('/')}" for name in names if name]


def _role(http: HttpRequest, inventory: Inventory) -> list[str]:
    return [http.form.get("RoleArn", "")]


def _queue(http: HttpRequest, inventory: Inventory) -> list[str]:
    parameters: Mapping[str, Any] = http.parameters
    if url := parameters.get("QueueUrl"):
        account, name = url.split("/")[-2:]
        return [f"arn:aws:sqs:{http.region}:{account}:{name}"]
    name = parameters.get("QueueName")
    return [f"arn:aws:sqs:{http.region}:{ACCOUNT_ID}:{name}"] if name else []


def _topic(http: HttpRequest, inventory: Inventory) -> list[str]:
    form = http.form
    if name := form.get("Name"):
        return [f"arn:aws:sns:{http.region}:{ACCOUNT_ID}:{name}"]
    # A subscription is judged as its topic.
    subscribed = form.get("SubscriptionArn", "").rpartition(":")[0]
    return [form.get("TopicArn") or form.get("TargetArn") or form.get("ResourceArn") or subscribed]


READERS: Mapping[str, Callable[[HttpRequest, Inventory], list[str]]] = {
    "ecr": _ecr,
    "kms": _kms,
    "logs": _logs,
    "secretsmanager": _secrets,
    "sns": _topic,
    "sqs": _queue,
    "ssm": _parameters,
    "sts": _role,
}

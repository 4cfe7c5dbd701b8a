# SPDX-License-Identifier: GPL-3.0-or-later
"""What deployments of the stand-in have in common. The fixture `deploy` begins one and follows it to its end."""

from __future__ import annotations

from collections.abc import Callable

from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Json

LOG_GROUP = "/shop/app"
LOGGING = {
    "logDriver": "awslogs",
    "options": {
        "awslogs-group": LOG_GROUP,
        "awslogs-region": "eu-central-1",
        "awslogs-stream-prefix": "shop",
    },
}
Deploy = Callable[..., Json]


def definition(account: Account, container: Json) -> Json:
    """Return the definition of a task with one container, whose `variables` are those of its environment."""
    variables = container.pop("variables", {})
    content = {
        "name": "app",
        "image": account.image,
        "portMappings": [{"containerPort": 8443}],
        "environment": [{"name": name, "value": value} for name, value in variables.items()],
        "logConfiguration": LOGGING,
        **container,
    }
    return {
        "family": "shop",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": 256,
        "memory": 512,
        "taskRoleArn": account.role,
        "executionRoleArn": account.role,
        "containerDefinitions": [content],
    }

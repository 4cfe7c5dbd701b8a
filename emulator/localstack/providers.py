# SPDX-License-Identifier: GPL-3.0-or-later
"""What of LocalStack has to be there before moto is patched."""

from __future__ import annotations

import importlib

from localstack import constants

from emulator.localstack import requests
from emulator.settings import ACCOUNT_ID

# Those that patch moto while they are imported. They find what they patch by its name, which a patch of ours hides.
PATCHING = ("acm", "ec2", "iam", "sts")

# Actions of its own that pass by the patches of moto's: a policy of an endpoint was read without its version, so that
# it was written anew each time, and a simulation of policies told roles that they may not do what they may.
PASSING_BY = {
    "ec2": ("Ec2Provider", ("describe_vpc_endpoints", "modify_vpc_endpoint")),
    "iam": ("IamProvider", ("simulate_principal_policy",)),
}


def load() -> None:
    """Import the providers that patch moto, and have one account."""
    # As in moto, each access key belongs to the one account: LocalStack reads accounts out of keys.
    constants.DEFAULT_AWS_ACCOUNT_ID = ACCOUNT_ID
    requests.install()
    for service in PATCHING:
        importlib.import_module(f"localstack.services.{service}.provider")
    for service, (provider, actions) in PASSING_BY.items():
        for action in actions:
            delattr(getattr(importlib.import_module(f"localstack.services.{service}.provider"), provider), action)

# SPDX-License-Identifier: GPL-3.0-or-later
"""What of LocalStack has to be there before moto is patched."""

from __future__ import annotations

import importlib

from localstack import constants

from emulator.localstack import requests
from emulator.settings import ACCOUNT_ID

# Those that patch moto while they are imported. They find what they patch by its name, which a patch of ours hides.
PATCHING = ("acm", "ec2", "iam", "sts")


def load() -> None:
    """Import the providers that patch moto, and have one account."""
    # As in moto, each access key belongs to the one account: LocalStack reads accounts out of keys.
    constants.DEFAULT_AWS_ACCOUNT_ID = ACCOUNT_ID
    requests.install()
    for service in PATCHING:
        importlib.import_module(f"localstack.services.{service}.provider")
    # LocalStack's own passes by the patches of moto's: the same policy was written anew each time.
    del importlib.import_module("localstack.services.ec2.provider").Ec2Provider.modify_vpc_endpoint
    # And its simulation of policies knows less than ours: roles that are allowed something were told to be denied it.
    del importlib.import_module("localstack.services.iam.provider").IamProvider.simulate_principal_policy

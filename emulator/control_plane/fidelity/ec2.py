# SPDX-License-Identifier: GPL-3.0-or-later
"""What EC2 has in common for all its resources, as AWS answers it."""

from __future__ import annotations

from typing import Any

from moto.ec2 import utils
from moto.ec2.models import tags


def apply() -> None:
    """Install the patches."""
    _name_nat_gateways_in_tags(utils, tags)


def _name_nat_gateways_in_tags(*modules: Any) -> None:
    """AWS: DescribeTags says `natgateway`. moto: `nat-gateway`, so `ec2_vpc_nat_gateway` tags again for ever."""
    for module in modules:
        module.EC2_PREFIX_TO_RESOURCE["nat"] = "natgateway"

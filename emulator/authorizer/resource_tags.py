# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags of resources that have an id and no name, so that only their tags tell whose they are: aws:ResourceTag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from emulator.settings import ACCOUNT_ID, REGION


def of(arn: str) -> Mapping[str, str]:
    """Return the tags of a resource of the account; of services that are not listed here, none."""
    parts = arn.split(":", 5)
    reader = READERS.get(parts[2]) if len(parts) == 6 and parts[4] == ACCOUNT_ID and parts[3] == REGION else None
    return reader(arn, parts[5]) if reader else {}


def _ec2(arn: str, name: str) -> Mapping[str, str]:
    tags: Any = ec2_backends[ACCOUNT_ID][REGION].tags
    found: dict[str, str] = dict(tags.get(name.rpartition("/")[2], {}))
    return found


def _key(arn: str, name: str) -> Mapping[str, str]:
    tagger: Any = kms_backends[ACCOUNT_ID][REGION].tagger
    found: dict[str, str] = tagger.get_tag_dict_for_resource(name.removeprefix("key/"))
    return found


def _certificate(arn: str, name: str) -> Mapping[str, str]:
    found: Any = acm_backends[ACCOUNT_ID][REGION]._certificates.get(arn)
    return {key: value or "" for key, value in found.tags.items()} if found else {}


READERS: Mapping[str, Callable[[str, str], Mapping[str, str]]] = {"acm": _certificate, "ec2": _ec2, "kms": _key}

# SPDX-License-Identifier: GPL-3.0-or-later
"""The live state as a CloudFormation template: a pure function, so that judges see only what AWS answered."""

from __future__ import annotations

from typing import Any

from tests.audit.state.reading import Item, State
from tests.audit.template import data, edge, firewall, identity, network, service, watching
from tests.audit.template.resource import Resource

BUILDERS = (network, firewall, identity, data, service, edge, watching)


class UnexportedState(Exception):
    """Two resources would have the same logical id, so that one of them would not be judged."""


def template(state: State) -> Item:
    """Return the template of everything in the state; raise UnexportedState if it would lose a resource."""
    found = [resource for builder in BUILDERS for resource in builder.resources(state)]
    by_id = {resource.logical_id: resource for resource in found}
    if len(by_id) < len(found):
        twice = sorted({item.logical_id for item in found if by_id[item.logical_id] is not item})
        raise UnexportedState(f"two resources are called {', '.join(twice)}")
    references = {text: _reference(item, attribute) for item in found for text, attribute in item.known_as.items()}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The live state of an account, read by its API",
        "Resources": {
            name: {"Type": item.type, "Properties": _linked(item.properties, references, item)}
            for name, item in sorted(by_id.items())
        },
    }


def _reference(resource: Resource, attribute: str) -> Item:
    if attribute:
        return {"Fn::GetAtt": [resource.logical_id, attribute]}
    return {"Ref": resource.logical_id}


def _linked(value: Any, references: dict[str, Item], owner: Resource) -> Any:
    """Replace ids and ARNs by references, as judges that follow references need; policies keep what they say."""
    if isinstance(value, list):
        return [_linked(item, references, owner) for item in value]
    if isinstance(value, dict):
        if "Statement" in value:
            return value
        return {key: _linked(item, references, owner) for key, item in value.items()}
    if isinstance(value, str) and value in references and value not in owner.known_as:
        return references[value]
    return value

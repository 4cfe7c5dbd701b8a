# SPDX-License-Identifier: GPL-3.0-or-later
"""The live state of an account in one region, read and never written."""

from __future__ import annotations

from tests.audit.state import data, identity, network, service
from tests.audit.state.reading import Clients, State


def read(clients: Clients) -> State:
    """Return what AWS answers about everything that a stack may have made."""
    return network.read(clients) | identity.read(clients) | data.read(clients) | service.read(clients)

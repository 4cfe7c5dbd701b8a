# SPDX-License-Identifier: GPL-3.0-or-later
"""The insecure twin: what the roles let people open, and what only the API lets them break."""

from __future__ import annotations

from pathlib import Path

from tests.audit import state
from tests.audit.state.reading import Clients
from tests.audit.twin.data import break_data
from tests.audit.twin.identity import break_identity
from tests.audit.twin.network import break_network
from tests.audit.twin.service import break_service

INVENTORY = Path(__file__).with_name("inventory.yml")


def break_everything(clients: Clients) -> None:
    """Inject every fault into a deployed stack; roles and keys come last, since others are made with them."""
    found = state.read(clients)
    for fault in (break_service, break_data, break_network, break_identity):
        fault(clients, found)

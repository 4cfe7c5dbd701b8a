# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Application Load Balancer of the embedded AWS.

`snapshot(backend, targets, certificates)` reads moto's ELBv2 state under the caller's lock; `LoadBalancer.publish`
brings the snapshot into effect without it.
"""

from __future__ import annotations

from .load_balancer import LoadBalancer
from .model import Health, LoadBalancerError, Snapshot, Target
from .state import snapshot

__all__ = ["Health", "LoadBalancer", "LoadBalancerError", "Snapshot", "Target", "snapshot"]

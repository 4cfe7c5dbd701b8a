# SPDX-License-Identifier: GPL-3.0-or-later
"""The ECS side of the embedded AWS: services become processes."""

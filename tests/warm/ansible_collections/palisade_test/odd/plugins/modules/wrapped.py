# SPDX-License-Identifier: GPL-3.0-or-later
"""The action of the same name runs instead."""

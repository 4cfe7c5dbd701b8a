# SPDX-License-Identifier: GPL-3.0-or-later
"""Application Auto Scaling's part of the embedded AWS: what changes the number of tasks of a service."""

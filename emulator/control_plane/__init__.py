# SPDX-License-Identifier: GPL-3.0-or-later
"""moto server, made faithful where it is not, behind an edge of our own."""

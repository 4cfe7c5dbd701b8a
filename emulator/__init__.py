# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded AWS: a test bed on loopback that ends with a working site."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the application: a TLS server that says who it is."""

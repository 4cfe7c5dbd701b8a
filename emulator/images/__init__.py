# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the embedded AWS: directories that stand for what a registry would hold."""

# SPDX-License-Identifier: GPL-3.0-or-later
"""LocalStack as the control plane of the embedded AWS, in an environment of its own."""

# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the shop share."""

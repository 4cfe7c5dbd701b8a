# SPDX-License-Identifier: GPL-3.0-or-later
"""What those who distribute and review collections demand of one, tried on the tarball that is published."""

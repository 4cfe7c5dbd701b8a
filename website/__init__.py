# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation as a site: the Markdown of the checkout, and what plugins and roles say of themselves."""

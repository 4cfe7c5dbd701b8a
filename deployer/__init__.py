# SPDX-License-Identifier: GPL-3.0-or-later
"""The minimum policy of who deploys: made of what `site.yml` asks for, and published in docs/deployer-policy."""

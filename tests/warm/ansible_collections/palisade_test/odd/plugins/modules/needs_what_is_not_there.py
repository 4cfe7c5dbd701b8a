#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fail while it is imported."""

from __future__ import annotations

import a_library_that_nobody_has  # noqa: F401
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Do nothing."""
    AnsibleModule({}).exit_json()


if __name__ == "__main__":
    main()

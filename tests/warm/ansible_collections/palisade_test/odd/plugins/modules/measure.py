#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the process that a module finds itself in."""

from __future__ import annotations

import os
import resource

from ansible.module_utils.basic import AnsibleModule


def _files() -> list[str]:
    """Return the files that are open besides the three streams and those that lead nowhere."""
    files = []
    for number in os.listdir("/proc/self/fd"):
        try:
            files += [os.readlink(f"/proc/self/fd/{number}")] if int(number) > 2 else []
        except FileNotFoundError:  # the one that listed the directory
            continue
    return [file for file in files if file != os.devnull]


def main() -> None:
    """Measure."""
    module = AnsibleModule({}, supports_check_mode=True)
    descriptors = len(os.listdir("/proc/self/fd"))
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    module.exit_json(descriptors=descriptors, files=_files(), resident_kib=resident)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# WANT_JSON
"""Read the arguments from a file, as modules did before there was a library for it."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    arguments = json.load(file)
print(json.dumps({"changed": True, "text": arguments.get("text"), "check": arguments["_ansible_check_mode"]}))

# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what parliament says of policies; runs in the judges' environment: `python parliament.py QUESTION`."""

import json
import sys
from pathlib import Path

# This file is called like the package; its own directory would be searched first.
sys.path.pop(0)

import parliament

policies = json.loads(Path(sys.argv[1]).read_text())
answers = {
    name: [
        {"issue": finding.issue, "severity": finding.severity, "detail": finding.detail}
        for finding in map(parliament.enhance_finding, parliament.analyze_policy_string(json.dumps(policy)).findings)
    ]
    for name, policy in policies.items()
}
print(json.dumps(answers))

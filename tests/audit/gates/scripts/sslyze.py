# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what sslyze says of servers; runs in the judges' environment: `python sslyze.py QUESTION`."""

import json
import sys
from pathlib import Path
from typing import Any

# This file is called like the package; its own directory would be searched first.
sys.path.pop(0)

import sslyze
from sslyze.mozilla_tls_profile import tls_config_checker as mozilla


def issues_of(result: Any, configuration: Any) -> dict[str, str]:
    """Return what is wrong with a server by criterion; a server that could not be scanned ends the script."""
    try:
        mozilla.check_server_against_tls_configuration(result, configuration)
    except mozilla.ServerNotCompliantWithTlsConfiguration as problem:
        return dict(problem.issues)
    return {}


asked = json.loads(Path(sys.argv[1]).read_text())
trust = sslyze.CertificateInfoExtraArgument(custom_ca_file=Path(asked["authority"]))
scanner = sslyze.Scanner()
scanner.queue_scans(
    sslyze.ServerScanRequest(
        server_location=sslyze.ServerNetworkLocation(
            hostname=server["host"], ip_address=server["address"], port=server["port"]
        ),
        scan_commands_extra_arguments=sslyze.ScanCommandsExtraArguments(certificate_info=trust),
    )
    for server in asked["servers"].values()
)
configuration = mozilla.MozillaTlsConfiguration.get(mozilla.TlsConfigurationEnum.MOZILLA_INTERMEDIATE)
names = {(server["address"], server["port"]): name for name, server in asked["servers"].items()}
answers = {}
for result in scanner.get_results():
    location = result.server_location
    answers[names[location.ip_address, location.port]] = issues_of(result, configuration)
print(json.dumps(answers))

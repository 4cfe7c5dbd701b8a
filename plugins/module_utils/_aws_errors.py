# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How services say that something is missing, which is no failure of who lists or deletes it."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler


def missing_as(*codes: str) -> type[AWSErrorHandler]:
    """Return the handler of the errors of a service that says with these codes that something is missing."""

    class Handler(AWSErrorHandler):
        @classmethod
        def _is_missing(cls) -> Any:
            return is_boto3_error_code(list(codes))

    return Handler


# Those of the services that several files call.
CloudWatchErrorHandler = missing_as("DashboardNotFoundError", "ResourceNotFound", "ResourceNotFoundException")
EcsErrorHandler = missing_as("ClusterNotFoundException", "ServiceNotActiveException", "ServiceNotFoundException")
ElbErrorHandler = missing_as("ListenerNotFound", "LoadBalancerNotFound", "RuleNotFound", "TargetGroupNotFound")
LogsErrorHandler = missing_as("ResourceNotFoundException")
ScalingErrorHandler = missing_as("ObjectNotFoundException")

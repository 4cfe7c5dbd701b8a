# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a module that asks one service ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError


def finish(
    module: Any,
    client: Any,
    run: Callable[[Any, Any], dict[str, Any]],
    advice: Callable[[str], str] = lambda _error: "",
) -> None:
    """Run a module and exit with its result, or fail with what its plan or AWS refused.

    Modules make the client themselves: warm execution reads in their source whose data to load ahead. `advice` returns
    what to do about an error of AWS's, or nothing.
    """
    try:
        result = run(module, client)
    except PlanError as error:
        module.fail_json(msg=str(error))
    except AnsibleAWSError as error:
        if hint := advice(str(error)):
            module.fail_json(msg=f"{error}. {hint}")
        module.fail_json_aws_error(error)
    module.exit_json(**result)

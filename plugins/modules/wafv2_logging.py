#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage what a web ACL of AWS WAF logs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wafv2_logging
author: Palisade contributors (!UNKNOWN)
short_description: Manage what a web ACL of AWS WAF logs, and where
version_added: 0.1.0
description:
  - Sets or removes the logging configuration of a web ACL, with fields that are kept out of the logs.
  - Neither amazon.aws nor community.aws has a module for it.
options:
  state:
    description:
      - With V(present) the web ACL logs as the other options say.
      - With V(absent) it does not log.
    type: str
    choices: [present, absent]
    default: present
  web_acl_arn:
    description: The web ACL.
    type: str
    required: true
  destination_arn:
    description:
      - A log group of Amazon CloudWatch Logs, an S3 bucket, or a delivery stream of Amazon Data Firehose. Its name has
        to begin with C(aws-waf-logs-).
      - A log group or a delivery stream has to be in the account and the region of the web ACL.
      - Required with O(state=present).
    type: str
  redacted_headers:
    description:
      - The headers whose values are replaced by C(REDACTED) in the logs. Case does not matter.
      - Sampled requests, which the console of AWS WAF shows, are not affected.
    type: list
    elements: str
    default: [authorization, cookie]
  redacted_parts:
    description: What else of a request is kept out of the logs.
    type: list
    elements: str
    choices: [method, query_string, uri_path]
    default: []
  logging_filter:
    description: Which requests are logged. Without it all are.
    type: dict
    suboptions:
      default_behavior:
        description: What becomes of the requests that no filter matches.
        type: str
        choices: [KEEP, DROP]
        required: true
      filters:
        description: The filters, in the order in which they are tried.
        type: list
        elements: dict
        required: true
        suboptions:
          behavior:
            description: What becomes of the requests that match.
            type: str
            choices: [KEEP, DROP]
            required: true
          requirement:
            description: Whether a request has to meet all conditions or any of them.
            type: str
            choices: [MEETS_ALL, MEETS_ANY]
            default: MEETS_ANY
          actions:
            description: Conditions that a rule acted in this way.
            type: list
            elements: str
            choices: [ALLOW, BLOCK, COUNT, CAPTCHA, CHALLENGE, EXCLUDED_AS_COUNT]
            default: []
          labels:
            description: Conditions that a rule gave the request this label, with its namespace.
            type: list
            elements: str
            default: []
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the configuration before and after.
    support: full
notes:
  - AWS WAF writes to a log group by the resource policy C(AWSWAF-LOGS), which it makes itself if the caller may.
    A region has ten such policies at most.
seealso:
  - module: community.aws.wafv2_web_acl
  - name: Logging AWS WAF protection pack (web ACL) traffic
    description: AWS's own description.
    link: https://docs.aws.amazon.com/waf/latest/developerguide/logging.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Log all requests, without credentials
  palisade.ecs.wafv2_logging:
    region: eu-central-1
    web_acl_arn: "{{ web_acl.arn }}"
    destination_arn: arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-shop

- name: Log only what was blocked or counted
  palisade.ecs.wafv2_logging:
    region: eu-central-1
    web_acl_arn: "{{ web_acl.arn }}"
    destination_arn: arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-shop
    logging_filter:
      default_behavior: DROP
      filters:
        - behavior: KEEP
          actions: [BLOCK, COUNT]

- name: Log nothing
  palisade.ecs.wafv2_logging:
    region: eu-central-1
    web_acl_arn: "{{ web_acl.arn }}"
    state: absent
"""

RETURN = r"""
web_acl_arn:
  description: The web ACL.
  returned: success
  type: str
destination_arn:
  description: Where it logs. Empty, as all that follows, with O(state=absent).
  returned: success
  type: str
  sample: arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-shop
redacted_headers:
  description: The headers that are kept out of the logs, in lower case and sorted.
  returned: success
  type: list
  elements: str
  sample: [authorization, cookie]
redacted_parts:
  description: What else is kept out of the logs, sorted.
  returned: success
  type: list
  elements: str
logging_filter:
  description: Which requests are logged, with the keys of O(logging_filter). Empty if all are.
  returned: success
  type: dict
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _wafv2_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._wafv2_logging_plan import desired, request, view

ACTIONS = ["ALLOW", "BLOCK", "COUNT", "CAPTCHA", "CHALLENGE", "EXCLUDED_AS_COUNT"]
FILTER = {
    "behavior": {"type": "str", "choices": ["KEEP", "DROP"], "required": True},
    "requirement": {"type": "str", "choices": ["MEETS_ALL", "MEETS_ANY"], "default": "MEETS_ANY"},
    "actions": {"type": "list", "elements": "str", "choices": ACTIONS, "default": []},
    "labels": {"type": "list", "elements": "str", "default": []},
}
LOGGING_FILTER = {
    "default_behavior": {"type": "str", "choices": ["KEEP", "DROP"], "required": True},
    "filters": {"type": "list", "elements": "dict", "required": True, "options": FILTER},
}
PARTS = ["method", "query_string", "uri_path"]
ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "web_acl_arn": {"type": "str", "required": True},
    "destination_arn": {"type": "str"},
    "redacted_headers": {"type": "list", "elements": "str", "default": ["authorization", "cookie"]},
    "redacted_parts": {"type": "list", "elements": "str", "choices": PARTS, "default": []},
    "logging_filter": {"type": "dict", "options": LOGGING_FILTER},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    web_acl_arn = module.params["web_acl_arn"]
    after = desired(module.params)
    found = api.get_logging(client, web_acl_arn)
    before = view(found or {})
    changed = before != after
    if changed and not module.check_mode:
        if after["destination_arn"]:
            api.put_logging(client, request(web_acl_arn, after))
        else:
            api.delete_logging(client, web_acl_arn)
    shown = {"before": before if found else {}, "after": after if after["destination_arn"] else {}}
    return {"changed": changed, "web_acl_arn": web_acl_arn, **after, **({"diff": shown} if module._diff else {})}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["destination_arn"])],
        supports_check_mode=True,
    )
    finish(module, module.client("wafv2"), run)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Form every name and ARN of a stack, in one place."""

from __future__ import annotations

DOCUMENTATION = r"""
name: names
author: Palisade contributors (!UNKNOWN)
short_description: Form the names and ARNs of a stack
version_added: 0.1.0
description:
  - Every name and ARN that can be formed before a resource exists is formed here and nowhere else, so that a
    policy may name a table which is yet to be made, and two roles never disagree about a name.
  - Reads C(palisade_name), C(palisade_environment), C(palisade_account_id), C(palisade_region) and
    C(palisade_partition), which is that of the region unless set, and says clearly which of them is malformed.
  - C(palisade_table_generation) is the number of the table in use, 0 for the first one, which is the default. Each
    restore makes the next one.
  - C(palisade_service) is the name of a further service of the stack, which has an ECS service, target groups, alarms
    and a dashboard of its own. Empty, which is the default, means the first one.
  - C(palisade_other_table_generation) is the number of another table that tasks may use, too. Only a restore sets it,
    for as long as it takes.
options:
  _terms:
    description:
      - The resources to name. One of V(stack), V(cluster), V(service), V(task_family), V(container), V(log_streams),
        V(partition), V(dns_suffix), V(account_root), V(ecs_resources), V(layer_bucket), V(log_group), V(log_groups),
        V(insights_log_group), V(load_balancer), V(listeners), V(listener_rules), V(target_group),
        V(other_target_group), V(flow_logs), V(alarms), V(service_alarms), V(dashboard), V(backups),
        V(backup_vault), V(table),
        V(table_indexes), V(other_table), V(first_table),
        V(first_table_backups), V(restored_tables), V(restored_table_backups), V(repository),
        V(execution_role), V(task_role), V(infrastructure_role), V(flow_log_role), V(backup_role), V(execution_policy),
        V(task_policy), V(infrastructure_policy), V(flow_log_policy), V(backup_policy),
        V(boundary), V(data_key_alias), V(logs_key_alias), V(images_key_alias), V(missing_key),
        V(missing_load_balancer), V(missing_target_group), V(missing_listener_rule), V(missing_web_acl), V(web_acl),
        V(waf_log_group), V(flow_log_group), V(log_bucket),
        V(alarm_topic), V(registry).
    required: true
    type: list
    elements: str
  table_generation:
    description: Name the table of this generation instead of C(palisade_table_generation).
    type: int
"""

EXAMPLES = r"""
- name: Name the table
  ansible.builtin.debug:
    msg: "{{ lookup('palisade.ecs.names', 'table').arn }}"

- name: Name the first restored table, whichever is in use
  ansible.builtin.debug:
    msg: "{{ lookup('palisade.ecs.names', 'table', table_generation=1).name }}"
"""

RETURN = r"""
_raw:
  description: One dictionary per term with C(name) and, where the ARN can be formed in advance, C(arn).
  type: list
  elements: dict
  sample: [{"name": "shop-dev", "arn": "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev"}]
"""

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase
from ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names import NameProblem, StackNames, partition_of

INPUTS = ("palisade_name", "palisade_environment", "palisade_account_id", "palisade_region", "palisade_partition")
OPTIONAL_INPUTS = {"palisade_table_generation": "0", "palisade_other_table_generation": "", "palisade_service": ""}


class LookupModule(LookupBase):
    """Give ``lookup('palisade.ecs.names', 'table')`` its answer."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, str]]:
        """Return one dictionary per term; raise AnsibleError naming the variable that is missing or malformed."""
        values = {name: self._input(name, variables or {}) for name in (*INPUTS, *OPTIONAL_INPUTS)}
        values |= {f"palisade_{name}": str(value) for name, value in kwargs.items() if name == "table_generation"}
        try:
            names = StackNames(**{name.removeprefix("palisade_"): value for name, value in values.items()})
            return [names.of(term) for term in terms]
        except NameProblem as problem:
            raise AnsibleError(str(problem)) from None  # Ansible would print the cause a second time

    def _input(self, name: str, variables: dict[str, Any]) -> str:
        if name == "palisade_partition" and name not in variables:
            return partition_of(self._input("palisade_region", variables))
        if name not in variables and name in OPTIONAL_INPUTS:
            return OPTIONAL_INPUTS[name]
        if name not in variables:
            raise AnsibleError(f"{name} is not set. Set it in the inventory: see inventories/dev for an example.")
        return str(self._templar.template(variables[name]))

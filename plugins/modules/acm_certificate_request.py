#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Request a public certificate of AWS Certificate Manager."""

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_certificate_request
author: Palisade contributors (!UNKNOWN)
short_description: Request a public certificate of AWS Certificate Manager, validated by DNS
version_added: 0.1.0
description:
  - Requests a certificate that ACM issues and renews, puts its validation records into Route 53, and waits for it.
  - M(community.aws.acm_certificate) imports certificates only.
  - The certificate is found by its set of domains, its key algorithm and its tag C(Name), and never requested twice.
    None of these can be changed. Another one is another certificate, and the first is removed by a task of its own.
options:
  state:
    description:
      - With V(present) the certificate is requested, validated and, with O(wait), issued.
      - With V(absent) there is none. Its validation records stay, because they hold for every other certificate of the
        account for these domains, in all regions.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The tag C(Name) of the certificate.
    type: str
    required: true
  domain_name:
    description: The first domain, of 64 characters at most. A wildcard is one as well, for one level.
    type: str
    required: true
  subject_alternative_names:
    description: Further domains. Their order does not matter. ACM allows for ten domains unless the quota is raised.
    type: list
    elements: str
    default: []
  key_algorithm:
    description: The kind of key. Load balancers take all of these.
    type: str
    choices: [RSA_2048, EC_prime256v1, EC_secp384r1]
    default: EC_prime256v1
  zone:
    description:
      - The public zone of Route 53 for the validation records, by its name. All domains have to be in it.
      - Without it RV(validation_records) has to be put into another DNS, where it has to stay for the renewals.
    type: str
  wait:
    description:
      - Wait until the certificate is issued.
      - By default that is done with O(zone) only. Otherwise nobody knows the validation records yet.
    type: bool
  wait_timeout:
    description: How many seconds to wait at most. ACM takes minutes once the records are there, at times half an hour.
    type: int
    default: 1800
  tags:
    description: Tags of the certificate, besides C(Name).
    type: dict
    default: {}
  purge_tags:
    description: Remove tags that are not in O(tags).
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows domains, key algorithm, tags and the validation records in the zone, before and after.
    support: full
notes:
  - A certificate that is C(FAILED), C(VALIDATION_TIMED_OUT), C(EXPIRED) or C(REVOKED) is a failure that says why.
  - A certificate that ends within 30 days, or whose renewal has come to a halt, is a warning.
seealso:
  - module: community.aws.acm_certificate
  - name: DNS validation
    description: AWS's own description.
    link: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Have a certificate for the shop
  palisade.ecs.acm_certificate_request:
    region: eu-central-1
    name: shop-dev
    domain_name: shop.example.com
    subject_alternative_names: ["*.shop.example.com"]
    zone: example.com

# With the DNS elsewhere: whoever keeps it creates validation_records; a second task may wait for the certificate.
- name: Ask for the records
  palisade.ecs.acm_certificate_request:
    region: eu-central-1
    name: shop-dev
    domain_name: shop.example.org
  register: certificate

- name: Remove it
  palisade.ecs.acm_certificate_request:
    region: eu-central-1
    name: shop-dev
    domain_name: shop.example.org
    state: absent
"""

RETURN = r"""
certificate_arn:
  description: The certificate. Empty if there is none, or in check mode none yet.
  returned: success
  type: str
  sample: arn:aws:acm:eu-central-1:123456789012:certificate/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111
domains:
  description: All its domains, in lower case and sorted. Empty, as all the others, with O(state=absent).
  returned: success
  type: list
  elements: str
  sample: ["*.shop.example.com", shop.example.com]
key_algorithm:
  description: The kind of its key.
  returned: success
  type: str
  sample: EC_prime256v1
status:
  description: V(ISSUED) or V(PENDING_VALIDATION). In check mode that of a new one is what the task would wait for.
  returned: success
  type: str
  sample: ISSUED
not_after:
  description: When it ends, in UTC. Empty until it is issued.
  returned: success
  type: str
  sample: "2027-01-31T23:59:59Z"
renewal_status:
  description: How far ACM is with the renewal. Empty while there is none to do.
  returned: success
  type: str
  sample: ""
in_use_by:
  description: The ARNs of what uses it.
  returned: success
  type: list
  elements: str
validation_records:
  description: The records that validate it, each with C(name), C(type) and C(value). Empty in check mode for a new one.
  returned: success
  type: list
  elements: dict
  sample:
    - name: _a79865eb4cd1a6ab990a45779b4e0b96.shop.example.com.
      type: CNAME
      value: _424c7224e9b0146f9a8808af955727d0.acm-validations.aws.
tags:
  description: Its tags after the task.
  returned: success
  type: dict
"""


# AnsibleAWSModule.warn makes Ansible complain about AnsibleAWSModule.
from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils._acm_certificate_apply import present, remove
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

ALGORITHMS = ["RSA_2048", "EC_prime256v1", "EC_secp384r1"]
ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "domain_name": {"type": "str", "required": True},
    "subject_alternative_names": {"type": "list", "elements": "str", "default": []},
    "key_algorithm": {"type": "str", "choices": ALGORITHMS, "default": "EC_prime256v1"},
    "zone": {"type": "str"},
    "wait": {"type": "bool"},
    "wait_timeout": {"type": "int", "default": 1800},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    run = present if module.params["state"] == "present" else remove
    try:
        change = run(module.client("acm"), module.client("route53"), module.params, module.check_mode)
    except PlanError as error:
        module.fail_json(msg=str(error))
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)
    for warning in change.warnings:
        warn(warning)
    module.exit_json(**change.as_result(diff=module._diff))


if __name__ == "__main__":
    main()

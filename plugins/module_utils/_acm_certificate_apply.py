# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find, request and validate a certificate: the calls, and what each has to wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils import _acm_api as acm
from ansible_collections.palisade.ecs.plugins.module_utils import _acm_certificate_plan as plan
from ansible_collections.palisade.ecs.plugins.module_utils import _route53_api as route53
from ansible_collections.palisade.ecs.plugins.module_utils._acm_certificate_plan import Certificate, Change
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError


def present(client: Any, dns: Any, params: Mapping[str, Any], dry: bool) -> Change:
    """Have a certificate requested, validated and, if wanted, issued; a dry run only reads.

    Raises PlanError for what cannot be, and AnsibleAWSError.
    """
    domains = plan.checked_domains(params)
    wait = bool(params["zone"]) if params["wait"] is None else params["wait"]
    before = next(iter(find(client, domains, params)), None)
    if before:
        plan.refuse_dead(before)
    zone_id = zone_id_of(dns, params["zone"]) if params["zone"] else ""
    tags, to_set, to_unset = plan.merged_tags(before.tags if before else {}, params)
    if before is None:
        if dry:
            return Change(None, plan.foreseen(domains, params["key_algorithm"], tags, wait))
        arn = request(client, domains, params, tags)
    else:
        arn = before.certificate_arn
        if (to_set or to_unset) and not dry:
            acm.set_tags(client, arn, to_set, to_unset)
    current = before if before and before.validation_records else with_records(client, arn)
    lacking = lacking_records(dns, zone_id, current)
    if dry:
        status = "ISSUED" if wait else current.status
        return Change(before, replace(current, tags=tags, status=status), lacking, warnings_of(current))
    if lacking:
        route53.put_cnames(dns, zone_id, lacking)
    after = issued(client, arn, params["wait_timeout"]) if wait else current
    return Change(before, replace(after, tags=tags), lacking, warnings_of(after))


def remove(client: Any, dns: Any, params: Mapping[str, Any], dry: bool) -> Change:
    """Delete a certificate; raises PlanError that names what uses it, and AnsibleAWSError."""
    del dns  # The records stay.
    found = find(client, plan.checked_domains(params), params)
    for one in found if not dry else []:
        try:
            acm.delete_certificate(client, one.certificate_arn)
        except AnsibleAWSError as error:
            if "ResourceInUseException" not in str(error):
                raise
            users = ", ".join(one.in_use_by) or "something"
            raise PlanError(f"Certificate {one.certificate_arn} is used by {users}; take it off there first.") from None
    return Change(found[0] if found else None, None)


def warnings_of(certificate: Certificate) -> tuple[str, ...]:
    """Return what threatens a certificate, as warnings."""
    text = plan.concern(certificate, datetime.now(UTC))
    return (text,) if text else ()


def find(client: Any, domains: tuple[str, ...], params: Mapping[str, Any]) -> list[Certificate]:
    """Return the certificates that are asked for, in whatever state; there should be one at most."""
    found = []
    for arn in acm.list_certificates(client, params["domain_name"]):
        details = acm.describe_certificate(client, arn)
        if details and plan.is_validated_by_dns(details):
            found.append(plan.described(details, acm.tags_of_certificate(client, arn)))
    return plan.fitting(found, domains, params)


def zone_id_of(client: Any, zone: str) -> str:
    """Return the id of the public zone of a name; raises PlanError unless there is exactly one."""
    ids = route53.public_zones(client, zone)
    if len(ids) != 1:
        raise PlanError(
            f"Route 53 has {len(ids) or 'no'} public zones named {zone} in this account; expected one. Without zone "
            "the records to create are returned."
        )
    return ids[0]


def lacking_records(client: Any, zone_id: str, certificate: Certificate) -> tuple[Mapping[str, str], ...]:
    """Return the validation records of a certificate that its zone lacks; all there are without a zone are none."""
    if not zone_id:
        return ()
    current = {one["name"]: route53.cname(client, zone_id, one["name"]) for one in certificate.validation_records}
    return plan.missing_records(certificate.validation_records, current)


def request(client: Any, domains: tuple[str, ...], params: Mapping[str, Any], tags: Mapping[str, str]) -> str:
    """Request a certificate and return its ARN."""
    first = params["domain_name"].lower()
    others = [domain for domain in domains if domain != first]
    return acm.request_certificate(client, first, others, params["key_algorithm"], tags)


def with_records(client: Any, certificate_arn: str) -> Certificate:
    """Return a certificate when ACM has thought its validation records out; raises PlanError if it has failed."""
    try:
        acm.wait_for_records(client, certificate_arn)
    except AnsibleAWSError:
        plan.refuse_dead(refreshed(client, certificate_arn))
        raise
    return refreshed(client, certificate_arn)


def issued(client: Any, certificate_arn: str, timeout: int) -> Certificate:
    """Return a certificate when it is issued; raises PlanError that says why it is not."""
    try:
        acm.wait_until_issued(client, certificate_arn, timeout)
    except AnsibleAWSError:
        certificate = refreshed(client, certificate_arn)
        plan.refuse_dead(certificate)
        if certificate.status != "ISSUED":
            raise PlanError(
                f"{plan.explain(certificate)}. Waited {timeout} seconds; run again to go on waiting."
            ) from None
        return certificate
    return refreshed(client, certificate_arn)


def refreshed(client: Any, certificate_arn: str) -> Certificate:
    """Return a certificate as it is now; raises PlanError if somebody deleted it meanwhile."""
    details = acm.describe_certificate(client, certificate_arn)
    if details is None:
        raise PlanError(f"Certificate {certificate_arn} was deleted while it was being validated.")
    return plan.described(details, acm.tags_of_certificate(client, certificate_arn))

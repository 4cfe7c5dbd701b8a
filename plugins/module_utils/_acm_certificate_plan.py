# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a requested certificate and its validation, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

TIME = "%Y-%m-%dT%H:%M:%SZ"
NAME = re.compile(r"(\*\.)?(((?!-)[a-z0-9-]{0,62}[a-z0-9])\.)+((?!-)[a-z0-9-]{1,62}[a-z0-9])")
# https://docs.aws.amazon.com/acm/latest/userguide/certificate-validation.html and troubleshooting-DNS-validation.html
EXPLANATIONS = {
    "PENDING_VALIDATION": "ACM has not found the validation records in the public DNS yet. Is the zone delegated?",
    "VALIDATION_TIMED_OUT": "ACM did not find the validation records in the public DNS within 72 hours",
    "FAILED": "ACM could not issue it",
    "EXPIRED": "ACM could not renew it, probably for want of its validation records in the public DNS",
    "REVOKED": "it was revoked",
    "INACTIVE": "it is not active",
}
REASONS = {
    "CAA_ERROR": "a CAA record of the domain forbids it: allow amazon.com",
    "DOMAIN_NOT_ALLOWED": "the domain is on a list of suspicious ones, and AWS Support can have it taken off",
    "INVALID_PUBLIC_DOMAIN": "a domain is no public one",
    "ADDITIONAL_VERIFICATION_REQUIRED": "AWS asks for more information: AWS Support knows which",
}


@dataclass(frozen=True)
class Certificate:
    """A certificate; the fields are results of the module, and empty when there is none."""

    certificate_arn: str = ""
    domains: tuple[str, ...] = ()
    key_algorithm: str = ""
    status: str = ""
    failure_reason: str = ""
    not_after: str = ""
    renewal_status: str = ""
    in_use_by: tuple[str, ...] = ()
    validation_records: tuple[Mapping[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """Return the certificate as the module returns it, with lists for tuples."""
        values = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
        # With a reason the module fails.
        del values["failure_reason"]
        return values


@dataclass(frozen=True)
class Change:
    """A certificate before and after, None for none, with the records that its zone lacks or lacked."""

    before: Certificate | None
    after: Certificate | None
    lacking: tuple[Mapping[str, str], ...] = ()
    warnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        tags = [one.tags if one else None for one in (self.before, self.after)]
        return tags[0] != tags[1] or bool(self.lacking)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        after = (self.after or Certificate()).shown()
        shown = {"before": _difference(self.before, self.lacking), "after": _difference(self.after, ())}
        return {"changed": bool(self), **after, **({"diff": shown} if diff else {})}


def _difference(certificate: Certificate | None, lacking: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    if certificate is None:
        return {}
    keys = ("certificate_arn", "domains", "key_algorithm", "tags")
    there = [one for one in certificate.validation_records if one not in lacking]
    return {**{key: certificate.shown()[key] for key in keys}, "validation_records": there}


def checked_domains(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return all domains, sorted; raises PlanError for those that ACM refuses, or fails to issue hours later."""
    names = [params["domain_name"], *params["subject_alternative_names"]]
    for name in names:
        if not NAME.fullmatch(name.lower()) or len(name) > 253:
            raise PlanError(f"{name!r} is no domain name; expected one such as shop.example.com or *.example.com.")
        if re.search(r"\.(amazonaws\.com(\.cn)?|awsapps\.com)$", name.lower()):
            raise PlanError(f"{name} is a domain of AWS, for which ACM issues nothing; expected one of yours.")
        zone = (params["zone"] or "").lower().rstrip(".")
        if zone and not f".{name.lower().removeprefix('*.')}".endswith(f".{zone}"):
            raise PlanError(f"{name} is not in the zone {zone}, where its validation record would have to be.")
    # https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
    if len(names[0]) > 64:
        raise PlanError(f"domain_name {names[0]} has more than 64 characters; a longer one may be in second place.")
    return tuple(sorted({name.lower() for name in names}))


def described(found: Mapping[str, Any], tags: Mapping[str, str]) -> Certificate:
    """Return a certificate as ACM describes it."""
    expiry = found.get("NotAfter")
    return Certificate(
        certificate_arn=found["CertificateArn"],
        domains=tuple(sorted({name.lower() for name in found["SubjectAlternativeNames"]})),
        key_algorithm=found["KeyAlgorithm"].replace("-", "_"),
        status=found["Status"],
        failure_reason=found.get("FailureReason", ""),
        not_after=expiry.astimezone(UTC).strftime(TIME) if expiry else "",
        renewal_status=(found.get("RenewalSummary") or {}).get("RenewalStatus", ""),
        in_use_by=tuple(sorted(found.get("InUseBy") or [])),
        validation_records=records_of(found),
        tags=dict(tags),
    )


def records_of(found: Mapping[str, Any]) -> tuple[dict[str, str], ...]:
    """Return the validation records, each once: a domain and its wildcard share one."""
    records = [one["ResourceRecord"] for one in found.get("DomainValidationOptions") or [] if "ResourceRecord" in one]
    unique = {one["Name"]: {"name": one["Name"], "type": one["Type"], "value": one["Value"]} for one in records}
    return tuple(unique[name] for name in sorted(unique))


def is_validated_by_dns(found: Mapping[str, Any]) -> bool:
    """Return whether no domain is validated by e-mail."""
    return all(one.get("ValidationMethod", "DNS") == "DNS" for one in found.get("DomainValidationOptions") or [])


def fitting(found: Sequence[Certificate], domains: tuple[str, ...], params: Mapping[str, Any]) -> list[Certificate]:
    """Return the certificates of these domains, key algorithm and name.

    There should be one. Of several the first is the one to keep: issued, else pending, and in use.
    """
    ranks = {"ISSUED": 0, "PENDING_VALIDATION": 1}
    wanted = (domains, params["key_algorithm"], params["name"])
    return sorted(
        (one for one in found if (one.domains, one.key_algorithm, one.tags.get("Name")) == wanted),
        key=lambda one: (ranks.get(one.status, len(ranks)), not one.in_use_by, one.certificate_arn),
    )


def foreseen(domains: tuple[str, ...], key_algorithm: str, tags: Mapping[str, str], wait: bool) -> Certificate:
    """Return a certificate that a dry run would request."""
    status = "ISSUED" if wait else "PENDING_VALIDATION"
    return Certificate(domains=domains, key_algorithm=key_algorithm, status=status, tags=tags)


def refuse_dead(certificate: Certificate) -> None:
    """Raise PlanError for a certificate that nothing can bring to life: only its owner may replace it."""
    if certificate.status not in ("ISSUED", "PENDING_VALIDATION"):
        raise PlanError(
            f"{explain(certificate)}. It stays like this: correct the cause, delete it with state: absent, and run "
            "again."
        )


def explain(certificate: Certificate) -> str:
    """Return what the state of a certificate means, with its validation records while they matter."""
    text = f"Certificate {certificate.certificate_arn} of {', '.join(certificate.domains)} is {certificate.status}: "
    text += EXPLANATIONS.get(certificate.status, "")
    if certificate.failure_reason:
        text += f", because {REASONS.get(certificate.failure_reason, certificate.failure_reason)}"
    if certificate.status in ("PENDING_VALIDATION", "VALIDATION_TIMED_OUT"):
        records = "; ".join(f"{one['name']} {one['type']} {one['value']}" for one in certificate.validation_records)
        text += f" ({records})" if records else ""
    return text


def missing_records(wanted: Sequence[Mapping[str, str]], current: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """Return the validation records that a zone lacks or has with another value; `current` is value by name."""
    return tuple(one for one in wanted if current.get(one["name"], "").rstrip(".") != one["value"].rstrip("."))


def concern(certificate: Certificate, now: datetime) -> str:
    """Return what threatens an issued certificate; empty if nothing does.

    ACM renews 60 days before the end, and only what something uses.
    https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    if certificate.status != "ISSUED" or not certificate.not_after:
        return ""
    end = datetime.strptime(certificate.not_after, TIME).replace(tzinfo=UTC)
    text = f"Certificate {certificate.certificate_arn} ends in {(end - now).days} days"
    if certificate.renewal_status in ("FAILED", "PENDING_VALIDATION"):
        return f"{text} and its renewal is {certificate.renewal_status}: are its validation records in the public DNS?"
    return f"{text} and ACM has not renewed it" if (end - now).days < 30 else ""


def merged_tags(
    current: Mapping[str, str], params: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Return the tags as they should be, those to set and the keys to unset; tags of AWS's own stay."""
    wanted = {**params["tags"], "Name": params["name"]}
    to_set, to_unset = compare_aws_tags(dict(current), wanted, purge_tags=params["purge_tags"])
    kept = {key: value for key, value in current.items() if key not in to_unset}
    return {**kept, **wanted}, to_set, to_unset

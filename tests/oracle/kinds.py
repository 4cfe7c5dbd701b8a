# SPDX-License-Identifier: GPL-3.0-or-later
"""How to tell the kinds of cases that are left out, without help of the judge."""

from __future__ import annotations

import contextlib
import fnmatch
import ipaddress
import json
import re
from collections.abc import Iterator
from typing import Any

from emulator.authorizer.request import MULTIVALUED_KEYS
from tests.oracle.case import Case, Document

VARIABLE = re.compile(r"\$\{([^},]+)(, '[^']+')?\}")
EPOCH = re.compile(r"-?\d+")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def endpoint_names_principals(case: Case) -> bool:
    return bool(case.endpoint) and any(
        statement.get("Principal") != "*" for statement in _statements_of(case.endpoint or {})
    )


def key_of_another_service(case: Case) -> bool:
    services = {"aws", case.request.action.split(":")[0]}
    return any(key.split(":")[0] not in services for key in case.request.context)


def several_values_of_a_single_valued_key(case: Case) -> bool:
    return any(len(values) > 1 and key not in MULTIVALUED_KEYS for key, values in case.request.context.items())


def key_without_a_value(case: Case) -> bool:
    return not all(any(values) for values in case.request.context.values())


def variable_in_an_old_document(case: Case) -> bool:
    return any("${" in json.dumps(document) and document.get("Version") != "2012-10-17" for document in case.documents)


def escape_in_a_plain_comparison(case: Case) -> bool:
    return any(
        re.search(r"String(Not)?Equals", operator) and re.search(r"\$\{[*?$]\}", str(values))
        for operator, _, values in case.conditions()
    )


def negated_comparison_with_nothing(case: Case) -> bool:
    return any("Not" in operator and _has_no_value(case, values) for operator, _, values in case.conditions())


def not_resource_with_nothing(case: Case) -> bool:
    return any(_has_no_value(case, resource) for resource in _texts(case, "NotResource"))


def any_value_if_exists_without_key(case: Case) -> bool:
    return any(
        operator.startswith("ForAnyValue") and operator.endswith("IfExists") and key not in case.request.context
        for operator, key, _ in case.conditions()
    )


def epoch_with_calendar(case: Case) -> bool:
    return any(
        bool(EPOCH.fullmatch(asked_for)) != bool(EPOCH.fullmatch(value)) for asked_for, value in _pairs(case, "Date")
    )


def value_of_another_type(case: Case) -> bool:
    """Tell whether a number, a date, an address or an ARN is compared with what is none, under a negated operator."""
    types = {
        "NumericNot": NUMBER.fullmatch,
        "DateNot": lambda text: text[:2].isdigit(),
        "NotIp": _address,
        "ArnNot": lambda text: text.count(":") >= 5,
    }
    return any(not suits(asked_for) for operator, suits in types.items() for asked_for, _ in _pairs(case, operator))


def all_addresses(case: Case) -> bool:
    return any(value == "0.0.0.0/0" for _, value in _pairs(case, "IpAddress"))


def single_address_of_the_other_family(case: Case) -> bool:
    return any(
        "/" not in value and _address(asked_for).version != _address(value).version
        for asked_for, value in _pairs(case, "NotIpAddress")
        if _address(asked_for) and _address(value)
    )


def address_written_in_another_way(case: Case) -> bool:
    return any(
        "/" not in value and asked_for != value and _address(asked_for) == _address(value)
        for asked_for, value in _pairs(case, "IpAddress")
    )


def wildcard_in_the_type(case: Case) -> bool:
    return any(
        re.match(r"(arn:[^:]*:(?!s3:)[^:]*:[^:]*:[^:]*:)(?!\$)[^/:]*[*?][^/:]*[/:]", resource)
        for resource in _texts(case, "Resource", "NotResource")
    )


def wildcard_beyond_a_colon(case: Case) -> bool:
    """Tell whether the whole text of an ARN matches a pattern though not field by field."""
    asked_for = case.request.resource
    return any(
        fnmatch.fnmatchcase(asked_for, resource)
        and not all(map(fnmatch.fnmatchcase, asked_for.split(":", 5), resource.split(":", 5)))
        for resource in _texts(case, "Resource", "NotResource")
        if resource != "*" and resource.count(":") >= 4
    )


def incomplete_arn_with_inner_wildcard(case: Case) -> bool:
    return any(
        _is_incomplete(resource) and "*" in resource and not resource.endswith("*")
        for document in (case.endpoint, case.resource)
        for resource in _texts_of(document or {}, "Resource", "NotResource")
    )


def incomplete_arn_excepted(case: Case) -> bool:
    return any(_is_incomplete(resource) for resource in _texts(case, "NotResource"))


def incomplete_list_of_those_spared(case: Case) -> bool:
    """Tell whether a Deny names something of the principal, but not both its account and its role or user."""
    return any(
        _is_named_in_part(case, statement["NotPrincipal"].get("AWS", []))
        for statement in case.statements()
        if statement["Effect"] == "Deny" and isinstance(statement.get("NotPrincipal"), dict)
    )


def role_in_another_case(case: Case) -> bool:
    role = case.request.principal.role_arn.rpartition("/")[2]
    return any(
        role != (name := other.rpartition("/")[2]) and role.lower() == name.lower()
        for other in re.findall(
            r'"(arn:[^"]*:role/[^"]*)"', json.dumps([s.get("Principal") for s in case.statements()])
        )
    )


def resource_unknown_to_the_tables(case: Case) -> bool:
    return re.fullmatch(r"arn:aws:s3:::[^/]+/", case.request.resource) is not None


def request_for_a_pattern(case: Case) -> bool:
    return case.request.resource != "*" and "*" in case.request.resource


def session_policy_and_a_direct_grant(case: Case) -> bool:
    """Tell whether a session is limited, and everyone or the session itself is named by the resource."""
    named = json.dumps([statement.get("Principal") for statement in _statements_of(case.resource or {})])
    return case.session is not None and ('"*"' in named or case.request.principal.arn in named)


def _is_named_in_part(case: Case, names: list[str] | str) -> bool:
    principal, listed = case.request.principal, {names} if isinstance(names, str) else {*names}
    account = not listed.isdisjoint({principal.account, f"arn:aws:iam::{principal.account}:root"})
    itself = principal.role_arn in listed or principal.is_root_user
    return (account or not listed.isdisjoint({principal.arn, principal.role_arn})) and not (account and itself)


def _is_incomplete(resource: str) -> bool:
    return resource != "*" and resource.count(":") < 5


def _statements_of(document: Document) -> list[Document]:
    written = document.get("Statement", [])
    return written if isinstance(written, list) else [written]


def _texts_of(document: Document, *elements: str) -> Iterator[str]:
    for statement in _statements_of(document):
        for element in elements:
            written = statement.get(element, [])
            yield from written if isinstance(written, list) else [written]


def _texts(case: Case, *elements: str) -> Iterator[str]:
    for document in case.documents:
        yield from _texts_of(document, *elements)


def _has_no_value(case: Case, text: Any) -> bool:
    context = case.request.context
    return any(
        not default and key not in "*?$" and (key.lower() in MULTIVALUED_KEYS or not any(context.get(key.lower(), ())))
        for key, default in VARIABLE.findall(str(text))
    )


def _pairs(case: Case, operators: str) -> Iterator[tuple[str, str]]:
    """Return what is compared under operators whose name has a text: values of the request and of the policy."""
    for operator, key, values in case.conditions():
        if operators in operator:
            yield from ((asked_for, str(value)) for asked_for in case.request.context.get(key, ()) for value in values)


def _address(text: str) -> Any:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(text)
    return None

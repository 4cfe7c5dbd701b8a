# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of case that is not compared with the oracle: why, and what AWS documents instead.

Each has an example, which our judge has to decide as AWS documents and the oracle must not, or the kind were not
needed. A guide without a name is the IAM User Guide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.authorizer.policy import Decision
from tests.oracle import kinds
from tests.oracle.case import ACCOUNT, OTHER_TASK, TABLE, TASK, TEAM, Case, allow, asked, deny

ALLOWED, DENIED, SILENT = Decision.ALLOWED, Decision.EXPLICITLY_DENIED, Decision.IMPLICITLY_DENIED
OBJECT = "arn:aws:s3:::shop/a"
CALLS, PATHS, VPC_IP = "aws:calledvia", "aws:principalorgpaths", "aws:vpcsourceip"


@dataclass(frozen=True)
class Exclusion:
    """A kind of case, how to tell it, an example of it and AWS's decision there."""

    applies: Callable[[Case], bool]
    reason: str
    example: Case
    documented: Decision

    @property
    def name(self) -> str:
        """Return the kind in words."""
        return self.applies.__name__.replace("_", " ")


def reasons_to_exclude(case: Case) -> list[str]:
    """Return the names of the kinds that a case belongs to."""
    return [exclusion.name for exclusion in EXCLUSIONS if exclusion.applies(case)]


def _of_condition(operator: str, key: str, values: Any, **keys: Any) -> Case:
    condition = {operator: {key: values}}
    request = asked(keys={name.replace("__", ":", 1).replace("__", "/"): value for name, value in keys.items()})
    return Case(f"{operator} {key} {values}", request, identity=(allow(Condition=condition),))


def _of_resource(request_for: str, action: str = "s3:GetObject", **elements: Any) -> Case:
    return Case(f"{elements} asked {request_for}", asked(action, request_for), identity=(allow(**elements),))


EXCLUSIONS = (
    Exclusion(
        kinds.endpoint_names_principals,
        "The oracle refuses endpoint policies with another Principal than *. vpc-endpoints-access in the PrivateLink "
        "guide asks that of gateway endpoints only.",
        Case("endpoint for a role", asked(), endpoint=allow(Principal={"AWS": TASK.role_arn})),
        ALLOWED,
    ),
    Exclusion(
        kinds.key_of_another_service,
        "The oracle drops keys that its tables do not list for the action; which keys a request has is not the judge's "
        "concern.",
        _of_condition("StringEquals", "s3:prefix", "a", s3__prefix="a"),
        ALLOWED,
    ),
    Exclusion(
        kinds.several_values_of_a_single_valued_key,
        "The oracle takes the first value. No request has several; ours says no match, as for any key with several "
        "(reference_policies_condition-single-vs-multi-valued-context-keys).",
        _of_condition("StringEquals", TEAM, "a", aws__principaltag__team=["a", "b"]),
        SILENT,
    ),
    Exclusion(
        kinds.key_without_a_value,
        'The oracle takes an empty text for a value. AWS: ForAllValues "returns true if ... the context key value '
        'resolves to a null dataset, such as an empty string" (reference_policies_elements_condition_operators).',
        _of_condition("ForAllValues:StringEquals", PATHS, "a", aws__principalorgpaths=[""]),
        ALLOWED,
    ),
    Exclusion(
        kinds.variable_in_an_old_document,
        'The oracle knows variables in every document. AWS: without Version 2012-10-17 they "are treated as literal '
        'strings" (reference_policies_variables).',
        Case(
            "an old document",
            asked(keys={TEAM: "a", "aws:principaltag/unit": "a"}),
            identity=(
                {**allow(Condition={"StringEquals": {TEAM: "${aws:PrincipalTag/unit}"}}), "Version": "2008-10-17"},
            ),
        ),
        SILENT,
    ),
    Exclusion(
        kinds.escape_in_a_plain_comparison,
        'The oracle leaves ${*} as it is where * is no wildcard. AWS: "can be used in any string where you can use '
        'regular policy variables" (reference_policies_variables).',
        _of_condition("StringEquals", TEAM, "a${*}", aws__principaltag__team="a*"),
        ALLOWED,
    ),
    Exclusion(
        kinds.negated_comparison_with_nothing,
        'The oracle says no match if a variable has no value. AWS: "Inverted condition operators like StringNotEquals '
        'or StringNotLike do match against a null value" (reference_policies_variables).',
        _of_condition("StringNotEquals", TEAM, "${aws:PrincipalTag/none}", aws__principaltag__team="a"),
        ALLOWED,
    ),
    Exclusion(
        kinds.not_resource_with_nothing,
        'The oracle says no match. AWS: in Resource or NotResource, "the resource that includes a policy variable with '
        'no value will not match any resource" (reference_policies_variables), so NotResource excepts nothing.',
        _of_resource(OBJECT, Resource=None, NotResource="arn:aws:s3:::shop/${aws:PrincipalTag/none}"),
        ALLOWED,
    ),
    Exclusion(
        kinds.any_value_if_exists_without_key,
        'The oracle ignores IfExists after ForAnyValue. AWS: it can end "any condition operator name except the Null '
        'condition", and "if the key is not present, evaluate the condition element as true" '
        "(reference_policies_elements_condition_operators).",
        _of_condition("ForAnyValue:StringEqualsIfExists", CALLS, "ecs.amazonaws.com"),
        ALLOWED,
    ),
    Exclusion(
        kinds.epoch_with_calendar,
        'The oracle compares seconds with milliseconds. AWS: dates "or in epoch (UNIX) time" '
        "(reference_policies_elements_condition_operators).",
        _of_condition("DateGreaterThan", "aws:EpochTime", "2026-03-01T00:00:00Z", aws__epochtime="1800000000"),
        ALLOWED,
    ),
    Exclusion(
        kinds.value_of_another_type,
        "The oracle says no match even if negated. AWS does not say; ours negates. The embedded AWS makes the context "
        "itself, with values of the right type.",
        _of_condition("NumericNotEquals", TEAM, "300", aws__principaltag__team="blue"),
        ALLOWED,
    ),
    Exclusion(
        kinds.all_addresses,
        'The oracle finds no address in 0.0.0.0/0. AWS: "standard CIDR format" '
        "(reference_policies_elements_condition_operators).",
        _of_condition("IpAddress", VPC_IP, "0.0.0.0/0", aws__vpcsourceip="10.0.0.1"),
        ALLOWED,
    ),
    Exclusion(
        kinds.single_address_of_the_other_family,
        'The oracle says no match. AWS: NotIpAddress is "all IP addresses except the specified IP address or range" '
        "(reference_policies_elements_condition_operators).",
        _of_condition("NotIpAddress", VPC_IP, "10.0.0.1", aws__vpcsourceip="2001:db8::1"),
        ALLOWED,
    ),
    Exclusion(
        kinds.address_written_in_another_way,
        "The oracle compares the texts of single addresses. RFC 4291 lets one address be written in several ways.",
        _of_condition("IpAddress", VPC_IP, "2001:DB8::1", aws__vpcsourceip="2001:db8::1"),
        ALLOWED,
    ),
    Exclusion(
        kinds.wildcard_in_the_type,
        "The oracle takes a wildcard in the resource's type for an ordinary character. reference-arns says not to use "
        "one, but EC2's guide does and relies on it (supported-iam-actions-tagging: arn:aws:ec2:region:account:*/*).",
        _of_resource(TABLE, "dynamodb:GetItem", Resource=f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:t*/shop-items"),
        ALLOWED,
    ),
    Exclusion(
        kinds.wildcard_beyond_a_colon,
        'The oracle matches field by field. AWS: "If the * wildcard is the last character of a resource ARN segment, '
        'it can expand to match beyond the colon boundaries" (reference_policies_elements_resource).',
        _of_resource(TABLE, "dynamodb:GetItem", Resource="arn:aws:dynamodb:*:table/shop-items"),
        ALLOWED,
    ),
    Exclusion(
        kinds.incomplete_arn_with_inner_wildcard,
        'The oracle completes an incomplete ARN outside identity policies if it has a wildcard anywhere. AWS: "in an '
        'identity-based policy, AWS automatically completes the ARN" (reference-arns), and in none else.',
        Case(
            "an incomplete ARN in a resource's policy",
            asked(),
            resource=allow(Principal="*", Resource=f"arn:aws:dynamodb:*:{ACCOUNT}"),
        ),
        SILENT,
    ),
    Exclusion(
        kinds.incomplete_arn_excepted,
        'The oracle lets a NotResource with an incomplete ARN never apply. AWS: it "is equivalent to" the completed '
        "one (reference-arns).",
        _of_resource(OBJECT, Resource=None, NotResource="arn:aws:dynamodb"),
        ALLOWED,
    ),
    Exclusion(
        kinds.incomplete_list_of_those_spared,
        'The oracle spares whoever is named in any way. AWS: "you must also specify the account ARN of the not-denied '
        'principal. Otherwise, the policy might deny access to the entire account", and likewise for the role '
        "(reference_policies_elements_notprincipal); ours takes that at its word.",
        Case("spare an account", asked(principal=OTHER_TASK), resource=deny(NotPrincipal={"AWS": ACCOUNT})),
        DENIED,
    ),
    Exclusion(
        kinds.role_in_another_case,
        "The oracle compares names of roles in whatever case. AWS: ARNs are stored as the role's unique id "
        "(reference_policies_elements_principal); ours wants the name as it was given.",
        Case("a role in capitals", asked(), resource=allow(Principal={"AWS": TASK.role_arn.replace("task", "TASK")})),
        SILENT,
    ),
    Exclusion(
        kinds.session_policy_and_a_direct_grant,
        'The oracle lets a session policy limit everything. AWS: "Permissions granted directly to a session are not '
        'limited by an implicit deny in an identity-based policy, a permissions boundary, or session policy" '
        "(reference_policies_evaluation-logic_policy-eval-denyallow).",
        Case(
            "a session named by a table",
            asked(),
            resource=allow(Principal={"AWS": TASK.arn}),
            session=allow(Action="s3:*"),
            combined=True,
        ),
        ALLOWED,
    ),
    Exclusion(
        kinds.resource_unknown_to_the_tables,
        "The oracle refuses ARNs that fit no type of its tables, such as an object whose key is empty; AWS's own list "
        "of matches has one that ends in a slash (reference_policies_elements_resource).",
        _of_resource("arn:aws:s3:::shop/", Resource="arn:aws:s3:::shop/*"),
        ALLOWED,
    ),
    Exclusion(
        kinds.request_for_a_pattern,
        "The oracle takes * in a request for all resources that match. For the judge a request has one resource, whose "
        "name may have a *.",
        _of_resource("arn:aws:s3:::shop/a*", Resource="arn:aws:s3:::shop/a${*}"),
        ALLOWED,
    ),
)

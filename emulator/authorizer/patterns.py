# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a policy: wildcards, policy variables, ARNs.

Sources: IAM User Guide, reference_policies_variables, reference_policies_elements_resource,
reference_policies_elements_action.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass

from emulator.authorizer.request import MULTIVALUED_KEYS, Context, PolicyLanguageError


class Wildcard(enum.Enum):
    """What stands for other characters."""

    ANY = "*"
    ONE = "?"


@dataclass(frozen=True)
class Variable:
    """A condition key whose value is filled in; `default` is empty if there is none."""

    key: str
    default: str


Piece = str | Wildcard | Variable
Pieces = tuple[Piece, ...]
ResourceTest = Callable[[str, Context], bool]

_WITH_VARIABLES = re.compile(r"\$\{(?P<variable>[^}]*)\}|(?P<wildcard>[*?])")
_WITHOUT_VARIABLES = re.compile(r"(?P<variable>(?!))|(?P<wildcard>[*?])")
_VARIABLE = re.compile(r"([^,'\s]+)(?:, '([^']*)')?")
_ACTION = re.compile(r"\*|[a-z0-9-]+:[a-z0-9*?]+")
FIELDS_OF_ARN = 6


def parse(text: str, *, variables: bool) -> Pieces:
    """Take a text apart.

    Without `variables`, as in a document of 2008-10-17 or without a version, ${aws:username} is literal text
    (reference_policies_elements_version).
    """
    pieces: list[Piece] = []
    end = 0
    for token in (_WITH_VARIABLES if variables else _WITHOUT_VARIABLES).finditer(text):
        pieces += [text[end : token.start()]] if token.start() > end else []
        pieces.append(Wildcard(token["wildcard"]) if token["wildcard"] else _variable(token["variable"]))
        end = token.end()
    return (*pieces, text[end:]) if end < len(text) else tuple(pieces)


def _variable(body: str) -> Piece:
    """Read what is between the braces; ${*}, ${?} and ${$} are the characters themselves ("Special characters")."""
    if body in ("*", "?", "$"):
        return body
    variable = _VARIABLE.fullmatch(body)
    if not variable:
        raise PolicyLanguageError(f"${{{body}}} is no policy variable; expected ${{key}} or ${{key, 'default'}}")
    return Variable(variable[1].lower(), variable[2] or "")


def resolve(pieces: Pieces, context: Context) -> tuple[str | Wildcard, ...] | None:
    """Fill the variables in; None if one has neither value nor default, for then nothing is equal or like it.

    Multivalued keys cannot be variables. Wildcards in a value that was filled in are ordinary characters.
    Source: reference_policies_variables, "Policy variables with no value".
    """
    resolved: list[str | Wildcard] = []
    for piece in pieces:
        if isinstance(piece, Variable):
            value = _value(piece.key, context) or piece.default
            if not value:
                return None
            resolved.append(value)
        else:
            resolved.append(piece)
    return tuple(resolved)


def _value(key: str, context: Context) -> str:
    values = context.get(key, ())
    return values[0] if len(values) == 1 and key not in MULTIVALUED_KEYS else ""


def plain(pieces: tuple[str | Wildcard, ...]) -> str:
    """Return a resolved text in which * and ? are ordinary characters."""
    return "".join(piece.value if isinstance(piece, Wildcard) else piece for piece in pieces)


def expression(pieces: tuple[str | Wildcard, ...], *, within: str = ".") -> str:
    """Return the regular expression of a resolved text, whose wildcards stand for characters that `within` matches."""
    wildcards = {Wildcard.ANY: f"{within}*", Wildcard.ONE: within}
    return "".join(wildcards[piece] if isinstance(piece, Wildcard) else re.escape(piece) for piece in pieces)


def matches(pattern: str, text: str) -> bool:
    """Tell whether all of a text matches an expression."""
    return re.fullmatch(pattern, text, re.DOTALL) is not None


def arn_fields(pieces: Pieces) -> list[Pieces]:
    """Split at the first five colons, not at those inside variables. Fewer than six fields: an incomplete ARN."""
    fields: list[list[Piece]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            fields[-1].append(piece)
            continue
        first, *others = piece.split(":", FIELDS_OF_ARN - len(fields))
        fields[-1] += [first] if first else []
        fields += [[text] if text else [] for text in others]
    return [tuple(field) for field in fields]


def action_test(text: str) -> Callable[[str], bool]:
    """Return whether an action is meant, in whatever case.

    Raises PolicyLanguageError for what is neither * nor service:name; the service's prefix takes no wildcard.
    Source: reference_policies_elements_action.
    """
    if not _ACTION.fullmatch(text.lower()):
        raise PolicyLanguageError(f"action {text!r}: expected * or service:Name, with wildcards in the name only")
    pattern = re.escape(text.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return lambda action: matches(pattern, action.lower())


def resource_test(text: str, *, variables: bool, completed: bool) -> ResourceTest:
    """Return whether an ARN is meant.

    Wildcards stand for characters of one field, but a * that ends a field "can expand to match beyond the colon
    boundaries", and the last field is one text with whatever colons and slashes it has. With `completed`, as in
    identity policies, an incomplete ARN gets * for each missing field. An action without resources has *, which only
    * means. Raises PolicyLanguageError for what is no ARN, for a wildcard in the service and for a variable left of
    the fifth colon. Sources: reference_policies_elements_resource, reference-arns, reference_policies_variables.
    """
    if text == "*":
        return lambda resource, context: True
    fields = arn_fields(parse(text, variables=variables))
    if len(fields) < 3 or fields[0] != ("arn",) or any(not isinstance(piece, str) for piece in fields[2]):
        raise PolicyLanguageError(f"resource {text!r}: expected * or an ARN with its service written out")
    if any(isinstance(piece, Variable) for field in fields[: FIELDS_OF_ARN - 1] for piece in field):
        raise PolicyLanguageError(f"resource {text!r}: a variable may stand only after the fifth colon")
    missing = FIELDS_OF_ARN - len(fields)
    meant = [fields, [*fields, *[(Wildcard.ANY,)] * missing]] if missing and completed else [fields]
    return lambda resource, context: any(_is_meant(arn, resource, context) for arn in meant)


def _is_meant(fields: list[Pieces], resource: str, context: Context) -> bool:
    parts = []
    for position, field in enumerate(fields):
        resolved = resolve(field, context)
        if resolved is None:
            return False
        if position == FIELDS_OF_ARN - 1:
            parts.append(expression(resolved))
        elif resolved and resolved[-1] is Wildcard.ANY:
            parts.append(expression(resolved[:-1], within="[^:]") + ".*")
        else:
            parts.append(expression(resolved, within="[^:]"))
    return matches(":".join(parts), resource)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The Condition element: which keys, how many values, and what an absent key means.

Sources: IAM User Guide, reference_policies_elements_condition, reference_policies_elements_condition_operators,
reference_policies_condition-single-vs-multi-valued-context-keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.authorizer.operators import OPERATORS, Operator, Test
from emulator.authorizer.request import MULTIVALUED_KEYS, Context, PolicyLanguageError

FOR_ALL = "ForAllValues"
FOR_ANY = "ForAnyValue"
IF_EXISTS = "IfExists"


@dataclass(frozen=True)
class Condition:
    """One key under one operator; `quantifier` is ForAllValues, ForAnyValue or empty."""

    key: str
    operator: Operator
    quantifier: str
    if_exists: bool
    tests: tuple[Test, ...]

    def holds(self, context: Context) -> bool:
        """Tell whether a request meets the condition."""
        values = context.get(self.key, ())
        if not values:
            return self.if_exists or self._holds_without_key()
        if self.quantifier:
            return self._holds_for(values, context)
        if len(values) > 1 or self.key in MULTIVALUED_KEYS:
            return False  # "Multivalued context keys require a condition set operator."
        return self._accepts(values[0], context)

    def _holds_without_key(self) -> bool:
        """Without the key a condition is false, but a negated one is true, and ForAllValues of nothing is true."""
        return self.quantifier == FOR_ALL or (self.operator.negated and self.quantifier != FOR_ANY)

    def _holds_for(self, values: tuple[str, ...], context: Context) -> bool:
        if not any(values):  # "a null data set, such as an empty string"
            return self.quantifier == FOR_ALL
        accepted = (self._accepts(value, context) for value in values)
        return all(accepted) if self.quantifier == FOR_ALL else any(accepted)

    def _accepts(self, value: str, context: Context) -> bool:
        """Several values of the policy are alternatives, and under a negated operator none may match."""
        return any(test(value, context) for test in self.tests) != self.operator.negated


@dataclass(frozen=True)
class NullCheck:
    """The operator Null: `absent` says which of true (no such key, or no value) and false were written."""

    key: str
    absent: frozenset[bool]

    def holds(self, context: Context) -> bool:
        """Tell whether the key is there or not, as was asked for. A key whose values are empty texts has none."""
        return (not any(context.get(self.key, ()))) in self.absent


def parse(block: Any, *, variables: bool) -> tuple[Condition | NullCheck, ...]:
    """Read a Condition element; all of what is returned has to hold.

    Raises PolicyLanguageError for an unknown operator and for values that do not suit it.
    """
    return tuple(
        _condition(name, key, _values(values), variables)
        for name, keys in _mapping(block, "Condition").items()
        for key, values in _mapping(keys, name).items()
    )


def _condition(name: str, key: str, values: Iterable[str], variables: bool) -> Condition | NullCheck:
    if name == "Null":
        return NullCheck(key.lower(), frozenset(_truth(value) for value in values))
    head, _, tail = name.rpartition(":")
    base = tail.removesuffix(IF_EXISTS)
    if head not in ("", FOR_ALL, FOR_ANY) or name.startswith(":") or base not in OPERATORS:
        raise PolicyLanguageError(f"{name!r} is no condition operator")
    operator = OPERATORS[base]
    tests = tuple(operator.compile(value, variables) for value in values)
    return Condition(key.lower(), operator, head, tail.endswith(IF_EXISTS), tests)


def _truth(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise PolicyLanguageError(f"Null: expected true or false, got {value!r}")
    return value.lower() == "true"


def _mapping(value: Any, of: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PolicyLanguageError(f"{of}: expected an object, got {value!r}")
    return value


def _values(value: Any) -> list[str]:
    """Return the values as texts; "quotation marks are optional for numeric and Boolean values" (grammar)."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | bool | int | float) for item in values):
        raise PolicyLanguageError(f"expected texts, numbers or truth values in a condition, got {value!r}")
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]

# SPDX-License-Identifier: GPL-3.0-or-later
"""Metric math over the values of one period: a pure function.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

Value = float | None
_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class ExpressionError(ValueError):
    """An expression that is not emulated."""


def evaluate(expression: str, values: Mapping[str, Value]) -> Value:
    """Return what an expression is with the metrics' values; whatever is computed with a missing one is missing."""
    try:
        tree = ast.parse(expression, mode="eval")
    except SyntaxError as error:
        raise ExpressionError(f"not emulated: {expression}") from error
    return _value(tree.body, values)


def _value(node: ast.expr, values: Mapping[str, Value]) -> Value:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.BinOp):
        return _combined(type(node.op), _value(node.left, values), _value(node.right, values))
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _combined(type(node.ops[0]), _value(node.left, values), _value(node.comparators[0], values))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node.func.id, node.args, values)
    raise ExpressionError(f"not emulated: {ast.unparse(node)}")


def _combined(kind: type, left: Value, right: Value) -> Value:
    if kind not in _OPERATORS:
        raise ExpressionError(f"not emulated: {kind.__name__}")
    if left is None or right is None or (kind is ast.Div and right == 0):
        return None
    return float(_OPERATORS[kind](left, right))


def _called(name: str, arguments: list[ast.expr], values: Mapping[str, Value]) -> Value:
    if name == "FILL" and len(arguments) == 2:
        known = _value(arguments[0], values)
        return _value(arguments[1], values) if known is None else known
    if name == "IF" and len(arguments) == 3:
        condition = _value(arguments[0], values)
        return None if condition is None else _value(arguments[1 if condition else 2], values)
    raise ExpressionError(f"not emulated: {name} of {len(arguments)} arguments")

"""References: find the value again that a report's number says it comes from."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable

from forecast.errors import ReportError

_ROW = re.compile(r"((?:(?:old|s\d+)\.)?[a-z_]+(?:\.[a-z_0-9]+)?):(\d+)")
_TABLE = re.compile(r"(?:(?:old|s\d+)\.)?[a-z_]+")
_SIGNS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b if b else math.nan,
}


def evaluate(ref: str, lookup: Callable[[str, int], float]) -> float:
    """Return what a reference such as `(cost:12-cost:9)` comes to.

    Args:
        ref: rows of bundle tables joined by + - * / and numbers.
        lookup: gives the value of a table's row; `comparison.own:3` names another column,
            `old.cost:3` a row of the earlier bundle, `s1.cost:3` one of the first scenario's.

    Raises:
        ReportError: the text is no such expression.
    """
    rows: list[tuple[str, int]] = []

    def named(match: re.Match[str]) -> str:
        rows.append((match[1], int(match[2])))
        return f"r{len(rows) - 1}"

    text = _ROW.sub(named, ref)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError):
        raise ReportError(f"{ref!r} is no reference to bundle rows") from None
    return _value(tree, lambda name: lookup(*rows[int(name[1:])]), ref)


def _value(node: ast.expr, lookup: Callable[[str], float], ref: str) -> float:
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        left, right = _value(node.left, lookup, ref), _value(node.right, lookup, ref)
        return _SIGNS[type(node.op)](left, right)
    if isinstance(node, ast.Name) and re.fullmatch(r"r\d+", node.id):
        return lookup(node.id)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    raise ReportError(f"{ref!r} is no reference to bundle rows")


def rows(ref: str) -> list[tuple[str, int]]:
    """Return the table rows that a reference names."""
    return [(table, int(row)) for table, row in _ROW.findall(ref)]


def table_of(named: str) -> str:
    """Return the table whose rows a reference names, such as `old.comparison`, without a column."""
    found = _TABLE.match(named)
    return found[0] if found else named


def elsewhere(ref: str, bundle: str) -> str:
    """Return a reference as one to another bundle: `old` of two, or a scenario `s1`."""
    return _ROW.sub(lambda m: f"{bundle}.{m[0]}", ref)

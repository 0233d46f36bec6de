"""Checks: what `forecast data check` found of the data that a projection rests on."""

from __future__ import annotations

from typing import Any

from forecast.reporting.document import Column, Row, Table
from forecast.reporting.view import View
from forecast.sections import known


def tables(view: View) -> list[Table]:
    """Return a table of the datasets that were checked, in the very vintages of the projection."""
    rows = [_row(view, found) for found in _found(view)]
    if not rows:
        return []
    words = view.words
    columns = (
        Column(words.text("data.dataset")),
        Column(words.text("checks.passed")),
        Column(words.text("checks.found")),
    )
    return [Table("checks", words.text("checks.table"), columns, tuple(rows))]


def _found(view: View) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the vintages of the projection that were checked before it, with their checks."""
    by_vintage = {name: c for c in view.meta.get("checks", []) for name in c["vintages"]}
    used = view.meta["vintages"]
    return [(v, by_vintage[v["id"]]) for v in used if v["id"] in by_vintage]


def _row(view: View, found: tuple[dict[str, Any], dict[str, Any]]) -> Row:
    vintage, section = found
    checks = section["checks"]
    failed = [str(c["name"]) for c in checks if not c["passed"]]
    words = view.words
    passed = words.text("checks.of", n=str(len(checks) - len(failed)), all=str(len(checks)))
    said = words.listing([_name(view, name) for name in failed]) or words.text("checks.nothing")
    return Row((known.name(view, vintage), passed, said))


def _name(view: View, name: str) -> str:
    return view.words.named(f"checks.names.{name.replace(' ', '_')}", name)

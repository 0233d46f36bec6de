"""Causes: why net cost changed since an earlier projection, where that was worked out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forecast.reporting import causes
from forecast.reporting.document import Block, Section, Shown, Table
from forecast.reporting.view import View
from forecast.sections import _common, _scope

if TYPE_CHECKING:
    from forecast.versions.bundlechanges import CostChange

_CASES = "own_cases"  # one row is one person's


def build(view: View) -> Section | None:
    """Return the causes in words, by function, and the revised figures that matter most.

    Nothing where they were not worked out for this area and these two projections.
    """
    found: CostChange | None = view.extra.get("causes")
    if found is None or view.other is None or not _fits(view, view.other, found):
        return None
    words = view.words
    form = _common.money(view)
    forms = causes.Forms(form, f"{form}ch", words.unit(form))
    year = str(found.year)
    before, after = (v.cost(year, "current") for v in (view.other, view))
    old = _common.earlier(before)
    blocks: list[Block] = [
        words.say(
            "causes.cost",
            **{"area": view.name, "year": year},
            before=Shown(old, form),
            after=Shown(after, form),
            change=Shown(after - old, form),
        ),
        *_refund(view, year),
        causes.because(found.total, words, forms),
        causes.summary(found.total, words, forms),
        _functions(view, found, forms),
    ]
    tables = causes.figures(found.cells, words, forms, lambda cell: hidden(view, cell))
    blocks += [_common.notes(view, table) for table in tables]
    return Section("causes", words.text("causes.title"), tuple(blocks))


def _refund(view: View, year: str) -> list[Block]:
    """Say how much of the change is a refund that only one of the two projections counts."""
    change = _scope.pair(view, year).alone.change
    if not change.given:
        return []
    return [view.words.say("causes.of_refund", change=_common.amount(view, change))]


def _fits(view: View, other: View, found: CostChange) -> bool:
    return (found.old, found.new, found.area) == (other.bundle.id, view.bundle.id, view.area)


def _functions(view: View, found: CostChange, forms: causes.Forms) -> Table:
    words, year, other = view.words, str(found.year), view.before
    wide = found.table
    lines = []
    for function in map(str, wide.index):
        before, after = (v.cost(year, "current", function=function) for v in (other, view))
        keys = {"function": function, "service": "", "term": "rate", "year": year}
        guarded = view.shield.hides("bridge", "value", view.area, keys)
        name = view.function_name(function)
        lines.append(causes.Line(name, _common.earlier(before), after, guarded))
    caption = words.text("causes.functions", area=view.name, year=year, unit=forms.unit)
    heading = (caption, words.text("column.function"))
    return _common.notes(view, causes.by_row(wide, words, heading, lines, forms))


def hidden(view: View, cell: Mapping[str, Any]) -> bool:
    """Whether a revised figure counts few persons, or is of a series that is protected.

    A dataset may count finer ages than a model, so a service protected at one age is at all.
    """
    if not cell["area"]:
        return False
    if cell["dataset"] == _CASES:
        return True
    shield, service = view.shield, cell["keys"].get("service", "")
    counted = "function" not in cell["keys"]
    small = any(0 < float(cell[name]) < shield.threshold for name in ("old", "new"))
    readers = {
        name
        for name, model in view.meta["models"].items()
        if any(str(v).startswith(f"{cell['dataset']}-") for v in model["vintages"])
    }
    protected = any(
        area == cell["area"] and model in readers and (not service or of == service)
        for area, model, of, _ in shield.hidden
    )
    return counted and (small or protected)

"""The growth bridge: from the last accounts to the budget year, term by term."""

from __future__ import annotations

from forecast.reporting.document import Column, Figure, Row, Section, Table
from forecast.reporting.figures.bridge import Bridge, Step
from forecast.reporting.view import View
from forecast.sections import _common

_ENDS = ("start", "end", "change")


def build(view: View) -> Section | None:
    """Return the bridge as a figure and as a table with intervals."""
    if not view.meta["cost_included"] or not view.slice("bridge").rows:
        return None
    words, year = view.words, view.budget_year
    intro = words.say("bridge.intro", accounts_year=view.accounts_year, year=year)
    return Section(
        "bridge", words.text("bridge.title"), (intro, _figure(view, year), _table(view, year))
    )


def terms(view: View, year: str) -> list[str]:
    """Return the terms of change, in the order of the bundle."""
    found = view.slice("bridge").values("term", function="", year=year)
    return [t for t in found if t not in _ENDS]


def _figure(view: View, year: str) -> Figure:
    words = view.words
    start, end = (_value(view, year, t) for t in ("start", "end"))
    steps = [Step(words.text("bridge.start", year=view.accounts_year), start, level=True)]
    steps += [Step(_common.term_name(words, t), _value(view, year, t)) for t in terms(view, year)]
    steps += [Step(words.text("bridge.end", year=year), end, level=True)]
    data = Bridge(tuple(steps), words.unit("mio"), words.language)
    names = [f"{s.name} {words.show(s.value * 1e3, 'mio' if s.level else 'mioch')}" for s in steps]
    caption = words.text("bridge.figure", area=view.name, year=year)
    return Figure("bridge", "bridge", data, caption, f"{caption} {'; '.join(names)}.", "bridge")


def _value(view: View, year: str, term: str) -> float:
    return view.number("bridge", function="", year=year, term=term).value / 1e3


def _table(view: View, year: str) -> Table:
    words = view.words
    heads = [words.text("column.expected"), words.text("column.p10"), words.text("column.p90")]
    columns = (Column(words.text("column.term")), *(Column(h, "mioch") for h in heads))
    rows = [_row(view, year, term, _common.term_name(words, term)) for term in terms(view, year)]
    whole = _row(view, year, "change", words.text("bridge.change"))
    caption = words.text("bridge.table", area=view.name, year=year, unit=words.unit("mio"))
    return Table("bridge", caption, columns, (*rows, Row(whole.cells, "total")))


def _row(view: View, year: str, term: str, label: str) -> Row:
    levels = (None, _common.LOW, _common.HIGH)
    cells = (view.number("bridge", function="", year=year, term=term, quantile=q) for q in levels)
    return Row((label, *cells))

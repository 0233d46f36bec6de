"""Scenarios: other projections of the same draws beside this one, year by year."""

from __future__ import annotations

from forecast.reporting import references
from forecast.reporting.document import Block, Cell, Column, Figure, Number, Row, Section, Table
from forecast.reporting.figures.lines import Line, Lines
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return net cost of each scenario in fixed prices; nothing where none was given."""
    others: list[View] = [other.at(view.area) for other in view.extra.get("scenarios", ())]
    if not others or not view.meta["cost_included"]:
        return None
    words = view.words
    blocks: list[Block] = [words.say("scenarios.intro"), _figure(view, others)]
    blocks += [_table(view, other, i) for i, other in enumerate(others, start=1)]
    return Section("scenarios", words.text("scenarios.title"), tuple(blocks))


def name(view: View, other: View) -> str:
    """Return what a scenario is called: its adjustments that the base does not have."""
    own = {str(a.get("name", "")) for a in view.meta["adjustments"]}
    names = [str(a.get("name", "")) for a in other.meta["adjustments"]]
    return view.words.listing([n for n in names if n not in own]) or other.bundle.id[:8]


def _figure(view: View, others: list[View]) -> Figure:
    words = view.words
    lines = [Line(words.text("scenarios.base"), _points(view))]
    lines += [Line(name(view, other), _points(other)) for other in others[:5]]
    caption = words.text("scenarios.figure", area=view.name, year=str(view.meta["price_level"]))
    ends = "; ".join(
        f"{ln.name} {words.show(ln.points[-1][1] * 1e3, _common.money(view))}" for ln in lines
    )
    data = Lines(tuple(lines), words.unit("mio"), words.language, cut=words.text("figure.cut"))
    return Figure(
        "scenarios", "lines", data, caption, _common.stopped(f"{caption} {ends}"), "scenario_1"
    )


def _points(view: View) -> tuple[tuple[float, float], ...]:
    return _common.points(((y, view.cost(y, "fixed")) for y in view.budget_years), 1e-3)


def _table(view: View, other: View, place: int) -> Table:
    words, title, form = view.words, name(view, other), _common.money(view)
    heads = [words.text("scenarios.base"), title]
    columns = (
        Column(words.text("column.year")),
        *(Column(head, form) for head in heads),
        Column(words.text("scenarios.difference"), f"{form}ch"),
        *(Column(f"{words.text(f'column.{p}')}, {title}", form) for p in ("p10", "p90")),
    )
    rows = tuple(Row((year, *_cells(view, other, year, place))) for year in view.budget_years)
    price = _common.price_name(view, "fixed")
    caption = words.text(
        "scenarios.table", area=view.name, scenario=title, price=price, unit=words.unit("mio")
    )
    return Table(f"scenario_{place}", caption, columns, rows, scenario=title)


def _cells(view: View, other: View, year: str, place: int) -> list[Cell]:
    base = view.cost(year, "fixed")
    levels = (None, _common.LOW, _common.HIGH)
    there, low, high = (_of(other.cost(year, "fixed", quantile=q), place) for q in levels)
    return [base, there, there - base, low, high]


def _of(number: Number, place: int) -> Number:
    if not number.given:
        return number
    return Number(number.value, references.elsewhere(number.ref, f"s{place}"))

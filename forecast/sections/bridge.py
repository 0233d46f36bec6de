"""The growth bridge: from the last accounts to the budget year, term by term."""

from __future__ import annotations

from functools import reduce
from operator import add

from forecast.reporting.document import (
    FORMS,
    MISSING,
    Block,
    Column,
    Figure,
    Number,
    Row,
    Section,
    Table,
    number_of,
)
from forecast.reporting.figures.bridge import Bridge, Step
from forecast.reporting.view import View
from forecast.sections import _common

_ENDS = ("start", "end", "change")


def build(view: View) -> Section | None:
    """Return the bridge as a figure, and as a table with intervals or by account function."""
    if not view.meta["cost_included"] or not view.slice("bridge").rows:
        return None
    words, year = view.words, view.budget_year
    intro = words.say("bridge.intro", accounts_year=view.accounts_year, year=year)
    blocks: list[Block] = [intro, _figure(view, year)]
    blocks += [_functions(view, year) if by_function(view) else _table(view, year)]
    return Section("bridge", words.text("bridge.title"), tuple(blocks))


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
    form, cut = _common.money(view), words.text("figure.cut")
    decimals = FORMS[form].decimals
    data = Bridge(tuple(steps), words.unit("mio"), words.language, decimals, cut)
    names = [
        f"{s.name} {words.show(s.value * 1e3, form if s.level else f'{form}ch')}" for s in steps
    ]
    caption = words.text("bridge.figure", area=view.name, year=year)
    alt = _common.stopped(f"{caption} {'; '.join(names)}")
    table = "drivers" if by_function(view) else "bridge"
    return Figure("bridge", "bridge", data, caption, alt, table)


def _value(view: View, year: str, term: str) -> float:
    return view.number("bridge", function="", year=year, term=term).value / 1e3


def _table(view: View, year: str) -> Table:
    words = view.words
    heads = [words.text("column.expected"), words.text("column.p10"), words.text("column.p90")]
    form = f"{_common.money(view)}ch"
    columns = (Column(words.text("column.term")), *(Column(h, form) for h in heads))
    rows = [_row(view, year, term, _common.term_name(words, term)) for term in terms(view, year)]
    whole = _row(view, year, "change", words.text("bridge.change"))
    caption = words.text("bridge.table", area=view.name, year=year, unit=words.unit("mio"))
    return Table("bridge", caption, columns, (*rows, Row(whole.cells, "total")))


def by_function(view: View) -> bool:
    """Whether the table is by account function: where the terms' own stands elsewhere."""
    return view.options.get("table") == "functions"


def _functions(view: View, year: str) -> Table:
    """Return the change of each account function by kind of term, groups summed."""
    words, form = view.words, f"{_common.money(view)}ch"
    kinds = {name: some for name, some in _kinds(view, year).items() if some}
    heads = [*(words.text(f"headline.{name}") for name in kinds), words.text("bridge.change")]
    heads += [words.text("column.p10"), words.text("column.p90")]
    columns = (Column(words.text("column.function")), *(Column(h, form) for h in heads))
    entries = view.meta["functions"]
    rows: list[Row] = []
    for group in ("children", "adults"):
        own = [f for f in view.functions() if entries.get(f, {}).get("group") == group]
        if own:
            title = words.text(f"group.{group}")
            lines = [_line(view, (year, f), kinds) for f in own]
            whole = words.text("pressure.subtotal", group=title)
            rows += [Row((title,), "group"), *lines, _sum(whole, lines)]
    total = _line(view, (year, ""), kinds)
    rows.append(Row((words.text("pressure.total"), *total.cells[1:]), "total"))
    caption = words.text("headline.functions", accounts_year=view.accounts_year, year=year,
                         unit=words.unit("mio"))  # fmt: skip
    return Table("bridge_functions", caption, columns, tuple(rows))


def _kinds(view: View, year: str) -> dict[str, list[str]]:
    """Return the terms of each kind: need, unit cost, price, refund, and what was put in."""
    found = terms(view, year)
    single = ("unit_cost", "price", "refund")
    local = [t for t in found if t.startswith("adjustment:")]
    demand = [t for t in found if t not in (*single, *local)]
    return {"demand": demand, **{t: [t] for t in single if t in found}, "local": local}


def _line(view: View, of: tuple[str, str], kinds: dict[str, list[str]]) -> Row:
    year, function = of

    def number(term: str, quantile: float | None = None) -> Number:
        keys = {"function": function, "year": year, "term": term}
        found = view.number("bridge", quantile=quantile, **keys)
        return found if found.ref or found.hidden else Number(0.0, "0.0")

    sums = [reduce(add, (number(t) for t in some)) for some in kinds.values()]
    ends = [number("change", q) for q in (None, _common.LOW, _common.HIGH)]
    return Row((view.function_name(function), *sums, *ends))


def _sum(label: str, rows: list[Row]) -> Row:
    """Return the sum of some rows; the last two columns are ends of intervals, which have none."""
    columns = list(zip(*(row.cells[1:] for row in rows), strict=True))
    sums = [reduce(add, (number_of(c) for c in column)) for column in columns[:-2]]
    return Row((label, *sums, MISSING, MISSING), "total")


def _row(view: View, year: str, term: str, label: str) -> Row:
    levels = (None, _common.LOW, _common.HIGH)
    cells = (view.number("bridge", function="", year=year, term=term, quantile=q) for q in levels)
    return Row((label, *cells))

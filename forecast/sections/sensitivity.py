"""Sensitivity: how far the total moves when one assumption does."""

from __future__ import annotations

from functools import reduce
from operator import add

from forecast.reporting.document import FORMS, Block, Column, Figure, Number, Row, Section, Table
from forecast.reporting.figures.bars import Bar, Bars
from forecast.reporting.view import View
from forecast.sections import _common

SHARE = 0.01


def build(view: View) -> Section | None:
    """Return what one per cent of each lever is worth, and which functions are least sure."""
    if not view.meta["cost_included"]:
        return None
    words, year = view.words, view.budget_year
    columns = (
        Column(words.text("sensitivity.lever")),
        Column(words.text("column.effect"), f"{_common.money(view)}ch"),
    )
    rows = [Row((name, effect)) for name, effect in _levers(view) if effect.given]
    caption = words.text("sensitivity.table", year=year, unit=words.unit("mio"))
    blocks: list[Block] = [
        words.say("sensitivity.intro"),
        Table("sensitivity", caption, columns, tuple(rows)),
        *_widths(view),
    ]
    return Section("sensitivity", words.text("sensitivity.title"), tuple(blocks))


def _levers(view: View) -> list[tuple[str, Number]]:
    """Return what each assumption is worth: volume or unit cost, prices, refund, demography.

    The refunded share stays as it is, as in the workbook's calculator.
    """
    words, year = view.words, view.budget_year

    net = view.cost(year, "current")
    found = [(words.text("sensitivity.volume"), net * SHARE)]
    for group in ("children", "adults"):
        own = [f for f in view.functions() if _group_of(view, f) == group]
        costs = [view.cost(year, "current", function=f) for f in own]
        if costs:
            name = words.text(
                "sensitivity.group", group=_common.lower_first(words.text(f"group.{group}"))
            )
            found.append((name, reduce(add, costs) * SHARE))
    found += [(words.text("sensitivity.price"), net * _point(view))]
    refund = view.cost(year, "current", component="refund")
    found += [(words.text("sensitivity.refund"), refund * 0.1)]
    found += [(words.text("sensitivity.demography"), _alone(view))]
    return found


def _point(view: View) -> float:
    """Return what one percentage point of growth in the budget year adds to prices that grew."""
    rows = view.slice("prices")
    for _, row in rows.select(kind="total", year=view.budget_year):
        growth = view.row(rows, row, "growth")
        if growth.given:
            return SHARE / (1 + growth.value / 100)
    return SHARE


def _alone(view: View) -> Number:
    """Return what demography alone would change, in current prices of the budget year."""
    year = view.budget_year
    fixed = view.cost(year, "fixed")
    return (view.cost(year, "fixed", "demographic") - fixed) * (view.cost(year, "current") / fixed)


def _group_of(view: View, function: str) -> str:
    return str(view.meta["functions"].get(function, {}).get("group", ""))


def width(view: View, function: str) -> Number:
    """Return the width of a function's 80 % interval in the budget year, fixed prices."""
    ends = (view.cost(view.budget_year, "fixed", function=function, quantile=q)
            for q in (_common.HIGH, _common.LOW))  # fmt: skip
    high, low = ends
    return high - low


def _widths(view: View) -> list[Figure]:
    words = view.words
    found = [(f, width(view, f)) for f in view.functions()]
    ranked = sorted(((f, n) for f, n in found if n.given), key=lambda pair: -pair[1].value)[:10]
    if not ranked:
        return []
    bars = tuple(Bar(view.function_name(f), n.value / 1e3) for f, n in ranked)
    price = _common.price_name(view, "fixed")
    caption = words.text("sensitivity.figure", year=view.budget_year, price=price)
    form = _common.money(view)
    names = "; ".join(f"{b.name} {words.show(b.value * 1e3, form)}" for b in bars)
    data = Bars(bars, words.unit("mio"), words.language, FORMS[form].decimals)
    return [Figure("sensitivity", "bars", data, caption, _common.stopped(f"{caption} {names}"))]

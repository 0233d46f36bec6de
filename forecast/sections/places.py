"""Places bought and sold: expenses, income from other municipalities, and their balance."""

from __future__ import annotations

from forecast.reporting.document import Cell, Column, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return expenses, income and net by account function, in accounts and in the budget year."""
    functions = [f for f in view.functions() if _known(view, f)]
    if not functions:
        return None
    words = view.words
    rows = [Row((view.function_name(f), *_cells(view, f))) for f in functions]
    caption = words.text(
        "places.table",
        area=view.name,
        unit=words.unit("mio"),
        price=_common.price_name(view, "fixed"),
    )
    whole = _common.total(rows, words.text("places.total"), _cells(view, ""))
    table = Table("places", caption, _columns(view), whole)
    one = view.level == "municipality"
    said = (
        words.say("places.intro" if one else "places.intro_several"),
        words.say("places.municipality" if one else "places.several"),
    )
    return Section("places", words.text("places.title"), (*said, table))


def _known(view: View, function: str) -> bool:
    income = view.cost(view.budget_year, "fixed", function=function, component="income")
    return income.given and income.value > 0


def _columns(view: View) -> tuple[Column, ...]:
    words, year, form = view.words, view.budget_year, _common.money(view)
    heads = [Column(words.text("column.function"))]
    for when in (view.accounts_year, year):
        heads += [Column(words.text(f"places.{c}", year=when), form) for c in PARTS]
        heads += [Column(words.text("places.share", year=when), "pct")]
    bounds = [words.text(f"places.income_{p}", year=year) for p in ("p10", "p90")]
    return (*heads, *(Column(head, form) for head in bounds))


PARTS = ("expenses", "income", "gross")


def _cells(view: View, function: str) -> list[Cell]:
    cells: list[Cell] = []
    for year, series in ((view.accounts_year, "accounts"), (view.budget_year, "forecast")):
        money = {
            part: view.cost(year, "fixed", series, function=function, component=part)
            for part in PARTS
        }
        cells += [*money.values(), money["income"] / money["expenses"]]
    return cells + [
        view.cost(
            view.budget_year, "fixed", function=function, component="income", quantile=quantile
        )
        for quantile in (_common.LOW, _common.HIGH)
    ]

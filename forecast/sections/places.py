"""Places bought and sold: expenses, income from other municipalities, and their balance."""

from __future__ import annotations

from forecast.reporting.document import MISSING, Cell, Column, Number, Row, Section, Table
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
    one = view.level == "municipality"
    table = Table("places", caption, _columns(view), whole, _unsaid(view, functions, one))
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


def _nothing(view: View, net: Number) -> bool:
    """Whether a net cost is shown as 0: all that is spent would then be for others."""
    form = _common.money(view)
    return net.given and view.words.show(abs(net), form) == view.words.show(0.0, form)


def _unsaid(view: View, functions: list[str], one: bool) -> tuple[str, ...]:
    """Say of which functions no share sold is shown, and where their income comes from."""
    words, year = view.words, view.budget_year
    nets = {f: view.cost(year, "fixed", function=f, component="gross") for f in functions}
    names = [view.function_name(f) for f, net in nets.items() if _nothing(view, net)]
    key = "places.no_share" if one else "places.no_share_several"
    return (words.text(key, functions=words.listing(names)),) if names else ()


def _cells(view: View, function: str) -> list[Cell]:
    cells: list[Cell] = []
    for year, series in ((view.accounts_year, "accounts"), (view.budget_year, "forecast")):
        money = {
            part: view.cost(year, "fixed", series, function=function, component=part)
            for part in PARTS
        }
        share = money["income"] / money["expenses"]
        cells += [*money.values(), MISSING if _nothing(view, money["gross"]) else share]
    return cells + [
        view.cost(
            view.budget_year, "fixed", function=function, component="income", quantile=quantile
        )
        for quantile in (_common.LOW, _common.HIGH)
    ]

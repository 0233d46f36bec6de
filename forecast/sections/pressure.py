"""Cost by account function: accounts, what is expected since, adopted budget and out-years."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import NamedTuple

from forecast.reporting.document import MISSING, Column, Number, Paragraph, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common, conclusion

PRICES = ("fixed", "current")
GROUPS = ("children", "adults")


class Amount(NamedTuple):
    """One column: its heading, its form, and an account function's number ("": all of them).

    Attributes:
        adds: whether functions add up to a group; the ends of intervals do not.
    """

    head: str
    form: str
    of: Callable[[str], Number]
    adds: bool = True


def build(view: View) -> Section | None:
    """Return one table in fixed and one in current prices; the difference is the pressure."""
    if not view.meta["cost_included"]:
        return None
    words = view.words
    budget = _common.last_budget(view)
    intro = words.say("pressure.intro" if budget else "pressure.no_budget", budget_year=budget)
    tables = tuple(_table(view, price, budget) for price in PRICES)
    return Section(
        "pressure", words.text("pressure.title"), (intro, *_where(view, budget), *tables)
    )


def _where(view: View, budget: str) -> list[Paragraph]:
    """Say on which account functions most of the gap to the budget lies, as far as two share it."""
    whole = _gap(view, budget, "fixed")("")
    way = conclusion.direction(view, whole) if whole.given else "same"
    if way == "same":
        return []
    sign = 1 if way == "up" else -1
    gaps = {f: _gap(view, budget, "fixed")(f) for f in view.functions()}
    most = sorted((f for f in gaps if gaps[f].given), key=lambda f: -sign * gaps[f].value)[:2]
    if len(most) < 2 or any(conclusion.direction(view, gaps[f]) != way for f in most):
        return []
    first, second = most
    return [
        view.words.say(
            f"pressure.where.{way}",
            **{"first": view.function_name(first), "second": view.function_name(second)},
            first_amount=_common.amount(view, abs(gaps[first])),
            second_amount=_common.amount(view, abs(gaps[second])),
        )
    ]


def _gap(view: View, budget: str, price: str) -> Callable[[str], Number]:
    """Return what an account function is expected to cost above its adopted budget."""

    def gap(function: str) -> Number:
        expected = view.cost(view.budget_year, price, function=function)
        return expected - view.cost(budget, price, "budget", function=function)

    return gap


def _table(view: View, price: str, budget: str) -> Table:
    words = view.words
    caption = words.text(
        "pressure.table",
        area=view.name,
        unit=words.unit("mio"),
        price=_common.price_name(view, price),
    )
    amounts = [*_before(view, price, budget), *_ahead(view, price, budget)]
    columns = (Column(words.text("column.function")), *(Column(a.head, a.form) for a in amounts))
    rows = [row for group in GROUPS for row in _group(view, group, amounts)]
    whole = Row((words.text("pressure.total"), *(a.of("") for a in amounts)), "total")
    notes = _common.of_prices(view) if price == "current" else ()
    return Table(f"pressure_{price}", caption, columns, (*rows, whole), notes, variant=price)


def _before(view: View, price: str, budget: str) -> list[Amount]:
    words, form = view.words, _common.money(view)

    def cost(year: str, series: str) -> Callable[[str], Number]:
        return lambda function: view.cost(year, price, series, function=function)

    accounts = words.text("column.accounts", year=view.accounts_year)
    found = [Amount(accounts, form, cost(view.accounts_year, "accounts"))]
    for year in _common.years_between(view):
        head = words.text("column.between", year=year)
        found.append(Amount(head, form, cost(year, "forecast")))
    if budget:
        head = words.text("column.budget", year=budget)
        found.append(Amount(head, form, cost(budget, "budget")))
    return found


def _ahead(view: View, price: str, budget: str) -> list[Amount]:
    words, year, form = view.words, view.budget_year, _common.money(view)

    def cost(of: str, quantile: float | None = None) -> Callable[[str], Number]:
        return lambda function: view.cost(of, price, function=function, quantile=quantile)

    ends = (("p10", _common.LOW), ("p90", _common.HIGH))
    found = [Amount(y, form, cost(y)) for y in view.budget_years]
    found += [
        Amount(f"{words.text(f'column.{name}')}, {year}", form, cost(year, level), adds=False)
        for name, level in ends
    ]
    if budget:
        found.append(
            Amount(words.text(f"column.pressure_{price}"), f"{form}ch", _gap(view, budget, price))
        )
    return found


def _group(view: View, group: str, amounts: list[Amount]) -> list[Row]:
    entries = view.meta["functions"]
    own = [f for f in view.functions() if entries.get(f, {}).get("group") == group]
    if not own:
        return []
    title = view.words.text(f"group.{group}")
    lines = [Row((view.function_name(f), *(a.of(f) for a in amounts))) for f in own]
    sums = (reduce(add, (a.of(f) for f in own)) if a.adds else MISSING for a in amounts)
    whole = Row((view.words.text("pressure.subtotal", group=title), *sums), "total")
    return [Row((title,), "group"), *lines, whole]

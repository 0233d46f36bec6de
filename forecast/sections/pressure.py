"""Cost by account function: accounts, adopted budget, budget year and out-years."""

from __future__ import annotations

from forecast.reporting.document import Cell, Column, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common

PRICES = ("fixed", "current")


def build(view: View) -> Section | None:
    """Return one table in fixed and one in current prices; the difference is the pressure."""
    if not view.meta["cost_included"]:
        return None
    words = view.words
    budget = _common.last_budget(view)
    intro = words.say("pressure.intro" if budget else "pressure.no_budget", budget_year=budget)
    tables = tuple(_table(view, price, budget) for price in PRICES)
    return Section("pressure", words.text("pressure.title"), (intro, *tables))


def _table(view: View, price: str, budget: str) -> Table:
    words = view.words
    caption = words.text(
        "pressure.table",
        area=view.name,
        unit=words.unit("mio"),
        price=_common.price_name(view, price),
    )
    rows: list[Row] = []
    for group in ("children", "adults"):
        rows += _group(view, price, budget, group)
    whole = Row((words.text("pressure.total"), *_cells(view, price, budget, "")), "total")
    return Table(
        f"pressure_{price}", caption, _columns(view, budget), (*rows, whole), variant=price
    )


def _columns(view: View, budget: str) -> tuple[Column, ...]:
    words, year = view.words, view.budget_year
    heads = [words.text("column.accounts", year=view.accounts_year)]
    heads += [words.text("column.budget", year=budget)] if budget else []
    heads += [words.text("column.forecast", year=year)]
    heads += [f"{words.text(f'column.{p}')}, {year}" for p in ("p10", "p90")]
    pressure = [Column(words.text("column.pressure"), "mioch")] if budget else []
    return (
        Column(words.text("column.function")),
        *(Column(head, "mio") for head in heads),
        *pressure,
        *(Column(y, "mio") for y in view.budget_years[1:]),
    )


def _group(view: View, price: str, budget: str, group: str) -> list[Row]:
    entries = view.meta["functions"]
    own = [f for f in view.functions() if entries.get(f, {}).get("group") == group]
    if not own:
        return []
    heading = Row((view.words.text(f"group.{group}"),), "group")
    lines = [Row((view.function_name(f), *_cells(view, price, budget, f))) for f in own]
    return [heading, *lines]


def _cells(view: View, price: str, budget: str, function: str) -> list[Cell]:
    year = view.budget_year
    middle = view.cost(year, price, function=function)
    cells: list[Cell] = [view.cost(view.accounts_year, price, "accounts", function=function)]
    adopted = view.cost(budget, price, "budget", function=function) if budget else None
    cells += [adopted] if adopted is not None else []
    cells += [middle]
    cells += [
        view.cost(year, price, function=function, quantile=q) for q in (_common.LOW, _common.HIGH)
    ]
    cells += [middle - adopted] if adopted is not None else []
    return cells + [view.cost(y, price, function=function) for y in view.budget_years[1:]]

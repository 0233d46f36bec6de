"""The calculator: what a planner may change in a spreadsheet, with the totals that follow."""

from __future__ import annotations

from forecast.reporting.document import Calculator, Line, Number, Section
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return lines of cost by service with unit costs and recipients to change.

    A line is the forecast's own cost net of refund times the changed over the forecast unit cost,
    as the engine scales it: the refunded share of a line stays. Protected services have no line.
    """
    if not view.meta["cost_included"]:
        return None
    years = tuple(view.budget_years)
    lines = [_line(view, f, s, years) for f, s in services(view)]
    totals = tuple(view.cost(y, "fixed") for y in years)
    others = tuple(_rest(whole, lines, i) for i, whole in enumerate(totals))
    words = view.words
    lines += [Line(words.text("calculator.other"), others)]
    index = tuple(view.cost(y, "current") / view.cost(y, "fixed") for y in years)
    title = words.text("calculator.title")
    notes = _common.of_prices(view)
    form = _common.money(view)
    block = Calculator("calculator", title, years, tuple(lines), index, totals, notes, form)
    return Section("calculator", title, (block,))


def services(view: View) -> list[tuple[str, str]]:
    """Return functions and services whose cost is known by itself."""
    rows = view.slice("volumes").select(item="unit_cost", series="forecast")
    found = {(str(k["function"]), str(k["service"])) for k, _ in rows}
    pairs = sorted(pair for pair in found if pair[1] != "remainder")
    first = view.budget_year
    return [(f, s) for f, s in pairs if _net(view, f, s, first).given]


def _net(view: View, function: str, service: str, year: str) -> Number:
    return view.cost(year, "fixed", function=function, service=service)


def _line(view: View, function: str, service: str, years: tuple[str, ...]) -> Line:
    name = _common.line_name(view, function, service)
    costs = tuple(_net(view, function, service, y) for y in years)
    keys = {"function": function, "service": service, "series": "forecast"}
    recipients = view.number("volumes", item="recipients", year=view.budget_year, **keys)
    unit_cost = view.number("volumes", item="unit_cost", year=view.budget_year, **keys)
    return Line(name, costs, recipients, unit_cost)


def _rest(whole: Number, lines: list[Line], year: int) -> Number:
    for line in lines:
        whole = whole - line.costs[year]
    return whole

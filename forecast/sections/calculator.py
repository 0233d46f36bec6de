"""The calculator: what a planner may change in a spreadsheet, with the totals that follow."""

from __future__ import annotations

from forecast.reporting.document import Calculator, Line, Number, Section
from forecast.reporting.view import View


def build(view: View) -> Section | None:
    """Return lines of cost by service with unit costs and recipients to change.

    A line is the forecast's own gross cost times the changed over the forecast unit cost, as the
    engine scales it; refunds stay as forecast. Protected services have no cells to change.
    """
    if not view.meta["cost_included"]:
        return None
    years = tuple(view.budget_years)
    lines = [_line(view, f, s, years) for f, s in services(view)]
    gross = tuple(view.cost(y, "fixed", component="gross") for y in years)
    others = tuple(_rest(whole, lines, i) for i, whole in enumerate(gross))
    refunds = tuple(Number(0.0, "0.0") - view.cost(y, "fixed", component="refund") for y in years)
    words = view.words
    lines += [Line(words.text("calculator.other"), others)]
    lines += [Line(words.text("calculator.refund"), refunds)]
    index = tuple(view.cost(y, "current") / view.cost(y, "fixed") for y in years)
    totals = tuple(view.cost(y, "fixed") for y in years)
    title = words.text("calculator.title")
    block = Calculator("calculator", title, years, tuple(lines), index, totals)
    return Section("calculator", title, (block,))


def services(view: View) -> list[tuple[str, str]]:
    """Return functions and services whose gross cost is known by itself."""
    rows = view.slice("volumes").select(item="unit_cost", series="forecast")
    found = {(str(k["function"]), str(k["service"])) for k, _ in rows}
    pairs = sorted(pair for pair in found if pair[1] != "remainder")
    first = view.budget_year
    return [(f, s) for f, s in pairs if _gross(view, f, s, first).given]


def _gross(view: View, function: str, service: str, year: str) -> Number:
    return view.cost(year, "fixed", component="gross", function=function, service=service)


def _line(view: View, function: str, service: str, years: tuple[str, ...]) -> Line:
    name = f"{function} {view.service_name(service)}"
    costs = tuple(_gross(view, function, service, y) for y in years)
    keys = {"function": function, "service": service, "series": "forecast"}
    recipients = view.number("volumes", item="recipients", year=view.budget_year, **keys)
    unit_cost = view.number("volumes", item="unit_cost", year=view.budget_year, **keys)
    return Line(name, costs, recipients, unit_cost)


def _rest(whole: Number, lines: list[Line], year: int) -> Number:
    for line in lines:
        whole = whole - line.costs[year]
    return whole

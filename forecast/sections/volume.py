"""Price × volume: how many receive each service, and what one of them costs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import sub

from forecast.reporting.document import (
    MISSING,
    Column,
    Number,
    Row,
    Section,
    Table,
    number_of,
)
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return recipients, unit cost and their product, in accounts and in the budget year."""
    groups = {f: tuple(_row(view, f, s) for s in of) for f, of in _services(view).items()}
    rows = tuple(row for group in groups.values() for row in group)
    if not rows:
        return None
    words, people = view.words, _people(rows)
    caption = words.text("volume.table", area=view.name, price=_common.price_name(view, "fixed"))
    notes = _common.new_services(view, (s for of in _services(view).values() for s in of))
    if any(_veiled(group) for group in groups.values()):
        notes += (words.text("volume.whole"),)
    ahead = [row.cells[2] for row in rows]
    lines = tuple(row for f, group in groups.items() for row in _open(view, f, group))
    lines += tuple(_rest(view, lines))
    table = Table("volume", caption, _columns(view, people), lines, notes)
    table = _common.notes(view, table, ahead)
    return Section("volume", words.text("volume.title"), (words.say("volume.intro"), table))


def _services(view: View) -> dict[str, list[str]]:
    """Return the services of each account function, both in order."""
    rows = view.slice("volumes").select(item="recipients", series="forecast")
    found = {(str(k["function"]), str(k["service"])) for k, _ in rows}
    services: dict[str, list[str]] = {}
    for function, service in sorted(pair for pair in found if pair[1] != "remainder"):
        services.setdefault(function, []).append(service)
    return services


def _people(rows: tuple[Row, ...]) -> str:
    """Return how recipients are shown: means of the year, with a decimal where all are few."""
    found = [number_of(cell) for row in rows for cell in row.cells[1:3]]
    return "one" if all(n.value < _common.FEW for n in found if n.given) else "int"


def _columns(view: View, people: str) -> tuple[Column, ...]:
    words = view.words
    before, after = view.accounts_year, view.budget_year
    return (
        Column(words.text("column.function_service")),
        Column(words.text("column.recipients", year=before), people),
        Column(words.text("column.recipients", year=after), people),
        Column(words.text("column.change"), "pctch"),
        Column(words.text("column.unit_cost", year=before), "thousand"),
        Column(words.text("column.unit_cost", year=after), "thousand"),
        Column(words.text("column.change"), "pctch"),
        Column(words.text("column.product", year=after), _common.money(view)),
    )


def _row(view: View, function: str, service: str) -> Row:
    before = {i: _item(view, function, service, i) for i in ("recipients", "unit_cost")}
    after = {i: _ahead(view, function, service, i) for i in ("recipients", "unit_cost")}
    if before["recipients"].value == 0:
        before["unit_cost"] = MISSING  # of nobody
    name = _common.line_name(view, function, service)
    return Row(
        (
            name,
            *(before["recipients"], after["recipients"]),
            growth(before["recipients"], after["recipients"]),
            *(before["unit_cost"], after["unit_cost"]),
            growth(before["unit_cost"], after["unit_cost"]),
            _gross(view, function, service),
        )
    )


def _gross(view: View, function: str, service: str = "") -> Number:
    """Return the cost before refund as the other tables show it: the mean of the products."""
    year = view.budget_year
    return view.cost(year, "fixed", function=function, service=service, component="gross")


def _veiled(group: Sequence[Row]) -> bool:
    """Whether the cost of some service of an account function is not shown."""
    return any(number_of(row.cells[-1]).hidden for row in group)


def _open(view: View, function: str, group: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return an account function's rows; where some hide their cost, with what these come to.

    What a function costs is in every other table, so leaving it out here would protect nobody.
    """
    if not _veiled(group):
        return group
    rest = reduce(sub, _given(group), _gross(view, function))
    if len(group) == 1:
        return (Row((*group[0].cells[:-1], rest)),)
    name = view.words.text("volume.veiled", function=function)
    return (*group, Row((name, *_NOTHING, rest)))


def _given(rows: Sequence[Row]) -> list[Number]:
    """Return the costs that are shown."""
    return [n for row in rows if (n := number_of(row.cells[-1])).given]


_NOTHING = (MISSING,) * 6


def _rest(view: View, rows: tuple[Row, ...]) -> list[Row]:
    """Return what leads from the lines to the net cost of the other tables: the rest and refund."""
    words, year = view.words, view.budget_year
    whole, refund, net = (view.cost(year, "fixed", component=c) for c in ("gross", "refund", "net"))
    if not whole.given:
        return []
    others = reduce(sub, _given(rows), whole)
    return [
        Row((words.text("volume.rest"), *_NOTHING, others), "total"),
        Row((words.text("volume.refund"), *_NOTHING, Number(0.0, "0.0") - refund), "total"),
        Row((words.text("volume.net"), *_NOTHING, net), "total"),
    ]


def growth(before: Number, after: Number) -> Number:
    """Return the change as a share of what was before."""
    return (after - before) / before


def _item(view: View, function: str, service: str, item: str) -> Number:
    if not _common.existed(service, view.accounts_year):
        return MISSING
    keys = {"function": function, "service": service, "item": item}
    return view.number("volumes", year=view.accounts_year, series="accounts", **keys)


def _ahead(view: View, function: str, service: str, item: str) -> Number:
    keys = {"function": function, "service": service, "item": item}
    return view.number("volumes", year=view.budget_year, series="forecast", **keys)

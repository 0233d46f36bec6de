"""Price × volume: how many receive each service, and what one of them costs."""

from __future__ import annotations

from functools import reduce
from operator import sub

from forecast.reporting.document import MISSING, Column, Number, Row, Section, Table, number_of
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return recipients, unit cost and their product, in accounts and in the budget year."""
    rows = tuple(_row(view, f, s) for f, s in _services(view))
    if not rows:
        return None
    words, people = view.words, _people(rows)
    caption = words.text("volume.table", area=view.name, price=_common.price_name(view, "fixed"))
    notes = _common.new_services(view, (s for _, s in _services(view)))
    ahead = [row.cells[2] for row in rows]
    rows += tuple(_rest(view, rows))
    table = Table("volume", caption, _columns(view, people), rows, notes)
    table = _common.notes(view, table, ahead)
    return Section("volume", words.text("volume.title"), (words.say("volume.intro"), table))


def _services(view: View) -> list[tuple[str, str]]:
    rows = view.slice("volumes").select(item="recipients", series="forecast")
    found = dict.fromkeys((str(k["function"]), str(k["service"])) for k, _ in rows)
    return sorted(pair for pair in found if pair[1] != "remainder")


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
    name = _common.line_name(view, function, service)
    return Row(
        (
            name,
            *(before["recipients"], after["recipients"]),
            growth(before["recipients"], after["recipients"]),
            *(before["unit_cost"], after["unit_cost"]),
            growth(before["unit_cost"], after["unit_cost"]),
            after["recipients"] * after["unit_cost"],
        )
    )


def _rest(view: View, rows: tuple[Row, ...]) -> list[Row]:
    """Return what leads from the lines to the net cost of the other tables: the rest and refund."""
    words, year = view.words, view.budget_year
    whole, refund, net = (view.cost(year, "fixed", component=c) for c in ("gross", "refund", "net"))
    if not whole.given:
        return []
    shown = [n for row in rows if (n := number_of(row.cells[-1])).given]
    others = reduce(sub, shown, whole)
    none = (MISSING,) * 6
    return [
        Row((words.text("volume.rest"), *none, others), "total"),
        Row((words.text("volume.refund"), *none, Number(0.0, "0.0") - refund), "total"),
        Row((words.text("volume.net"), *none, net), "total"),
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

"""Dear cases: how many there are, what they cost gross and net, and what one more costs."""

from __future__ import annotations

from typing import Any

from forecast.reporting.document import Cell, Column, Row, Section, Shown, Table
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return a table by size of case for the budget year."""
    rows = tuple(_row(view, group, t) for group, t in _sizes(view))
    if not rows:
        return None
    words, year = view.words, view.budget_year
    form = _common.money(view)
    heads = [
        ("number", "one"), ("p10", "one"), ("p90", "one"), ("gross", form), ("refund", form),
        ("net", form), ("marginal_net", "thousand"),
    ]  # fmt: skip
    columns = (
        Column(words.text("column.case")),
        *(Column(words.text(f"cases.{name}"), form) for name, form in heads),
    )
    caption = words.text(
        "cases.table", area=view.name, year=year, price=_common.price_name(view, "fixed")
    )
    table = _common.notes(view, Table("cases", caption, columns, rows))
    intro = words.say("cases.intro", year=year)
    return Section("cases", words.text("cases.title"), (intro, table))


def _sizes(view: View) -> list[tuple[str, float]]:
    rows = view.slice("cases").select(item="number", year=view.budget_year)
    found = {(str(k["group"]), float(k["threshold"])) for k, _ in rows}
    return sorted(found)


def _row(view: View, group: str, threshold: float) -> Row:
    keys: dict[str, Any] = {"group": group, "threshold": threshold, "year": view.budget_year}
    levels = (None, _common.LOW, _common.HIGH)
    numbers: list[Cell] = [view.number("cases", item="number", quantile=q, **keys) for q in levels]
    money = [view.number("cases", item=i, **keys) for i in ("gross", "refund", "net")]
    one_more = view.number("cases", item="marginal_net", **keys)
    size = view.words.text("cases.above" if threshold else "cases.all", amount=threshold)
    label = f"{view.words.text(f'group.{group}')}, {size}"
    return Row((label, *numbers, *money, Shown(one_more, "thousand")))

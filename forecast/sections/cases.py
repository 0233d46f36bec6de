"""Expensive single cases: how many, what they cost before and after refund, what one more costs."""

from __future__ import annotations

from typing import Any

from forecast.reporting.document import (
    MISSING,
    Cell,
    Column,
    Row,
    Section,
    Shown,
    Table,
    number_of,
)
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
    said = (*_nowhere(view), *_unknown(view, rows))
    table = _common.notes(view, Table("cases", caption, columns, rows, said))
    intro = words.say("cases.intro", year=year)
    return Section("cases", words.text("cases.title"), (intro, table))


def _sizes(view: View) -> list[tuple[str, float]]:
    rows = view.slice("cases").select(item="number", year=view.budget_year)
    found = {(str(k["group"]), float(k["threshold"])) for k, _ in rows}
    return sorted(found)


def _nowhere(view: View) -> tuple[str, ...]:
    """Say of which groups no cases can be counted."""
    words = view.words
    groups = [g for g in dict.fromkeys(g for g, _ in _sizes(view)) if not _spread(view, g)]
    names = [_common.lower_first(words.text(f"group.{group}")) for group in groups]
    return tuple(words.text("cases.nowhere", group=name) for name in names)


def _unknown(view: View, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Say that the year's refund is not known, where it is not."""
    if any(number_of(row.cells[-1]).given for row in rows):
        return ()
    return (view.words.text("notes.refund_left_out", years=view.budget_year),)


def _spread(view: View, group: str) -> bool:
    """Whether a group's cost is spread on cases at all: not where no recipients are known of it."""
    keys = {"group": group, "year": view.budget_year, "item": "number"}
    some = [view.number("cases", threshold=t, **keys) for g, t in _sizes(view) if g == group]
    return any(n.hidden or n.value > 0 for n in some)


def _row(view: View, group: str, threshold: float) -> Row:
    keys: dict[str, Any] = {"group": group, "threshold": threshold, "year": view.budget_year}
    levels = (None, _common.LOW, _common.HIGH)
    numbers: list[Cell] = [view.number("cases", item="number", quantile=q, **keys) for q in levels]
    money = [view.number("cases", item=i, **keys) for i in ("gross", "refund", "net")]
    if not _spread(view, group):
        numbers, money = [MISSING] * len(numbers), [MISSING] * len(money)
    one_more = view.number("cases", item="marginal_net", **keys)
    size = view.words.text("cases.above" if threshold else "cases.all", amount=threshold)
    label = f"{view.words.text(f'group.{group}')}, {size}"
    return Row((label, *numbers, *money, Shown(one_more, "thousand")))

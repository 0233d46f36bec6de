"""Adjustments: what a planner knows and a model cannot, in the order in which it was applied."""

from __future__ import annotations

from typing import Any

from forecast import areas
from forecast.reporting.document import Column, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _common


def build(view: View) -> Section | None:
    """Return the list of adjustments with author, reason and effect; nothing without any."""
    words = view.words
    title = words.text("adjustments.title")
    found = own(view)
    if not found:
        return None
    heads = ("name", "author", "reason", "effect")
    columns = (
        *(Column(words.text(f"adjustments.{h}")) for h in heads),
        Column(words.text("adjustments.amount", year=view.budget_year), f"{_common.money(view)}ch"),
    )
    rows = tuple(_row(view, entry) for entry in found)
    caption = words.text("adjustments.table", area=view.name)
    table = Table("adjustments", caption, columns, rows)
    return Section("adjustments", title, (words.say("adjustments.intro"), table))


def own(view: View) -> list[dict[str, Any]]:
    """Return the adjustments that change the area of a report, in order."""
    return [entry for entry in view.meta["adjustments"] if concerns(view, entry)]


def concerns(view: View, entry: dict[str, Any]) -> bool:
    """Whether an adjustment changes the area of a report."""
    codes = [str(code) for code in entry.get("municipalities", [])]
    codes += [code for code in str(entry.get("area", "")).split(",") if code]
    if not codes or areas.NATION in (*codes, view.area) or view.area in codes:
        return True
    return view.area in {areas.region_of(code) for code in codes}


def _row(view: View, entry: dict[str, Any]) -> Row:
    name = str(entry.get("name") or entry.get("id") or "")
    texts = [name, *(str(entry.get(key, "")) for key in ("author", "reason")), what(view, entry)]
    effect = view.number("bridge", function="", year=view.budget_year, term=f"adjustment:{name}")
    return Row((*texts, effect))


def what(view: View, entry: dict[str, Any]) -> str:
    """Say what an adjustment does, in words and numbers of the report's language."""
    words = view.words
    service, function = str(entry.get("service", "")), str(entry.get("function", ""))
    name = (
        view.service_name(service) if service else view.function_name(function) if function else ""
    )
    if amount := float(entry.get("amount", 0.0)):
        year = str(entry.get("price_level", ""))
        return words.text("adjustments.amounts", name=name, amount=amount, year=year)
    if move := float(entry.get("move", 0.0)):
        to = view.service_name(str(entry.get("to", "")))
        return words.text("adjustments.moves", name=name, to=to, share=move)
    if change := float(entry.get("change", 0.0)):
        return f"{name} {words.show(change, 'pctch')}".strip()
    return str(entry.get("estimate") or entry.get("effect", ""))

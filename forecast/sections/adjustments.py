"""Adjustments: what a planner knows and a model cannot, in the order in which it was applied."""

from __future__ import annotations

from typing import Any

from forecast.document import Column, Row, Section, Table
from forecast.view import View


def build(view: View) -> Section | None:
    """Return the list of adjustments with author, reason and effect; without any, say so."""
    words = view.words
    title = words.text("adjustments.title")
    own = [a for a in view.meta["adjustments"] if str(a.get("area", "")) in ("", "000", view.area)]
    if not own:
        return Section("adjustments", title, (words.say("adjustments.none"),))
    heads = ("name", "author", "reason", "effect")
    columns = (
        *(Column(words.text(f"adjustments.{h}")) for h in heads),
        Column(words.text("adjustments.amount", year=view.budget_year), "mioch"),
    )
    rows = tuple(_row(view, entry) for entry in own)
    caption = words.text("adjustments.table", area=view.name)
    table = Table("adjustments", caption, columns, rows)
    return Section("adjustments", title, (words.say("adjustments.intro"), table))


def _row(view: View, entry: dict[str, Any]) -> Row:
    name = str(entry.get("name") or entry.get("id") or "")
    texts = [name, *(str(entry.get(key, "")) for key in ("author", "reason", "effect"))]
    effect = view.number("bridge", function="", year=view.budget_year, term=f"adjustment:{name}")
    return Row((*texts, effect))

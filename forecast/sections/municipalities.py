"""All municipalities: growth of each from accounts to the budget year, with its interval."""

from __future__ import annotations

from forecast.reporting.document import Column, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import spread


def build(view: View) -> Section | None:
    """Return the table behind the map and the ranked list, in Danish alphabetical order."""
    if not view.meta["cost_included"]:
        return None
    shares = [s for s in spread.shares_of(view) if s.each.given]
    if not shares:
        return None
    words = view.words
    low, high = (words.text(f"column.{p}") for p in ("p10", "p90"))
    columns = (
        Column(words.text("report.municipality")),
        Column(words.text("spread.change"), "mioch"),
        Column(words.text("spread.people"), "int"),
        Column(words.text("spread.per_person"), "kr"),
        *(Column(f"{h}, {words.unit('kr')}", "kr") for h in (low, high)),
    )
    rows = tuple(
        Row(
            (
                view.area_name(s.area),
                s.change,
                s.people,
                s.each,
                s.low / s.people,
                s.high / s.people,
            )
        )
        for s in shares
    )
    said = words.say("spread.all_intro", **spread.years(view))
    caption = words.text("spread.table", unit=words.unit("mio"), **spread.years(view))
    table = Table("spread", caption, columns, rows)
    return Section("municipalities", words.text("spread.all_title"), (said, table))

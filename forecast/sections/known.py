"""What was known on the date of the negotiation, and what has come since."""

from __future__ import annotations

from typing import Any

from forecast.reporting.document import Column, Row, Section, Table
from forecast.reporting.view import View


def build(view: View) -> Section:
    """Return the data by date of publication, and which of them the projection could not know."""
    words = view.words
    date = str(view.extra.get("agreed_on") or view.meta["known_at"])
    heads = ("dataset", "published", "known")
    columns = tuple(Column(words.text(f"known.{h}")) for h in heads)
    vintages = sorted(view.meta["vintages"], key=lambda v: str(v.get("published", "")))
    rows = tuple(
        Row(
            (
                name(view, v),
                words.date(str(v.get("published", ""))),
                words.text("known.yes" if str(v.get("published", "")) <= date else "known.no"),
            )
        )
        for v in vintages
    )
    later = sum(str(v.get("published", "")) > date for v in vintages)
    said = words.say("known.intro", date=words.date(date))
    since = words.say("known.since" if later else "known.nothing_since", n=float(later))
    table = Table("known", words.text("known.table", date=words.date(date)), columns, rows)
    return Section("known", words.text("known.title"), (said, since, table))


def name(view: View, vintage: dict[str, Any]) -> str:
    """Return what readers call a dataset."""
    dataset = vintage["dataset"]
    return view.words.named(f"dataset.{dataset}", vintage.get("title", dataset))

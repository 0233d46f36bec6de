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
    states = [_state(view, v, date) for v in vintages]
    rows = tuple(
        Row((name(view, v), words.date(str(v.get("published", ""))), words.text(f"known.{state}")))
        for v, state in zip(vintages, states, strict=True)
    )
    later = states.count("no")
    said = words.say("known.intro", date=words.date(date))
    since = words.say("known.since" if later else "known.nothing_since", n=float(later))
    notes = (words.text("known.cut"),) if "edition" in states else ()
    table = Table("known", words.text("known.table", date=words.date(date)), columns, rows, notes)
    return Section("known", words.text("known.title"), (said, since, table))


def _state(view: View, vintage: dict[str, Any], date: str) -> str:
    """Return whether a dataset's figures were out on a date: `yes`, `no`, or in another `edition`.

    A projection as known on a date uses no figure that came out later, whenever the snapshot that
    holds it was taken; one taken later may hold it revised.
    """
    if str(vintage.get("published", "")) <= date:
        return "yes"
    if str(view.meta["known_at"]) > date:
        return "no"
    return "yes" if vintage.get("real_time") else "edition"


def name(view: View, vintage: dict[str, Any]) -> str:
    """Return what readers call a dataset."""
    dataset = vintage["dataset"]
    return view.words.named(f"dataset.{dataset}", vintage.get("title", dataset))

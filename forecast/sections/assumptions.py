"""Assumptions: prices and their vintage, the date of the data, breaks, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from forecast import measures, services
from forecast.reporting import danish
from forecast.reporting.document import Block, Column, Number, Paragraph, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _checks as checked
from forecast.sections import _common, _past, adjustments, conclusion, known

FITTED = {
    "cases": r"fitted to (\d+) cases",
    "limits": r"fitted to counts above (\d+) limits",
    "assumption": "assumption",
}
FRAME = ("lift_assumed",)  # remarks on the service frame, which only some reports show
OVERALL = "total"  # wages and goods together, in the table of prices


def build(view: View) -> Section:
    """Return the assumptions behind every number of the report."""
    words = view.words
    known = "known" if view.meta["years"] else "known_version"
    blocks: list[Block] = [
        *_common.of_the_new(view),
        words.say(f"assumptions.{known}", date=words.date(view.meta["known_at"])),
    ]
    if view.meta["cost_included"]:
        blocks += [_prices_said(view)]
    elif view.meta["years"]:
        blocks += [conclusion.left_out(view)]
    if view.meta["years"] and not adjustments.own(view):
        blocks += [words.say("adjustments.none", "note")]
    without = () if view.options.get("frame") else FRAME
    blocks += [*notes(view, without), *_missing(view), *_breaks(view)]
    blocks += [*_uplift(view), *_prices(view), _data(view), *checked.tables(view)]
    if view.shield.threshold:
        blocks += [words.say("assumptions.small", "note", n=float(view.shield.threshold))]
    blocks += [words.say("assumptions.person", "note")]
    return Section("assumptions", words.text("assumptions.title"), tuple(blocks))


def _prices_said(view: View) -> Paragraph:
    year, vintage = str(view.meta["price_level"]), str(view.meta["price_vintage"])
    return view.words.say("assumptions.prices", year=year, vintage=view.words.date(vintage))


def notes(view: View, without: Collection[str] = ()) -> list[Paragraph]:
    """Return what the projection itself remarks on, a paragraph a remark.

    Args:
        view: the area's projection.
        without: remarks that are about what the report does not show.
    """
    words = view.words
    said = []
    for note in (n for n in view.meta["notes"] if n["code"] not in without):
        params = {k: _text(view, v, note["code"]) for k, v in note.get("params", {}).items()}
        key = f"notes.{note['code']}"
        if words.has(key):
            said.append(words.say(key, "note", **params))
        else:
            pairs = "; ".join(f"{k}: {v}" for k, v in params.items())
            said.append(words.say("notes.other", "note", code=note["code"], params=pairs))
    return said


def _missing(view: View) -> list[Paragraph]:
    """Say which services no model was trained for."""
    left = ",".join(str(m.get("leaves_out", "")) for m in view.meta.get("missing_models", []))
    codes = [code.strip() for code in left.split(",") if code.strip()]
    names = [services.title(code, view.words.language) for code in codes]
    if not names or not view.meta["cost_included"]:
        return []
    return [view.words.say("assumptions.missing", "note", services=view.words.listing(names))]


def _text(view: View, value: Any, code: str) -> str:
    if isinstance(value, list):
        return _years(view, value)
    if code == "case_costs":
        return _fitted(view, str(value))
    return str(value)


def _years(view: View, values: list[Any]) -> str:
    """Return values as a list in a sentence; four or more years in a row as first to last."""
    if len(values) > 3 and values == list(range(values[0], values[0] + len(values))):
        return f"{values[0]}–{values[-1]}"
    return view.words.listing([str(v) for v in values])


def _fitted(view: View, source: str) -> str:
    """Say in the report's language what a distribution of case costs was fitted to."""
    for name, pattern in FITTED.items():
        if found := re.fullmatch(pattern, source):
            count = float(found[1]) if found.groups() else 0.0
            return view.words.text(f"case_costs.{name}", n=count)
    return source


def _breaks(view: View) -> list[Block]:
    entries = _past.numbered(view)
    if not entries:
        return []
    words = view.words
    heads = ("number", "measure", "date", "what", "action", "source")
    columns = tuple(Column(words.text(f"breaks.{h}")) for h in heads)
    rows = tuple(_break_row(view, i, entry) for i, entry in entries)
    return [Table("breaks", words.text("breaks.table"), columns, rows)]


def _break_row(view: View, number: int, entry: dict[str, Any]) -> Row:
    words = view.words
    kinds = (entry.get(f"title_{words.language}"), entry.get("note"), entry.get("kind"))
    what = next((str(k) for k in kinds if k), "")
    action = str(entry.get("action", ""))
    return Row(
        (
            str(number),
            _measured(view, entry),
            danish.period(str(entry.get("date", "")), words.language).replace(danish.NBSP, " "),
            what,
            words.named(f"breaks.actions.{action}", action),
            str(entry.get(f"source_{words.language}") or entry.get("source", "")),
        )
    )


def _measured(view: View, entry: dict[str, Any]) -> str:
    """Return what a break is one of: a model's figures; a user's own measure names itself."""
    if entry.get("model") in view.meta["models"]:
        return view.model_name(str(entry["model"]))
    measure, known = str(entry.get("measure", "")), measures.table()
    if measure not in known:
        return measure
    return known[measure].title_da if view.words.language == "da" else known[measure].title_en


def _data(view: View) -> Table:
    words = view.words
    heads = ("dataset", "publisher", "published", "licence", "kind", "id")
    columns = tuple(Column(words.text(f"data.{h}")) for h in heads)
    rows = tuple(_vintage(view, v) for v in view.meta["vintages"])
    return Table("sources", words.text("data.table"), columns, rows)


def _vintage(view: View, vintage: dict[str, Any]) -> Row:
    words = view.words
    kind = "data.synthetic" if vintage.get("synthetic") else "data.real"
    publisher, licence = (str(vintage.get(name, "")) for name in ("publisher", "licence"))
    texts = [
        known.name(view, vintage),
        words.named(f"publisher.{publisher}", publisher),
        words.date(str(vintage.get("published", ""))),
        words.named(f"licence.{licence}", licence),
    ]
    return Row((*texts, words.text(kind), _digest(str(vintage["id"]))))


def _digest(vintage: str) -> str:
    """Return the last part of a vintage's id: dataset and date stand in columns of their own."""
    return vintage.rsplit("-", 1)[-1]


def _uplift(view: View) -> list[Paragraph]:
    """Say by how much amounts are uplifted: the past level's revision, and the year's growth."""
    rows = view.slice("prices")
    found = {int(keys["year"]): row for keys, row in rows.select(kind=OVERALL)}
    if not found:
        return []
    year = int(view.meta["price_level"])
    if year not in found or year - 1 not in found:
        return []
    growth = view.row(rows, found[year], "growth")
    level = Number(1.0, "1.0")
    for row in (found[y] for y in sorted(found) if y < year):
        now, moved = (view.row(rows, row, name) for name in ("growth", "revision"))
        if moved.given and moved.value:
            level = level * (now + 100.0) / (now - moved + 100.0)
    if not view.row(rows, found[year - 1], "revision").given:
        return []
    total = level * (growth + 100.0) / 100.0 - 1.0
    said = view.words.say(
        f"prices.uplift.{'down' if total.value < 0 else 'up'}", year=str(year),
        before=str(year - 1), growth=growth, revision=level - 1.0, total=abs(total),
    )  # fmt: skip
    return [said]


def _prices(view: View) -> list[Table]:
    rows = view.slice("prices")
    if not any(rows.select(kind=OVERALL)):
        return []
    words = view.words
    columns = (
        Column(words.text("column.year")),
        Column(words.text("prices.growth"), "pct2"),
        Column(words.text("prices.index"), "three"),
        Column(words.text("prices.revision"), "change2"),
    )
    lines = []
    for keys, row in rows.select(kind=OVERALL):
        if int(keys["year"]) >= int(view.accounts_year):
            cells = (view.row(rows, row, c) for c in ("growth", "index", "revision"))
            lines.append(Row((str(keys["year"]), *cells)))
    caption = words.text("prices.table", year=_common.price_name(view, "fixed"))
    return [Table("prices", caption, columns, tuple(sorted(lines, key=lambda r: str(r.cells[0]))))]

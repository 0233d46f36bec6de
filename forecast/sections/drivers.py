"""What was tried or taken out beside the methods: drivers, jumps in level, members left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from forecast.engine.drivers import FEWEST
from forecast.reporting.document import Block, Cell, Column, Number, Row, Section, Table
from forecast.reporting.view import View
from forecast.sections import _series

if TYPE_CHECKING:
    import pandas as pd

HEADS = (
    ("group", ""), ("elasticity", "two"), ("error", "two"), ("gain", "pctch"),
    ("lower", "pctch"), ("upper", "pctch"), ("origins", "int"), ("finding", ""),
)  # fmt: skip
SEEN = 0.0005  # a change of level below which a reader sees 0.0 per cent
_AGES = re.compile(r"\d+-\d+|\d+\+")


def build(view: View) -> Section | None:
    """Return what was tried beside the history and the population, and what was left out.

    Of what a version knows nothing of (no table of it was kept), nothing is said.
    """
    parts = (("drivers", _tried), ("jumps", _jumps), ("left_out", _members))
    known = [(view.extra.get(name), said) for name, said in parts]
    blocks = [block for table, said in known if table is not None for block in said(view, table)]
    if not blocks:
        return None
    return Section("drivers", view.words.text("drivers.title"), tuple(blocks))


def _tried(view: View, tried: pd.DataFrame) -> list[Block]:
    if tried.empty:
        return [view.words.say("drivers.none_tried")]
    intro = view.words.say("drivers.intro", n=float(FEWEST))
    return [intro, *_acts(view, tried), _table(view, tried)]


def _jumps(view: View, jumps: pd.DataFrame) -> list[Block]:
    if jumps.empty:
        registered = "none_measured" if view.meta["breaks"] else "no_breaks"
        return [view.words.say(f"drivers.{registered}")]
    return [_jump(view, row) for row in jumps.to_dict("records")]


def _members(view: View, left: pd.DataFrame) -> list[Block]:
    if left.empty:
        return [view.words.say("drivers.none_left_out")]
    return [_left_out(view, row) for row in left.to_dict("records")]


def _acts(view: View, tried: pd.DataFrame) -> list[Block]:
    """Say in words what each driver that takes part does, or that none does."""
    rows = tried[tried["finding"] == "admitted"].to_dict("records")
    said = [_act(view, row) for row in rows]
    return said or [view.words.say("drivers.none_acts")]


def _act(view: View, row: dict[Any, Any]) -> Block:
    places = {"elasticity": "elasticity", "gain": "gain", "low": "lower", "high": "upper"}
    numbers: dict[str, Any] = {name: Number(float(row[of])) for name, of in places.items()}
    return view.words.say(
        "drivers.acts",
        driver=_title(view, row),
        group=_group(view, row) or view.words.text("drivers.everything"),
        n=Number(float(row["origins"])),
        **numbers,
    )


def _table(view: View, tried: pd.DataFrame) -> Table:
    words = view.words
    columns = tuple(Column(words.text(f"drivers.{name}"), form) for name, form in HEADS)
    rows: list[Row] = []
    for _, own in tried.groupby("driver", sort=False):
        found = own.to_dict("records")
        rows += [Row((_title(view, found[0]),), "group"), *(_row(view, row) for row in found)]
    return Table("drivers_tried", words.text("drivers.table"), columns, tuple(rows))


def _row(view: View, row: dict[Any, Any]) -> Row:
    numbers: list[Cell] = [Number(float(row[n])) for n, form in HEADS if form]
    finding = view.words.text(f"drivers.findings.{row['finding']}")
    group = _group(view, row) or view.words.text("drivers.everything")
    return Row((group, *numbers, finding))


def _title(view: View, row: dict[Any, Any]) -> str:
    titles = view.extra.get("titles", {})
    return str(titles.get(row["driver"], {}).get(view.words.language, row["driver"]))


def _group(view: View, row: dict[Any, Any]) -> str:
    """Return what readers call a group: its services by name, its ages in years."""
    return ", ".join(_part(view, part) for part in str(row["group"]).split(" · ") if part)


def _part(view: View, part: str) -> str:
    return _series.ages(view, part) if _AGES.fullmatch(part) else view.service_name(part)


def _jump(view: View, row: dict[Any, Any]) -> Block:
    return view.words.say(
        "drivers.jump" if abs(row["jump"]) >= SEEN else "drivers.no_jump",
        "note",
        period=str(row["period"]),
        group=_group(view, row) or view.words.text("drivers.everything"),
        jump=Number(float(row["jump"])),
    )


def _left_out(view: View, row: dict[Any, Any]) -> Block:
    words = view.words
    return words.say(
        "drivers.left_out",
        "note",
        member=words.named(f"method.{row['member']}", row["member"]),
        level=words.text(f"level.{row['level']}"),
        n=Number(float(row["series"])),
        why=words.text(f"drivers.reasons.{row['why']}"),
    )

"""Where the version stands: drivers that were tried, champion against challenger, monitoring."""

from __future__ import annotations

from typing import Any

from forecast.reporting.document import Block, Column, Number, Row, Section, Table
from forecast.reporting.view import View


def build(view: View) -> Section:
    """Return what was tried beside the version, and how new figures have met it."""
    words = view.words
    blocks: list[Block] = [*_drivers(view), *_comparison(view), *_monitoring(view)]
    return Section("standing", words.text("standing.title"), tuple(blocks))


def _drivers(view: View) -> list[Block]:
    words = view.words
    spec: Any = view.extra.get("spec")
    names = sorted(spec.drivers) if spec is not None else []
    if not names:
        return [words.say("standing.no_drivers")]
    return [words.say("standing.drivers", names=words.listing(names))]


def _comparison(view: View) -> list[Block]:
    words = view.words
    found: Any = view.extra.get("comparison")
    if found is None:
        return [words.say("standing.no_challenger")]
    way = "better" if found.lower > 0 else "worse" if found.upper < 0 else "alike"
    said = words.say(
        f"standing.comparison.{way}",
        **{"new": str(found.new.version), "old": str(found.old.version)},
        skill=abs(Number(float(found.skill))),
        low=Number(float(found.lower)),
        high=Number(float(found.upper)),
        n=Number(float(found.cells)),
    )
    heads = (("skill", "pctch"), ("lower", "pctch"), ("upper", "pctch"), ("n", "int"))
    columns = (
        Column(words.text("standing.by")),
        Column(words.text("standing.group")),
        *(Column(words.text(f"standing.{h}"), f) for h, f in heads),
    )
    rows = tuple(
        Row((str(r["by"]), str(r["group"]), *(Number(float(r[h])) for h, _ in heads)))
        for r in found.groups.to_dict("records")
    )
    return [said, Table("comparison", words.text("standing.table"), columns, rows)]


def _monitoring(view: View) -> list[Block]:
    words = view.words
    found: Any = view.extra.get("drift")
    if found is None or not found.count:
        return [words.say("standing.nothing_new")]
    said = words.say(
        "standing.monitoring",
        n=Number(float(found.count)),
        inside=Number(float(found.inside80)),
        above=Number(float(found.above)),
    )
    due = "standing.due" if found.reasons else "standing.not_due"
    return [said, words.say(due)]

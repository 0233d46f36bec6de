"""The people that a share is of: how many persons it stands for, and who counted them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from forecast import areas, measures, periods
from forecast.reporting import danish
from forecast.reporting.document import Paragraph
from forecast.reporting.view import View
from forecast.sections import _common, _series

PROJECTED = "frkm"


def said(view: View, own: Sequence[_series.Series]) -> list[Paragraph]:
    """Say how many persons the last shares of a model stand for, where both are known."""
    return [told for s in own if (told := _said(view, s)) is not None]


def unweighed(view: View, style: str) -> list[Paragraph]:
    """Say which shares of a region or the nation are not there, and why."""
    if view.level == "municipality":
        return []
    there, words = set(_series.models(view)), view.words
    measured = {name: str(model["measure"]) for name, model in view.meta["models"].items()}
    absent = [m for m, k in measured.items() if m not in there and measures.get(k).of_people]
    area = _common.subject(view)
    return [
        words.say(
            f"demand.{'unreported' if _peopled(view, model) else 'unweighed'}",
            style,
            model=view.model_name(model),
            area=area,
        )
        for model in absent
    ]


def _peopled(view: View, model: str) -> bool:
    """Whether the people are known of whom the shares of the area's municipalities are."""
    parts = areas.inside(view.area)
    demand, people = (view.store.bundle.table(name) for name in ("demand", "population"))
    mine = demand[demand["model"] == model]
    wanted, held = (
        set(zip(t["area"].astype(str), t["age"].astype(str), strict=True)) for t in (mine, people)
    )
    return {pair for pair in wanted if pair[0] in parts} <= held


def _said(view: View, s: _series.Series) -> Paragraph | None:
    last, kind = _series.last(view, s), measures.get(s.measure)
    if not kind.of_people or last is None or not last[1].given:
        return None
    period, share = last
    found = next(view.slice("population").select(age=s.age, period=period), None)
    if found is None:
        return None
    keys, row = found
    people = view.row(view.slice("population"), row)
    level = "own" if view.level == "municipality" else "sum"
    return view.words.say(
        f"demand.people.{level}",
        "note",
        series=_series.name(view, s),
        period=danish.period(period, view.words.language),
        share=share,
        people=people,
        persons=share * people / kind.per,
        source=_source(view, period, keys, level),
    )


def _source(view: View, period: str, keys: dict[str, Any], level: str) -> str:
    """Return whose figure the number of people is, and whether it is of another time.

    The quarter of a sum is that of its oldest part; others may have newer figures.
    """
    words, quarter = view.words, str(keys["quarter"])
    dataset = str(keys["dataset"])
    kind = "projected" if dataset == PROJECTED else "counted"
    late = periods.parse(quarter).start.year != periods.parse(period).start.year
    when = ("_oldest" if level == "sum" else "_nearest") if late else ""
    return words.text(
        f"demand.people.{kind}{when}",
        source=words.text(f"dataset.{dataset}"),
        date=words.date(periods.parse(quarter).start.isoformat()),
    )

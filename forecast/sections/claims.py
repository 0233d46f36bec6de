"""Claims and their sources: what has happened to each measure, each figure with its row."""

from __future__ import annotations

from forecast import specs
from forecast.reporting import danish
from forecast.reporting.document import Column, Number, Row, Section, Shown, Table
from forecast.reporting.view import View
from forecast.sections import _common, demand, known

POPULATION = ("folk1a", "frkm")


def build(view: View) -> Section | None:
    """Return first and last observed figure and the forecast of each measure of the area."""
    rows = []
    for model in demand.models(view):
        for series in demand.series(view, model):
            row = _row(view, series)
            rows += [row] if row is not None else []
    if not rows:
        return None
    words = view.words
    columns = (
        Column(words.text("column.service")),
        Column(words.text("claims.from")),
        Column(words.text("claims.first"), "int"),
        Column(words.text("claims.to")),
        Column(words.text("column.last"), "int"),
        Column(words.text("column.change"), "pctch"),
        Column(words.text("column.forecast", year=view.budget_year), "int"),
        Column(words.text("claims.source")),
    )
    codes = [s.service for model in demand.models(view) for s in demand.series(view, model)]
    notes = _common.new_services(view, codes)
    caption = words.text("claims.table", area=view.name)
    table = Table("claims", caption, columns, tuple(rows), notes)
    return Section("claims", words.text("claims.title"), (words.say("claims.intro"), table))


def _row(view: View, series: demand.Series) -> Row | None:
    given = [(p, n) for p, n in demand.observed(view, series) if n.given]
    if len(given) < 2:
        return None
    (first, before), (last, after) = given[0], given[-1]
    form = demand.form(series)
    numbers: list[Number] = [before, after, demand.expected(view, series, view.budget_year)]
    shown = [Shown(n, form) for n in numbers]
    entry = view.meta["models"].get(series.model, {})
    name = f"{demand.name(view, series)} ({demand.unit(view, series)})"
    return Row(
        (
            name,
            *(_when(view, first), shown[0], _when(view, last), shown[1]),
            (after - before) / before,
            shown[2],
            view.words.listing(
                _sources(view, series.model, [str(v) for v in entry.get("vintages", [])])
            ),
        )
    )


def _when(view: View, period: str) -> str:
    return danish.period(period, view.words.language)


def _sources(view: View, model: str, ids: list[str]) -> list[str]:
    """Return what readers call the data that a model counts, not its population or drivers."""
    found = {str(v["id"]): v for v in view.meta["vintages"]}
    used = [found[i] for i in ids if i in found and found[i]["dataset"] not in POPULATION]
    counted = specs.model(model).data if model in specs.names("models") else ""
    own = [v for v in used if v["dataset"] == counted] or used
    return [known.name(view, vintage) for vintage in own] or [i for i in ids if i not in found]

"""The record: budgets and forecasts of the past beside what came."""

from __future__ import annotations

from typing import Any

from forecast.reporting import danish
from forecast.reporting.document import Block, Column, Number, Row, Section, Shown, Table
from forecast.reporting.view import View
from forecast.sections import _common, _series

SOURCES = ("budget", "forecast")
LARGEST = 3  # series of each measure


def build(view: View) -> Section | None:
    """Return budgets and forecasts beside accounts, how each missed, and past forecasts of need."""
    words = view.words
    blocks: list[Block] = [*_ledger(view), *_bias(view), *_said(view)]
    if not blocks:
        return None
    intro = "intro_demand"
    if view.meta["cost_included"]:
        intro = "intro_budget" if _compared(view) == ["budget"] else "intro"
    return Section("record", words.text("record.title"), (words.say(f"record.{intro}"), *blocks))


def _ledger(view: View) -> list[Block]:
    """Return what was budgeted and forecast for every year that has accounts, beside them."""
    words, sources = view.words, _compared(view)
    if not sources:
        return []
    rows = tuple(_row(view, year, sources) for year in _years(view))
    what = "forecast_only" if sources == ["forecast"] else f"with_{sources[-1]}"
    caption = words.text(
        "record.table",
        area=view.name,
        what=words.text(f"record.{what}"),
        unit=words.unit("mio"),
    )
    notes = _broken(view, _years(view))
    blocks: list[Block] = [Table("record", caption, _columns(view, sources), rows, notes)]
    return blocks if "forecast" in sources else [*blocks, words.say("record.no_forecast", "note")]


def _broken(view: View, years: list[str]) -> tuple[str, ...]:
    """Return what changed in the accounts between the first and the last of some years."""
    words = view.words
    inside = [
        entry
        for entry in view.meta["breaks"]
        if entry.get("measure") == "unit_cost" and years[0] < str(entry.get("date")) <= years[-1]
    ]
    return tuple(
        words.text(
            "record.broken", year=str(b["date"]), what=str(b.get(f"title_{words.language}", ""))
        )
        for b in inside
    )


def _compared(view: View) -> list[str]:
    """Return what the accounts of some year can be held against."""
    return [s for s in SOURCES if any(_source(view, y, s).given for y in _years(view))]


def _years(view: View) -> list[str]:
    """Return the years with accounts and with a budget or a forecast, all that a mean counts."""
    years = sorted({str(y) for y in view.slice("ledger").values("year", function="")})
    return [
        year
        for year in years
        if _source(view, year, "accounts").given
        and any(_source(view, year, source).given for source in SOURCES)
    ]


def _columns(view: View, sources: list[str]) -> tuple[Column, ...]:
    words, form = view.words, _common.money(view)
    columns = [Column(words.text("column.year")), Column(words.text("record.accounts"), form)]
    for source in sources:
        missed = words.text("record.missed", source=words.text(f"record.of.{source}"))
        columns += [
            Column(words.text(f"record.{source}"), form),
            Column(missed, f"{form}ch"),
            Column(words.text("record.percent"), "pctch"),
        ]
    return tuple(columns)


def _row(view: View, year: str, sources: list[str]) -> Row:
    accounts = _source(view, year, "accounts")
    cells: list[Number] = [accounts]
    for number in (_source(view, year, source) for source in sources):
        cells += [number, accounts - number, (accounts - number) / accounts]
    return Row((year, *cells))


def _source(view: View, year: str, source: str) -> Number:
    """Return the earliest known of a source's values for a year."""
    found = sorted(
        (str(keys["known"]), row)
        for keys, row in view.slice("ledger").select(function="", year=year, source=source)
        if keys["quantile"] is None
    )
    rows = view.slice("ledger")
    return view.row(rows, found[0][1]) if found else Number(float("nan"))


def _bias(view: View) -> list[Block]:
    said: list[Block] = []
    for source in SOURCES:
        keys = {"function": "", "source": source}
        mean = view.number("bias", "mean_percent", **keys)
        if mean.given:
            way = "over" if mean.value > 0 else "under"
            n = view.number("bias", "n", **keys)
            said.append(
                view.words.say(
                    f"record.bias.{source}.{way}",
                    mean=abs(mean),
                    n=n,
                    above=view.number("bias", "overrun_share", **keys) * n,
                )
            )
    return said


def _said(view: View) -> list[Block]:
    """Return what the last backtest of each model said of the area's largest series, and came."""
    words = view.words
    some = {s for model in _series.models(view) for s in _series.largest(view, model, LARGEST)}
    found = [s for m in _series.models(view) for s in _series.of(view, m) if s in some]
    rows = tuple(row for s in found if (row := _past(view, s)) is not None)
    if not rows:
        return []
    columns = (
        Column(words.text("column.service")),
        Column(words.text("record.said_after")),
        Column(words.text("record.about")),
        *(Column(words.text(f"record.{name}"), "int") for name in ("said", "low", "high", "came")),
        Column(words.text("record.inside")),
    )
    own = "record.demand" if view.level == "municipality" else "record.demand_own"
    caption = words.text(own, area=view.name)
    notes = (words.text("record.rounded"),)
    return [_common.notes(view, Table("record_demand", caption, columns, rows, notes))]


def _past(view: View, s: _series.Series) -> Row | None:
    """Return the longest forecast of the earliest past origin that has come, with its outcome."""
    keys = {"model": s.model, "service": s.service, "age": s.age, "method": "combination"}
    rows = view.slice("backtest")
    ends = [(str(k["origin"]), float(k["horizon"]), str(k["period"]))
            for k, _ in rows.select(quantile=_common.MIDDLE, **keys)]  # fmt: skip
    if not ends:
        return None
    period = max(end[2] for end in ends)
    origin, horizon, _ = min(end for end in ends if end[2] == period)
    at: dict[str, Any] = {**keys, "origin": origin, "period": period, "horizon": horizon}
    low, said, high = (view.number("backtest", **at, quantile=q)
                       for q in (_common.LOW, _common.MIDDLE, _common.HIGH))  # fmt: skip
    came = view.number("backtest", "actual", **at, quantile=_common.MIDDLE)
    if not (said.given and came.given and low.given and high.given):
        return None
    words, form = view.words, _series.shown(view, s)
    if not (said.value or came.value):  # never a recipient: nothing that could be missed
        return None
    inside = "yes" if low.value <= came.value <= high.value else "no"
    when = [danish.period(p, words.language) for p in (origin, period)]
    name = f"{_series.name(view, s)} ({_series.unit(view, s)})"
    shown = [Shown(n, form) for n in (said, low, high, came)]
    return Row((name, *when, *shown, words.text(f"record.{inside}")))

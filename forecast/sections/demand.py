"""Demand: what is expected of each measure, with the demography-only line beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from forecast import areas, periods
from forecast.reporting import danish
from forecast.reporting.document import (
    FORMS,
    MISSING,
    Column,
    Figure,
    Number,
    Paragraph,
    Row,
    Section,
    Shown,
    Table,
    number_of,
)
from forecast.reporting.figures.fan import LEVELS, Fan, Labels
from forecast.reporting.view import View
from forecast.sections import _common, _held, _past, _people, _series


def build(view: View) -> Section | None:
    """Return a table of every series, and a fan chart of the largest of each measure."""
    found = [s for model in _series.models(view) for s in _series.of(view, model)]
    absent = _people.unweighed(view, "note")
    if not found and not absent:
        return None
    blocks: list[Paragraph | Table | Figure] = []
    blocks += [view.words.say(f"demand.{_intro(found)}")] if found else []
    limit = int(view.options.get("figures", 3))
    for model in _series.models(view):
        own = _series.of(view, model)
        blocks += [_told(view, model, own), *_people.said(view, own)]
        blocks += _drawn(view, own, _series.largest(view, model, 3 * limit), limit)
    blocks += absent
    return Section("demand", view.words.text("demand.title"), tuple(blocks))


def _told(view: View, model: str, own: Sequence[_series.Series]) -> Table | Paragraph:
    """Return a model's table, or a sentence in place of one in which every number is hidden."""
    table = _table(view, model, own)
    if all(number_of(cell).hidden for row in table.rows for cell in row.cells[2:]):
        uncounted = {(view.area, s.model, s.service, s.age) for s in own} <= view.shield.unknown
        key = "demand.uncounted" if uncounted else "demand.protected"
        last = _last_year(view, own[0])
        return view.words.say(key, "note", series=view.model_name(model), year=last)
    return table


def _drawn(
    view: View, own: list[_series.Series], ranked: list[_series.Series], limit: int
) -> list[Figure]:
    """Return charts of so many of the largest series, in the order of the table."""
    found = {s: figure for s in ranked if (figure := fan(view, s)) is not None}
    chosen = list(found)[:limit]
    return [found[s] for s in own if s in chosen]


def _inherited(view: View, model: str) -> tuple[str, ...]:
    """Say where a municipality's numbers are its region's, because no others are known."""
    known = view.meta["models"].get(model, {})
    if view.level != "municipality" or not known.get("inherited"):
        return ()
    region = areas.get(areas.region_of(view.area)).name
    return (view.words.text("demand.inherited", area=view.name, region=region),)


def _intro(found: Iterable[_series.Series]) -> str:
    return "intro" if any(_series.benchmark(s) == "demographic" for s in found) else "intro_share"


def sentence(view: View, s: _series.Series, style: str = "body") -> Paragraph:
    """Say how a series is expected to move, and what demography alone would give."""
    before, year = _series.last(view, s), _last_year(view, s)
    after = _series.expected(view, s, year)
    values = {"series": _series.name(view, s), "unit": _series.unit(view, s), "year": year}
    if before is None or not before[1].given or not after.given:
        return view.words.say("demand.protected", style, **values)
    change, when = after - before[1], danish.period(before[0], view.words.language)
    form_, none = _series.shown(view, s), Number(0.0)
    same = view.words.show(abs(change), form_) == view.words.show(none, form_)
    numbers = {
        **{"before": before[1], "after": after},
        "low": _series.expected(view, s, year, quantile=_common.LOW),
        "high": _series.expected(view, s, year, quantile=_common.HIGH),
        "flat": _series.expected(view, s, year, "demographic"),
    }
    key = "same" if same else "up" if change.value > 0 else "down"
    return view.words.say(
        f"demand.sentence_{_series.form(s)}.{key}{'' if numbers['flat'].given else '_alone'}",
        style,
        before_period=when,
        **values,
        **{name: Shown(number, form_) for name, number in numbers.items()},
    )


def _last_year(view: View, s: _series.Series) -> str:
    expected_years = _series.years(view, s, "demand")
    inside = [y for y in expected_years if periods.year_of(y) <= int(view.budget_year) + 3]
    return (inside or expected_years)[-1]


def _table(view: View, model: str, own: Sequence[_series.Series]) -> Table:
    words = view.words
    rows = tuple(_row(view, s) for s in own)
    first = own[0]
    form_ = _series.shown(view, first)
    heads = [words.text("column.last"), *view.budget_years]
    flat = words.text(f"column.{_series.benchmark(first)}", year=view.budget_year)
    ends = (words.text("column.p10"), words.text("column.p90"))
    columns = (
        Column(words.text("column.service")),
        Column(words.text("column.period")),
        Column(heads[0], form_),
        *(Column(year, form_) for year in view.budget_years),
        *(Column(f"{end}, {view.budget_year}", form_) for end in ends),
        Column(flat, form_),
    )
    caption = words.text(
        "demand.table", model=view.model_name(model), unit=_series.unit(view, first)
    )
    new = _common.new_services(view, (s.service for s in own))
    notes = (*_inherited(view, model), *_held.note(view, model), *new, *_unseen(view, own))
    ahead = [cell for row in rows for cell in row.cells[3:]] if _series.form(first) == "int" else []
    return _common.notes(view, Table(f"demand_{model}", caption, columns, rows, notes), ahead)


def _unseen(view: View, own: Sequence[_series.Series]) -> tuple[str, ...]:
    """Say whose newest figure the source does not show, and from when the last one is."""
    words, found = view.words, list[str]()
    for s in own:
        before, now = _series.last(view, s), _series.newest(view, s)
        if before and now and before[1].given and not now[1].given:
            when = danish.period(before[0], words.language)
            found.append(words.text("demand.last_seen", series=_series.name(view, s), period=when))
    period = danish.period(_series.newest_period(view, own[0].model), words.language)
    return (words.text("demand.unseen", period=period, series="; ".join(found)),) if found else ()


def _row(view: View, s: _series.Series) -> Row:
    before = _series.newest(view, s)
    year = view.budget_year
    flat = _series.expected(view, s, year, "demographic") if _series.observed(view, s) else MISSING
    return Row(
        (
            _series.name(view, s),
            danish.period(before[0], view.words.language) if before else danish.MISSING,
            before[1] if before else MISSING,
            *(_series.expected(view, s, y) for y in view.budget_years),
            _series.expected(view, s, year, quantile=_common.LOW),
            _series.expected(view, s, year, quantile=_common.HIGH),
            flat,
        )
    )


def fan(view: View, s: _series.Series) -> Figure | None:
    """Return a series' fan chart, or nothing where it is protected or always was zero."""
    past = _series.observed(view, s)
    ahead = _series.years(view, s, "demand")
    middle = _common.points((p, _series.expected(view, s, p)) for p in ahead)
    if not middle or any(n.hidden for _, n in past) or not any(n.value for _, n in past):
        return None
    words = view.words
    label = Labels(
        history=words.text("figure.history"),
        forecast=words.text("figure.forecast"),
        demographic=words.text(f"figure.{_series.benchmark(s)}"),
        earlier=words.text("figure.earlier"),
        bands=words.text("figure.bands"),
        cut=words.text("figure.cut"),
    )
    data = Fan(
        history=_common.points(past),
        middle=middle,
        quantiles={q: _common.points((p, _series.expected(view, s, p, quantile=q)) for p in ahead)
                   for q in LEVELS},
        labels=label,
        language=words.language,
        unit=_series.unit(view, s),
        demographic=_common.points((p, _series.expected(view, s, p, "demographic")) for p in ahead),
        earlier=_past.earlier(view, s),
        breaks=_past.breaks(view, s),
        decimals=FORMS[_series.shown(view, s)].decimals,
    )  # fmt: skip
    caption = words.text("demand.figure", series=_series.name(view, s), area=view.name)
    if any(data.history[0][0] < time for time, _ in data.breaks if data.history):
        caption = f"{caption} {words.text('demand.breaks')}"
    alt = f"{caption} {sentence(view, s).text}"
    kinds = f"fan_{s.model}_{s.service}_{s.age}".replace("-", "_").replace("+", "")
    return Figure(kinds, "fan", data, caption, alt, f"demand_{s.model}")

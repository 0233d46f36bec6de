"""Demand: what is expected of each measure, with the demography-only line beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from forecast import areas, measures, periods
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
)
from forecast.reporting.figures.fan import LEVELS, Fan, Labels
from forecast.reporting.view import View
from forecast.sections import _common, _held, _past


class Series(NamedTuple):
    """One series of an area: a model's measure of a service and an age."""

    model: str
    measure: str
    service: str
    age: str


def build(view: View) -> Section | None:
    """Return a table of every series, and a fan chart of the largest of each measure."""
    found = [s for model in models(view) for s in series(view, model)]
    if not found:
        return None
    blocks: list[Paragraph | Table | Figure] = [view.words.say(f"demand.{_intro(found)}")]
    limit = int(view.options.get("figures", 3))
    for model in models(view):
        own = series(view, model)
        blocks += [_table(view, model, own), *_inherited(view, model)]
        drawn = [fan(view, s) for s in own[: 3 * limit]]
        blocks += [figure for figure in drawn if figure is not None][:limit]
    return Section("demand", view.words.text("demand.title"), tuple(blocks))


def _inherited(view: View, model: str) -> list[Paragraph]:
    """Say where a municipality's numbers are its region's, because no others are known."""
    known = view.meta["models"].get(model, {})
    if view.level != "municipality" or not known.get("inherited"):
        return []
    region = areas.get(areas.region_of(view.area)).name
    return [view.words.say("demand.inherited", "note", area=view.name, region=region)]


def _intro(found: Iterable[Series]) -> str:
    return "intro" if any(benchmark(s) == "demographic" for s in found) else "intro_share"


def models(view: View) -> list[str]:
    """Return the models with demand in the area, in the order of the bundle."""
    return [str(m) for m in view.slice("demand").values("model")]


def series(view: View, model: str) -> list[Series]:
    """Return a model's series in the area, the largest expected first."""
    rows = view.slice("demand")
    at = [rows.names.index(n) for n in ("measure", "service", "age")]
    found = dict.fromkeys(
        (key[at[0]], key[at[1]], key[at[2]]) for key in rows.rows if key[1] == model
    )
    some = [Series(model, *(str(part) for part in key)) for key in found]
    return sorted(some, key=lambda s: (-_size(view, s), s))


def _size(view: View, s: Series) -> float:
    number = expected(view, s, view.budget_year)
    return number.value if number.given else -1.0


def expected(
    view: View, s: Series, period: str, series: str = "forecast", quantile: float | None = None
) -> Number:
    """Return what is expected of a series in a period."""
    keys = {"model": s.model, "measure": s.measure, "service": s.service, "age": s.age}
    return view.number("demand", **keys, period=period, series=series, quantile=quantile)


def years(view: View, s: Series, table: str) -> list[str]:
    """Return the periods to show: years where there are, else what was counted."""
    keys = {"model": s.model, "service": s.service, "age": s.age}
    found = sorted({str(p) for p in view.slice(table).values("period", **keys)})
    yearly = [p for p in found if periods.parse(p).frequency != "Q"]
    return yearly or found


def observed(view: View, s: Series) -> list[tuple[str, Number]]:
    """Return what was observed, by period; a sum only where some municipality was counted."""
    keys = {"model": s.model, "measure": s.measure, "service": s.service, "age": s.age}
    status = {row["period"]: row["status"] for row, _ in view.slice("history").select(**keys)}
    counted = None if view.level == "municipality" else view.store.counted(s.model)
    return [
        (p, view.number("history", **keys, period=p, status=status[p]))
        for p in years(view, s, "history")
        if (counted is None or not counted or p in counted) and _common.existed(s.service, p)
    ]


def last(view: View, s: Series) -> tuple[str, Number] | None:
    """Return the last observed period and its value; a quarter where no year is whole yet."""
    past = observed(view, s) or _past.quarter(view, s)
    given = [(p, n) for p, n in past if n.given or n.hidden]
    return given[-1] if given else None


def newest(view: View, s: Series) -> tuple[str, Number] | None:
    """Return the newest period in which any municipality was observed, and the series' value then.

    The value is not given where the source shows an older one only, and protected as always.
    """
    before, period = last(view, s), _past.newest(view, s.model)
    if before is None or before[0] >= period:
        return before
    return period, before[1] if before[1].hidden else MISSING


def name(view: View, s: Series) -> str:
    """Return what readers call a series."""
    named = s.service and view.service_name(s.service) != s.service
    service = view.service_name(s.service) if named else view.model_name(s.model)
    if not s.age or s.age in service:
        return service
    return f"{service}, {ages(view, s.age)}"


def ages(view: View, age: str) -> str:
    """Return an age group as readers write it, on one line: 0 to 17 years."""
    words = view.words
    first, _, last = age.partition("-")
    both = words.text("unit.ages", first=first, last=last)
    return (both if last else words.text("unit.age", age=age)).replace(" ", danish.NBSP)


def form(s: Series) -> str:
    """Return how numbers of a measure are shown: counts whole, rates and means with a decimal."""
    return "int" if measures.get(s.measure).kind == "count" else "one"


def shown(view: View, s: Series) -> str:
    """Return how an area's numbers are shown: small means over the quarters with a decimal too."""
    if form(s) == "int" and _of_quarters(view, s.model) and _few(view, s.model):
        return "one"
    return form(s)


def _few(view: View, model: str) -> bool:
    return all(_size(view, s) < _common.FEW for s in series(view, model)[:1])


def _of_quarters(view: View, model: str) -> bool:
    return "Q" in str(view.meta["models"].get(model, {}).get("last", ""))


def benchmark(s: Series) -> str:
    """Return what the line beside the forecast is: demography alone, or the last share kept."""
    return "demographic" if measures.get(s.measure).kind == "count" else "unchanged"


def unit(view: View, s: Series) -> str:
    """Return what a measure's numbers count."""
    return view.words.text(f"measure.{s.measure}")


def sentence(view: View, s: Series, style: str = "body") -> Paragraph:
    """Say how a series is expected to move, and what demography alone would give."""
    before, year = last(view, s), _last_year(view, s)
    after = expected(view, s, year)
    values = {"series": name(view, s), "unit": unit(view, s), "year": year}
    if before is None or not before[1].given or not after.given:
        return view.words.say("demand.protected", style, **values)
    change, when = after - before[1], danish.period(before[0], view.words.language)
    form_, none = shown(view, s), Number(0.0)
    same = view.words.show(abs(change), form_) == view.words.show(none, form_)
    numbers = {
        **{"before": before[1], "after": after},
        "low": expected(view, s, year, quantile=_common.LOW),
        "high": expected(view, s, year, quantile=_common.HIGH),
        "flat": expected(view, s, year, "demographic"),
    }
    key = "same" if same else "up" if change.value > 0 else "down"
    return view.words.say(
        f"demand.sentence_{form(s)}.{key}{'' if numbers['flat'].given else '_alone'}",
        style,
        before_period=when,
        **values,
        **{name: Shown(number, form_) for name, number in numbers.items()},
    )


def _last_year(view: View, s: Series) -> str:
    expected_years = years(view, s, "demand")
    inside = [y for y in expected_years if periods.year_of(y) <= int(view.budget_year) + 3]
    return (inside or expected_years)[-1]


def _table(view: View, model: str, own: Sequence[Series]) -> Table:
    words = view.words
    rows = tuple(_row(view, s) for s in own)
    first = own[0]
    form_ = shown(view, first)
    heads = [words.text("column.last"), *view.budget_years]
    flat = words.text(f"column.{benchmark(first)}", year=view.budget_year)
    ends = (words.text("column.p10"), words.text("column.p90"))
    columns = (
        Column(words.text("column.service")),
        Column(words.text("column.period")),
        Column(heads[0], form_),
        *(Column(year, form_) for year in view.budget_years),
        *(Column(f"{end}, {view.budget_year}", form_) for end in ends),
        Column(flat, form_),
    )
    caption = words.text("demand.table", model=view.model_name(model), unit=unit(view, first))
    new = _common.new_services(view, (s.service for s in own))
    notes = (*_held.note(view, model), *new, *_unseen(view, own))
    ahead = [cell for row in rows for cell in row.cells[3:]] if form(first) == "int" else []
    return _common.notes(view, Table(f"demand_{model}", caption, columns, rows, notes), ahead)


def _unseen(view: View, own: Sequence[Series]) -> tuple[str, ...]:
    """Say whose newest figure the source does not show, and from when the last one is."""
    words, found = view.words, list[str]()
    for s in own:
        before, now = last(view, s), newest(view, s)
        if before and now and before[1].given and not now[1].given:
            when = danish.period(before[0], words.language)
            found.append(words.text("demand.last_seen", series=name(view, s), period=when))
    period = danish.period(_past.newest(view, own[0].model), words.language)
    return (words.text("demand.unseen", period=period, series="; ".join(found)),) if found else ()


def _row(view: View, s: Series) -> Row:
    before = newest(view, s)
    year = view.budget_year
    return Row(
        (
            name(view, s),
            danish.period(before[0], view.words.language) if before else danish.MISSING,
            before[1] if before else MISSING,
            *(expected(view, s, y) for y in view.budget_years),
            expected(view, s, year, quantile=_common.LOW),
            expected(view, s, year, quantile=_common.HIGH),
            expected(view, s, year, "demographic") if observed(view, s) else MISSING,
        )
    )


def fan(view: View, s: Series) -> Figure | None:
    """Return a series' fan chart, or nothing where it is protected or always was zero."""
    past = observed(view, s)
    ahead = years(view, s, "demand")
    middle = _common.points((p, expected(view, s, p)) for p in ahead)
    if not middle or any(n.hidden for _, n in past) or not any(n.value for _, n in past):
        return None
    words = view.words
    label = Labels(
        history=words.text("figure.history"),
        forecast=words.text("figure.forecast"),
        demographic=words.text(f"figure.{benchmark(s)}"),
        earlier=words.text("figure.earlier"),
        bands=words.text("figure.bands"),
        cut=words.text("figure.cut"),
    )
    data = Fan(
        history=_common.points(past),
        middle=middle,
        quantiles={q: _common.points((p, expected(view, s, p, quantile=q)) for p in ahead)
                   for q in LEVELS},
        labels=label,
        language=words.language,
        unit=unit(view, s),
        demographic=_common.points((p, expected(view, s, p, "demographic")) for p in ahead),
        earlier=_past.earlier(view, s),
        breaks=_past.breaks(view, s),
        decimals=FORMS[shown(view, s)].decimals,
    )  # fmt: skip
    caption = words.text("demand.figure", series=name(view, s), area=view.name)
    if any(data.history[0][0] < time for time, _ in data.breaks if data.history):
        caption = f"{caption} {words.text('demand.breaks')}"
    alt = f"{caption} {sentence(view, s).text}"
    kinds = f"fan_{s.model}_{s.service}_{s.age}".replace("-", "_").replace("+", "")
    return Figure(kinds, "fan", data, caption, alt, f"demand_{s.model}")

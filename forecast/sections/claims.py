"""Claims and their sources: what has happened to each measure, each figure with its row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from forecast.reporting import danish
from forecast.reporting.document import Column, Number, Row, Section, Shown, Table
from forecast.reporting.view import View
from forecast.sections import _common, _past, _series, known

POPULATION = ("folk1a", "frkm")
ACCOUNTS = ("regk31", "own_accounts")
STARTS = "start_after"  # what is done about a break before which figures mean something else
DIAGNOSED = "diagnosed"
ENDS = (None, _common.LOW, _common.HIGH)


class Claim(NamedTuple):
    """What has happened to something, and what is expected of it, in one form.

    Attributes:
        since: the first period that compares with today, and its figure; `until` the last.
        ahead: what is expected in the budget year, and the ends of its 80 % interval.
        breaks: numbers of the breaks between the two in the table of breaks.
    """

    name: str
    since: tuple[str, Number]
    until: tuple[str, Number]
    ahead: tuple[Number, ...]
    sources: list[str]
    breaks: tuple[str, ...] = ()


def build(view: View) -> Section | None:
    """Return first and last observed figure and the forecast of each measure, and of cost."""
    words = view.words
    some = [s for model in _series.models(view) for s in _series.of(view, model)]
    tables = [*_demand(view, some), *_cost(view)]
    if not tables:
        return None
    more = "".join(f" {text}" for text in (*_population(view), *_practice(view, some)))
    intro = words.say("claims.intro", year=view.budget_year, more=more)
    where = _common.by_format(view, "claims.where")
    return Section("claims", words.text("claims.title"), (intro, *where, *tables))


def _population(view: View) -> list[str]:
    """Say which population a forecast rests on; a share's model has none, unless cost has it."""
    used = {i for model in view.meta["models"].values() for i in model.get("vintages", [])}
    found = {
        v["dataset"]: known.name(view, v)
        for v in view.meta["vintages"]
        if v["dataset"] in POPULATION and (v["id"] in used or view.meta["cost_included"])
    }
    if not found:
        return []
    names = view.words.listing([found[dataset] for dataset in sorted(found)])
    return [view.words.text("claims.population", sources=names)]


def _practice(view: View, some: list[_series.Series]) -> list[str]:
    told = any(s.measure == DIAGNOSED for s in some)
    return [view.words.text("claims.diagnoses")] if told else []


def _demand(view: View, some: list[_series.Series]) -> list[Table]:
    found = [(claim, _series.form(s)) for s in some if (claim := _of_series(view, s))]
    if not found:
        return []
    caption = view.words.text("claims.table", area=view.name)
    columns = _columns(view, view.words.text("column.service"), "int")
    rows = tuple(_row(view, claim, form) for claim, form in found)
    notes = _common.new_services(view, [s.service for s in some])
    return [Table("claims", caption, columns, rows, notes)]


def _cost(view: View) -> list[Table]:
    """Return what each account function has cost, in fixed prices, where cost is known."""
    words = view.words
    names = {f: view.function_name(f) for f in view.functions()}
    found = [c for f, name in names.items() if (c := _of_cost(view, f, name))]
    whole = _of_cost(view, "", words.text("pressure.total"))
    if not (found and whole):
        return []
    form = _common.money(view)
    price = _common.price_name(view, "fixed")
    caption = words.text("claims.cost", area=view.name, price=price, unit=words.unit("mio"))
    rows = tuple(_row(view, claim, form) for claim in found)
    total = Row(_row(view, whole, form).cells, "total")
    columns = _columns(view, words.text("column.function"), form)
    return [_common.notes(view, Table("claims_cost", caption, columns, (*rows, total)))]


def _columns(view: View, first: str, form: str) -> tuple[Column, ...]:
    words = view.words
    return (
        Column(first),
        Column(words.text("claims.from")),
        Column(words.text("claims.first"), form),
        Column(words.text("claims.to")),
        Column(words.text("column.last"), form),
        Column(words.text("column.change"), "pctch"),
        Column(words.text("column.forecast", year=view.budget_year), form),
        *(Column(words.text(f"column.{end}"), form) for end in ("p10", "p90")),
        Column(words.text("claims.source")),
    )


def _row(view: View, claim: Claim, form: str) -> Row:
    (first, before), (last, after) = claim.since, claim.until
    return Row(
        (
            claim.name,
            *(_when(view, first), Shown(before, form), _when(view, last), Shown(after, form)),
            (after - before) / before,
            *(Shown(number, form) for number in claim.ahead),
            _source(view, claim),
        )
    )


def _source(view: View, claim: Claim) -> str:
    """Return who counted, and by their numbers the breaks that the change spans."""
    sources = view.words.listing(claim.sources)
    if not claim.breaks:
        return sources
    return view.words.text("claims.breaks", sources=sources, numbers=", ".join(claim.breaks))


def _of_series(view: View, s: _series.Series) -> Claim | None:
    given = [(p, n) for p, n in _series.observed(view, s) if n.given]
    if len(given) < 2:
        return None
    entry = view.meta["models"].get(s.model, {})
    sources = _sources(view, entry)
    name = f"{_series.name(view, s)} ({_series.unit(view, s)})"
    year = view.budget_year
    ahead = tuple(_series.expected(view, s, year, quantile=end) for end in ENDS)
    return Claim(name, given[0], given[-1], ahead, sources, _between(view, s, given))


def _between(view: View, s: _series.Series, given: list[tuple[str, Number]]) -> tuple[str, ...]:
    first, last = (_common.time_of(period) for period, _ in (given[0], given[-1]))
    return tuple(n for time, n in _past.breaks(view, s) if first < time < last + 1)


def _of_cost(view: View, function: str, name: str) -> Claim | None:
    last = view.accounts_year
    years = [y for y in view.slice("cost").values("year", series="accounts", function=function)
             if _starts(view) <= str(y) <= last]  # fmt: skip
    first = min(map(str, years), default=last)
    before, after = (view.cost(y, "fixed", "accounts", function=function) for y in (first, last))
    if first == last or not (before.given and after.given):
        return None
    ahead = tuple(
        view.cost(view.budget_year, "fixed", function=function, quantile=end) for end in ENDS
    )
    sources = [known.name(view, v) for v in view.meta["vintages"] if v["dataset"] in ACCOUNTS]
    sources = sources or [view.words.text(f"dataset.{ACCOUNTS[0]}")]
    return Claim(name, (first, before), (last, after), ahead, sources)


def _starts(view: View) -> str:
    """Return the first year whose accounts mean what today's do."""
    own = [b for b in view.meta["breaks"] if b.get("measure") == "unit_cost"]
    return max((str(b["date"]) for b in own if b.get("action") == STARTS), default="")


def _when(view: View, period: str) -> str:
    return danish.period(period, view.words.language)


def _sources(view: View, entry: Mapping[str, Any]) -> list[str]:
    """Return what readers call the data that a model counts, not its population or drivers."""
    ids = [str(v) for v in entry.get("vintages", [])]
    found = {str(v["id"]): v for v in view.meta["vintages"]}
    used = [found[i] for i in ids if i in found and found[i]["dataset"] not in POPULATION]
    own = [v for v in used if v["dataset"] == entry.get("data")] or used
    return [known.name(view, vintage) for vintage in own] or [i for i in ids if i not in found]

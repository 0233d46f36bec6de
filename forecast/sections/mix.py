"""The mix of services over time: what share of all full-year recipients each of the largest has."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

from forecast import measures
from forecast.reporting.document import Block, Figure, Number, Section
from forecast.reporting.figures.lines import Line, Lines
from forecast.reporting.view import View
from forecast.sections import _common, _series

MANY = 5  # lines that can be told apart
FEWEST = 3  # services below which there is no mix to speak of

Shares = dict[_series.Series, dict[str, Number]]


def build(view: View) -> Section | None:
    """Return a line a service, observed and expected, and which share changes most."""
    found = _chosen(view)
    if found is None:
        return None
    shares, last = found
    words = view.words
    blocks: list[Block] = [words.say("mix.intro"), *_moved(view, shares)]
    blocks.append(_figure(view, shares, last))
    return Section("mix", words.text("mix.title"), tuple(blocks))


def _chosen(view: View) -> tuple[Shares, str] | None:
    """Return the shares of the largest services of the model with most, and its last year."""
    by_model = {m: _listed(view, m) for m in _series.models(view)}
    series = max(by_model.values(), key=len, default=[])[:MANY]
    if len(series) < FEWEST:
        return None
    past = {s: {p: n for p, n in _series.observed(view, s) if n.given} for s in series}
    years = [p for p in past[series[0]] if all(p in past[s] for s in series)]
    ahead = [str(y) for y in view.meta["years"] if years and str(y) > years[-1]]
    numbers = {
        s: {p: past[s][p] for p in years} | {p: _series.expected(view, s, p) for p in ahead}
        for s in series
    }
    periods = [p for p in (*years, *ahead) if all(numbers[s][p].given for s in series)]
    if not years or len(periods) < FEWEST:
        return None
    whole = {p: reduce(add, (numbers[s][p] for s in series)) for p in periods}
    shares = {s: {p: numbers[s][p] / whole[p] for p in periods} for s in series}
    return shares, years[-1]


def _listed(view: View, model: str) -> list[_series.Series]:
    """Return a model's services that are counted, shown, and not new, the largest first."""
    found = [s for s in _series.of(view, model) if s.service and not s.age]
    return [
        s
        for s in found
        if measures.get(s.measure).kind == "count"
        and not _common.new_services(view, [s.service])
        and any(n.given and n.value for _, n in _series.observed(view, s))
    ]


def _moved(view: View, shares: Shares) -> list[Block]:
    """Say which share rises and which falls most from the first to the last year."""
    change = {s: list(found.values())[-1] - next(iter(found.values()))
              for s, found in shares.items()}  # fmt: skip
    up, down = (pick(change, key=lambda s: change[s].value) for pick in (max, min))
    years = list(shares[up])
    ends: dict[str, Any] = {f"{name}_{end}": list(shares[s].values())[place]
            for name, s in (("up", up), ("down", down))
            for end, place in (("from", 0), ("to", -1))}  # fmt: skip
    names = {"up": _series.name(view, up), "down": _series.name(view, down)}
    return [view.words.say("mix.moved", first=years[0], last=years[-1], **names, **ends)]


def _figure(view: View, shares: Shares, last: str) -> Figure:
    words = view.words
    lines = tuple(
        Line(_series.name(view, s), _common.points(found.items(), 100.0))
        for s, found in shares.items()
    )
    caption = words.text("mix.figure", area=view.name)
    ends = "; ".join(
        f"{_series.name(view, s)}: {words.show(list(found.values())[-1], 'pct')}"
        for s, found in shares.items()
    )
    data = Lines(
        lines, words.text("mix.axis"), words.language, from_zero=True,
        since=_common.time_of(last), ahead=words.text("figure.forecast"),
    )  # fmt: skip
    model = next(iter(shares)).model
    return Figure("mix", "lines", data, caption, f"{caption} {ends}.", f"demand_{model}")

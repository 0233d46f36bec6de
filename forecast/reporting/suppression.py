"""Small cells: which numbers are not shown, so that no count of few people can be worked out.

Primary: a series of a municipality that in some period counts fewer people than the threshold.
Secondary, `totals`: what a region's or the nation's total would give away. Secondary, `ratios`:
unit costs and costs of single services from which a hidden count follows. Secondary, `shares`:
those of few persons, and those from which a hidden count or share follows. Besides:

- rates, own figures in comparisons, averages of peers and costs of few dear cases are not shown
  where a part of them is hidden; a joint report and what is split from it are hidden together;
- what a hidden series would be by demography alone follows from its last count, so a sum that
  it is part of shows another benchmark (`benchmarks`).

A series is protected over all its years, forecast and history: a neighbouring year, or a last
rate carried forward, would tell as much as the cell itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from forecast import areas
from forecast.reporting import ratios, shares, totals
from forecast.reporting.ratios import Recipients
from forecast.reporting.shield import THRESHOLD, Pair, Shield, case
from forecast.reporting.totals import Floats, Series

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle

_NOT_PERSONS = frozenset({"population", "expenditure", "price_index", "unit_cost"})


def shield(bundle: Bundle, threshold: float = THRESHOLD) -> Shield:
    """Return what a bundle's reports must not show.

    A bundle without volumes does not tell how many stand behind a unit cost, and shows none of its
    municipalities; nor does one without their population show a share. One without projected years
    (a version of a model, for the report on it) does not know what other reports of the year hide
    either, and shows no municipality's count of a region in which one is small.

    Args:
        bundle: the projection.
        threshold: counts above zero and below this are not shown; 0 protects nothing.
    """
    if not threshold:
        return Shield(threshold=0)
    volumes, history = _plain(bundle, "volumes"), _plain(bundle, "history")
    primary, hidden = _counts(history, threshold, wide=not bundle.meta["years"])
    known = shares.people(_plain(bundle, "population"), volumes)
    behind = shares.behind(history, known, threshold)
    coarse = totals.sums_of(hidden)
    hidden |= shares.telling(history, behind, hidden, threshold)
    recipients = _recipients(volumes)
    services = ratios.with_partners((s[0], s[2]) for s in hidden)
    services |= _split(recipients, services, threshold)
    services |= ratios.split_by_place(services)
    money = ratios.hidden_money(recipients, services, threshold)
    last = recipients.years[-1] if recipients.years else ratios.AHEAD
    lines = _lines(recipients.cells, services)
    return Shield(
        threshold=threshold,
        primary=frozenset(primary),
        hidden=frozenset(hidden),
        cases=_few_cases(bundle, threshold),
        peers=_peers(bundle, services),
        services=frozenset(services),
        money=frozenset(money),
        peers_money=_peers(bundle, (m[:2] for m in money if m[2] == last)),
        lines=frozenset(lines),
        coarse=frozenset(coarse),
        counted=not volumes.empty,
        unknown=behind.unknown,
    )


def _plain(bundle: Bundle, name: str) -> pd.DataFrame:
    """Return the rows of a table that protection looks at, keys as plain text."""
    frame = bundle.table(name)
    if name == "volumes":
        past = frame["item"].isin(["recipients", "population"]) & frame["quantile"].isna()
        frame = frame[past & (frame["series"] == "accounts")]
    texts = {c: frame[c].astype("str") for c in frame.columns if c not in ("value", "quantile")}
    return frame.assign(**texts)


def _counts(
    history: pd.DataFrame, threshold: float, *, wide: bool
) -> tuple[set[Series], set[Series]]:
    """Return the series of persons with a small cell, and all that are hidden for them."""
    counted = history[history["measure"].isin(_of_persons(history["measure"].unique()))]
    cells = _cells(counted, ["area", "model", "service", "age"], "period")
    primary = _primary(cells, threshold)
    return primary, totals.closed(cells, primary, threshold, wide=wide)


def _of_persons(found: Iterable[Any]) -> list[str]:
    """Return the measures that count persons."""
    from forecast import measures

    names = [str(name) for name in found if str(name) not in _NOT_PERSONS]
    return [name for name in names if measures.get(name).kind == "count"]


def _cells(frame: pd.DataFrame, names: list[str], line: str) -> dict[Any, Floats]:
    """Return the values of each series on one time line; NaN where nothing was counted."""
    if frame.empty:
        return {}
    wide = frame.pivot_table(index=names, columns=line, values="value", aggfunc="first")
    return dict(zip(map(tuple, wide.index), wide.to_numpy(dtype=float), strict=True))


def _primary(cells: Mapping[Series, Floats], threshold: float) -> set[Series]:
    own = {s: values for s, values in cells.items() if not totals.summed(s[0])}
    return {s for s, values in own.items() if totals.small(values, threshold).any()}


def _recipients(volumes: pd.DataFrame) -> Recipients:
    """Return recipients by area, function and service; none of what is on no service."""
    rows = volumes[(volumes["item"] == "recipients") & (volumes["service"] != "remainder")]
    years = tuple(sorted(rows["year"].unique()))
    return Recipients(years, _cells(rows, ["area", "function", "service"], "year"))


def _split(recipients: Recipients, services: set[Pair], threshold: float) -> set[Pair]:
    """Return further areas and services of which a part, paid on one function, is small."""
    cells: dict[Series, Floats] = {
        (area, function, service, ""): values
        for (area, function, service), values in recipients.cells.items()
    }
    veiled = _primary(cells, threshold) | {s for s in cells if (s[0], s[2]) in services}
    closed = totals.closed(cells, veiled, threshold, wide=False)
    return ratios.with_partners((s[0], s[2]) for s in closed)


def _lines(recipients: Iterable[tuple[str, str, str]], services: set[Pair]) -> set[Pair]:
    """Return areas and functions with a hidden service, and the sums that they are part of."""
    own = {(a, f) for a, f, s in recipients if (a, s) in services and not totals.summed(a)}
    regions = {(areas.region_of(a), f) for a, f in own}
    return own | regions | {(areas.NATION, f) for _, f in own}


def _few_cases(bundle: Bundle, threshold: float) -> frozenset[Pair]:
    table = bundle.table("cases")
    number = table[(table["item"] == "number") & (table["value"] < threshold)]
    number = number[number["value"] > 0]
    keys = number[["area", "group", "year", "threshold"]].drop_duplicates()
    names = ("area", "group", "year", "threshold")
    rows = keys.astype({"area": "str", "group": "str", "year": "str"}).to_numpy().tolist()
    return frozenset(case(row[0], dict(zip(names, row, strict=True))) for row in rows)


def _peers(bundle: Bundle, pairs: Iterable[Pair]) -> frozenset[Pair]:
    """Return areas with what is hidden of one of their peers."""
    by_area: dict[str, set[str]] = defaultdict(set)
    for area, what in pairs:
        by_area[area].add(what)
    table = bundle.table("peers")[["area", "peer"]].astype("str")
    rows = table.itertuples(index=False, name=None)
    return frozenset((area, what) for area, peer in rows for what in by_area[peer])

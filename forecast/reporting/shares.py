"""Shares: how many persons a share stands for, and which shares would give a count away.

A share of N persons is a count, share × N, so that the rules of counts hold for it: few are not
shown, and no total shows them. Of children with support a share also bounds those who are placed:
they are at least as many as those with support less those with preventive measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, measures, periods
from forecast.reporting import totals
from forecast.reporting.totals import Floats, Series

if TYPE_CHECKING:
    import pandas as pd

PARTS = {"any": ("preventive", "placement")}  # children with support: with measures, or placed
HALF_STEP = 0.05  # half of the last decimal of a published share, which has one
# People may be fewer by so much a year than when they were counted: Bornholm's 0-22-year-olds were
# 2.0 per cent fewer every year from 2008 to 2020, and 3.3 per cent in the worst of them (FOLK1A).
FALL = 0.03
NEAR = 1e-9  # of rounding in the machine
UNKNOWN = (np.nan, np.nan)

People = Mapping[tuple[str, str], Mapping[str, tuple[float, float]]]


@dataclass(frozen=True)
class Behind:
    """The persons behind the shares of a bundle.

    Attributes:
        periods: the time line.
        least: the fewest persons, above nobody, that each share may stand for; NaN where there
            is no share.
        near: how many it says they are; what it bounds follows from no less than half a step
            fewer, which leaves room for the people of another day of the year.
        unknown: shares of a population that is not known.
    """

    periods: tuple[str, ...]
    least: dict[Series, Floats]
    near: dict[Series, Floats]
    unknown: frozenset[Series]


def people(population: pd.DataFrame, volumes: pd.DataFrame) -> People:
    """Return by area and age the least and the nearest number of persons, by period.

    Args:
        population: the bundle's table of the people that shares are of.
        volumes: its table of recipients, of an older bundle that has no such table: the population
            of the ages that a service refers to, over all accounts years, stands for each ("").
    """
    found: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    if population.empty:
        return {key: {"": ends} for key, ends in _of_services(volumes).items()}
    names = ["area", "age", "period", "quarter", "value"]
    for area, age, period, quarter, value in population[names].itertuples(index=False, name=None):
        least = value * (1 - FALL) ** _years(period, quarter)
        found.setdefault((area, age), {})[period] = (least, value)
    return found


def behind(history: pd.DataFrame, known: People, threshold: float) -> Behind:
    """Return how many persons each share of a bundle stands for.

    Args:
        history: the bundle's table, keys as plain text.
        known: persons by area, age and period.
        threshold: a share that says nothing but *fewer than this* stands for one.
    """
    rates = [m for m in history["measure"].unique() if _share(m)]
    rows = history[history["measure"].isin(rates)]
    line = tuple(sorted(rows["period"].unique()))
    least: dict[Series, Floats] = {}
    near: dict[Series, Floats] = {}
    unknown: set[Series] = set()
    for key, own in rows.groupby(["measure", "area", "model", "service", "age"], observed=True):
        measure, *names = (str(name) for name in key)
        series: Series = (names[0], names[1], names[2], names[3])
        share = own.set_index("period")["value"].reindex(list(line)).to_numpy(dtype=float)
        size = known.get((names[0], names[3]), {})
        persons = np.array([size.get(p, size.get("", UNKNOWN)) for p in line])
        people = persons / measures.get(measure).per
        if np.isnan(people[np.isfinite(share)]).any():
            unknown.add(series)
            continue
        least[series] = _least(share, people, threshold)
        near[series] = share * people[:, 1]
    return Behind(line, least, near, frozenset(unknown))


def telling(
    history: pd.DataFrame, found: Behind, hidden: set[Series], threshold: float
) -> set[Series]:
    """Return the shares that are not shown.

    They are those of few persons or of nobody knows how many, those that bound a hidden count,
    and those that a region's or the nation's share would give away beside them.

    Args:
        history: the bundle's table, keys as plain text.
        found: the persons behind its shares.
        hidden: series of counts that are not shown.
        threshold: counts above zero and below this are small.
    """
    few = {
        series
        for series, least in found.least.items()
        if not totals.summed(series[0]) and totals.small(least, threshold).any()
    }
    parts = {service for names in PARTS.values() for service in names}
    counts = history[history["service"].isin(parts)]
    bounding = {s for s in found.near if _bounds(found, s, counts, hidden)}
    told = few | bounding
    inside = {s: least for s, least in found.least.items() if _in_a_total(s, found)}
    return told | totals.closed(inside, told & set(inside), threshold, wide=False) | found.unknown


def _in_a_total(series: Series, found: Behind) -> bool:
    """Whether a share is a sum, or part of one that is there."""
    area, *kind = series
    return totals.summed(area) or (areas.region_of(area), *kind) in found.least


def _share(measure: object) -> bool:
    return measures.get(str(measure)).of_people


def _least(share: Floats, people: Floats, threshold: float) -> Floats:
    """Return the fewest persons, in whole numbers, that shares may stand for.

    A share above nought stands for somebody. One of nought may stand for nobody; where it says
    that there are fewer than the threshold, and may be somebody, it stands for one.

    Args:
        share: one a period.
        people: (periods, 2) the least and the nearest number of people that one stands for.
        threshold: counts above zero and below this are small.
    """
    least = np.maximum(np.ceil((share - HALF_STEP) * people[:, 0] - NEAR), 1.0)
    some = np.floor((share + HALF_STEP) * people[:, 1] + NEAR)
    nought = np.where((some >= 1) & (some < threshold), 1.0, 0.0)
    found: Floats = np.where(share > 0, least, nought)
    return np.where(np.isfinite(share), found, np.nan)


def _bounds(found: Behind, series: Series, counts: pd.DataFrame, hidden: set[Series]) -> bool:
    """Whether a share less its shown parts leaves more than one for a hidden part."""
    own = counts[(counts["area"] == series[0]) & counts["service"].isin(PARTS.get(series[2], ()))]
    keys = zip(own["area"], own["model"], own["service"], own["age"], strict=True)
    veiled = np.array([key in hidden for key in keys], dtype=bool)
    if not veiled.any():
        return False
    line = list(found.periods)

    def summed(rows: pd.DataFrame) -> Floats:
        by_period = rows.groupby("period")["value"].sum()
        return by_period.reindex(line).fillna(0.0).to_numpy(dtype=float)

    left = found.near[series] - summed(own[~veiled])
    return bool(((left > 1) & (summed(own[veiled]) > 0)).any())


def _years(period: str, quarter: str) -> float:
    """Return how many years lie between a figure's quarter and the far end of a share's period.

    A year's share may be of any day of it: many are of 31 December.
    """
    of, counted = periods.parse(period), periods.parse(quarter).start
    return max(abs((end - counted).days) for end in (of.start, of.end)) / 365.25


def _of_services(volumes: pd.DataFrame) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the least and the greatest population of each age range that a service refers to."""
    from forecast import services

    rows = volumes[(volumes["item"] == "population") & (volumes["service"] != "remainder")]
    known = [str(s) for s in rows["service"].unique() if s in services.table()]
    ages = {s: services.get(s).age for s in known}
    pairs = zip(rows["area"], rows["service"].map(ages), rows["value"], strict=True)
    ends: dict[tuple[str, str], tuple[float, float]] = {}
    for area, age, number in pairs:
        least, most = ends.get((area, age), (np.inf, 0.0))
        ends[area, age] = (min(float(number), least), max(float(number), most))
    return ends

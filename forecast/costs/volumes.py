"""Volumes: recipients by municipality, service and calendar year, as cost needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas, periods, services
from forecast.costs import mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from forecast.panel import Panel

    Population = Callable[[str, list[int]], "Floats"]

Floats = NDArray[np.float64]
BELIEF = 10.0  # placements that the national split on places counts for beside a municipality's own


def yearly(values: Floats, codes: tuple[str, ...], started: str = "") -> tuple[Floats, list[int]]:
    """Return the mean of each calendar year's periods, (n, years, …), and the years.

    A year counts when it has all its periods on the line. A quarter that was not reported takes
    the mean of the others; one before the service existed counts as none.
    """
    years = np.array([periods.year_of(code) for code in codes])
    per_year = periods.per_year(periods.parse(codes[-1]).frequency)
    if started:
        early = np.array([periods.parse(c).start < periods.parse(started).start for c in codes])
        values = np.where(early.reshape(1, -1, *[1] * (values.ndim - 2)), 0.0, values)
    whole = [int(y) for y in np.unique(years) if (years == y).sum() == per_year]
    columns = [values[:, years == year].astype(np.float64) for year in whole]
    if per_year == 1:
        return np.concatenate(columns, axis=1), whole
    return np.stack([_mean(column) for column in columns], axis=1), whole


def _mean(values: Floats) -> Floats:
    if np.isfinite(values).all():
        mean: Floats = values.mean(axis=1)
        return mean
    seen = np.isfinite(values)
    total: Floats = np.where(seen, values, 0.0).sum(axis=1)
    count = seen.sum(axis=1)
    mean = np.full(total.shape, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def rows_of(keys: pd.DataFrame, service: str) -> NDArray[np.bool_]:
    """Return which series are of a service; a panel without services is of one alone."""
    if "service" not in keys or (keys["service"].astype(str) == "").all():
        return np.ones(len(keys), dtype=bool)
    return np.asarray(keys["service"].astype(str) == service)


def by_municipality(values: Floats, owners: list[str], codes: list[str], people: Floats) -> Floats:
    """Sum series to municipalities and hand a joint report on to those it was made for.

    A source that knows no municipality has series of regions or of the nation: their recipients
    are shared among the municipalities inside by population, so that they have the area's rate.

    Args:
        values: (n, years, …) of one service, ages apart; NaN where not observed.
        owners: the municipality (or region, or nation) of each series.
        codes: the municipalities wanted.
        people: (codes, years) population that a joint report is split by.

    Returns:
        (codes, years, …); NaN where no series of the municipality was observed.
    """
    if owners and not set(owners) & set(areas.municipalities()):
        values, owners = _inside(values, owners, codes, people)
    row = {code: i for i, code in enumerate(codes)}
    inside = [i for i, owner in enumerate(owners) if owner in row]
    place = np.array([row[owners[i]] for i in inside], dtype=np.intp)
    known = np.isfinite(values[inside])
    total = np.zeros((len(codes), *values.shape[1:]))
    np.add.at(total, place, np.where(known, values[inside], 0.0))
    seen = np.zeros((len(codes), values.shape[1]), dtype=bool)
    np.logical_or.at(seen, place, known.reshape(*known.shape[:2], -1).any(axis=2))
    total[~seen] = np.nan
    for owner in sorted(set(owners) & set(row)):
        _share(total, owner, codes, set(owners), people)
    return total


def _inside(
    values: Floats, owners: list[str], codes: list[str], people: Floats
) -> tuple[Floats, list[str]]:
    """Split series of regions or the nation on the municipalities inside, by population."""
    parts, where = [], []
    for owner, series in zip(owners, values, strict=True):
        rows = [i for i, code in enumerate(codes) if owner in (areas.region_of(code), areas.NATION)]
        weight = people[rows] / people[rows].sum(axis=0)
        parts.append(weight.reshape(*weight.shape, *[1] * (values.ndim - 2)) * series[None])
        where += [codes[i] for i in rows]
    return np.concatenate(parts), where


def _share(
    total: Floats, owner: str, codes: list[str], reporting: set[str], people: Floats
) -> None:
    """Split a joint report by population among the municipalities it was made for."""
    partners = [p for p in areas.get(owner).reports_for.split() if p not in reporting]
    if not partners:
        return
    rows = [codes.index(c) for c in (owner, *partners) if c in codes]
    weight = people[rows] / people[rows].sum(axis=0)
    joint = total[rows[0]].copy()
    total[rows] = weight.reshape(*weight.shape, *[1] * (total.ndim - 2)) * joint[None]


@dataclass(frozen=True)
class Volumes:
    """Recipients of one service.

    Attributes:
        years: calendar years.
        values: (municipalities, years) or (municipalities, years, draws).
    """

    years: list[int]
    values: Floats

    def at(self, years: list[int]) -> Floats:
        """Return the columns of some years; a year that is not there is NaN."""
        found = np.full((self.values.shape[0], len(years), *self.values.shape[2:]), np.nan)
        for i, year in enumerate(years):
            if year in self.years:
                found[:, i] = self.values[:, self.years.index(year)]
        return found


def history(
    panels: Mapping[str, Panel], codes: list[str], population: Population
) -> dict[str, Volumes]:
    """Return the observed volumes of every service that the panels and the mapping share."""
    found = {}
    for model, service in used(panels):
        panel = panels[model]
        mask = rows_of(panel.keys, service)
        if not mask.any():
            continue
        started = services.get(service).valid_from
        values, years = yearly(panel.values[mask], panel.periods, started)
        owners = [str(a) for a in panel.keys.loc[mask, "area"]]
        people = population(age_of(service), years)
        found[service] = Volumes(years, by_municipality(values, owners, codes, people))
    return found


def used(models: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return (model, service) of the services in the mapping that these models forecast."""
    pairs = {
        (use.model, service)
        for function in mapping.table().values()
        for service, use in function.forecast_by(models).items()
    }
    return sorted(pairs)


def age_of(service: str) -> str:
    """Return the ages whose population the service's rate refers to."""
    return services.get(service).age


def places(frame: pd.DataFrame | None, codes: list[str], year: int) -> dict[str, Floats]:
    """Return each municipality's share of placements by kind of place in one year.

    A municipality that the table leaves out, or with few placements, is drawn toward the nation.

    Args:
        frame: long frame of placements by `service` (the kind of place), None without one.
        codes: the municipalities wanted.
        year: the year, or the last one before it that the table holds.
    """
    if frame is None or frame.empty:
        return {}
    kept = frame[frame["area"].isin(areas.municipalities()) & frame["value"].notna()]
    kept = kept[kept["measure"] == "placed"]
    held = sorted(int(y) for y in kept["period"].unique() if int(y) <= year)
    if not held:
        return {}
    rows = kept[kept["period"].astype(int) == held[-1]]
    wide = rows.pivot_table(index="area", columns="service", values="value", aggfunc="sum")
    nation = wide.sum() / wide.sum().sum()
    count = wide.reindex(codes).fillna(0.0)
    shares = (count + BELIEF * nation).div(count.sum(axis=1) + BELIEF, axis=0)
    return {str(place): shares[place].to_numpy(dtype=np.float64) for place in shares.columns}


def share(use: mapping.Use, known: Mapping[str, Floats], count: int) -> Floats:
    """Return (municipalities,) share of a service's recipients that are paid on the function."""
    wanted = [place for place in use.place.split("+") if place]
    if wanted and all(place in known for place in wanted):
        return np.asarray(np.sum([known[place] for place in wanted], axis=0), dtype=np.float64)
    return np.full(count, use.share)

"""Tables of demand: what was observed, what is projected, and what demography alone would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import areas, periods
from forecast.bundle import QUANTILES
from forecast.costs import volumes
from forecast.draws import Draws
from forecast.projection.demand import Demand, Loaded
from forecast.quantiles import Rows

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
NAMES = ("service", "age")  # key columns that name a series beside its area


def table(demand: Demand, shift: Mapping[str, Floats] | None = None) -> pd.DataFrame:
    """Return the bundle's rows of demand: quantiles and mean, and the benchmark's mean.

    Args:
        demand: the futures.
        shift: by service, a factor (series, years, draws) that adjustments put on its years.
    """
    rows = Rows("period", QUANTILES)
    flat = _demographic(demand)
    for name, mask in series(demand.native.keys):
        named = labels(demand.model, name)
        own = [str(a) for a in demand.native.keys.loc[mask, "area"]]
        factor = None if shift is None else shift.get(named["service"])
        if factor is not None:  # of all ages of the service; this row is of one
            factor = factor[mask[volumes.rows_of(demand.native.keys, named["service"])]]
        for draws in timed(demand):
            values = _shifted(draws, mask, factor, demand.years.periods)
            values, where = _everywhere(values, own, demand.model.adds_up)
            rows.add(values, (where, list(draws.periods)), **named, series="forecast")
        for periods_, benchmark in flat:
            values, where = _everywhere(benchmark[mask], own, demand.model.adds_up)
            rows.mean(values, (where, periods_), **named, series="demographic")
    return rows.frame()


def history(model: Loaded) -> pd.DataFrame:
    """Return the bundle's rows of what was observed, sums of areas included.

    A sum that lacks a municipality's report has the hole filled on a line between the reports
    around it, and status `provisional`. A period in which nobody was counted has no row.
    """
    panel = model.trained.panel
    rows, blocks = Rows("period", ()), observed(model)
    for name, mask in series(panel.keys):
        named = labels(model, name)
        own = [str(a) for a in panel.keys.loc[mask, "area"]]
        for values, line in blocks:
            _add_history(rows, (values[mask], own, line), named, model.adds_up)
    return rows.frame().drop(columns="quantile")


def observed(model: Loaded) -> list[tuple[Floats, list[str]]]:
    """Return what was observed, (series, periods), by native period and, of quarters, by year."""
    panel = model.trained.panel
    blocks = [(panel.values, list(panel.periods))]
    if panel.frequency == "Q":
        values, years = volumes.yearly(panel.values, panel.periods)
        blocks.append((values, [str(year) for year in years]))
    return blocks


def _add_history(
    rows: Rows, series: tuple[Floats, list[str], list[str]], labels: dict[str, str], sums: bool
) -> None:
    values, own, line = series
    if not sums:
        values, own = _everywhere(values, own, False)
    rows.mean(values, (own, line), **labels, status="observed")
    if not sums:
        return
    filled, where = _everywhere(_filled(values), own, True)
    whole = np.isfinite(values)
    lacking = _everywhere((~whole).astype(float), own, True)[0][len(own) :]
    totals = np.where(whole.any(axis=0), filled[len(own) :], np.nan)
    for status, keep in (("observed", lacking == 0), ("provisional", lacking > 0)):
        shown = np.where(keep, totals, np.nan)
        rows.mean(shown, (where[len(own) :], line), **labels, status=status)


def timed(demand: Demand) -> tuple[Draws, ...]:
    """Return the futures by native period and, of quarters, by year too."""
    quarterly = demand.model.trained.panel.frequency == "Q"
    return (demand.native, demand.years) if quarterly else (demand.native,)


def _shifted(
    draws: Draws, mask: NDArray[np.bool_], factor: Floats | None, years: tuple[str, ...]
) -> Floats:
    """Return draws of some series, with the factor of its year on each period."""
    values = draws.values[mask].astype(np.float64)
    if factor is None:
        return values
    place = [years.index(p[:4]) if p[:4] in years else -1 for p in draws.periods]
    ahead = np.array(place) >= 0
    values[:, ahead] *= factor[:, [i for i in place if i >= 0]]
    return values


def series(keys: pd.DataFrame) -> list[tuple[dict[str, str], NDArray[np.bool_]]]:
    """Return each service and age, and the rows that are of it."""
    named = [c for c in NAMES if c in keys]
    if not named:
        return [({}, np.ones(len(keys), dtype=bool))]
    pairs = keys[named].drop_duplicates().sort_values(named)
    found = []
    for row in pairs.itertuples(index=False):
        mask = np.ones(len(keys), dtype=bool)
        for column, value in zip(named, row, strict=True):
            mask &= (keys[column] == value).to_numpy()
        found.append(({c: str(v) for c, v in zip(named, row, strict=True)}, mask))
    return found


def labels(model: Loaded, name: dict[str, str]) -> dict[str, str]:
    """Return how the rows of a model's series are labelled."""
    return {
        "measure": model.measure,
        "model": model.name,
        "service": name.get("service", ""),
        "age": name.get("age", ""),
    }


def _everywhere(values: Floats, own: list[str], sums: bool) -> tuple[Floats, list[str]]:
    """Append regions and nation where the measure adds up: to each the areas that are inside.

    What is known by region and does not add up, such as a mean, is that of its municipalities.
    """
    regions = areas.regions()
    if not sums and set(own) <= set(regions):
        heirs = [(i, m) for i, region in enumerate(own) for m in areas.municipalities(region)]
        inherited = values[[i for i, _ in heirs]]
        return np.concatenate([values, inherited]), [*own, *(m for _, m in heirs)]
    if sums and set(own) == set(regions):
        return np.concatenate([values, values.sum(axis=0)[None]]), [*own, areas.NATION]
    if not sums or not set(own) <= set(areas.municipalities()):
        return values, own
    inside = [[i for i, a in enumerate(own) if areas.region_of(a) == r] for r in regions]
    kept = [(r, rows) for r, rows in zip(regions, inside, strict=True) if rows]
    parts = [values, *(values[rows].sum(axis=0)[None] for _, rows in kept)]
    whole = values.sum(axis=0)[None]
    where = [*own, *(r for r, _ in kept), areas.NATION]
    return np.concatenate([*parts, whole]), where


def _demographic(demand: Demand) -> list[tuple[list[str], Floats]]:
    """Return the benchmark in native periods and, for quarters, in years."""
    panel = demand.model.trained.panel
    horizon = len(demand.native.periods)
    values, at = _last_year(panel.values, panel.frequency)
    season = periods.per_year(panel.frequency)
    path = np.stack([values[:, h % season] for h in range(horizon)], axis=1)
    if panel.exposure is not None and panel.horizon >= horizon:
        people = panel.exposure
        begin = np.take_along_axis(people, at, axis=1)
        end = people[:, len(panel.periods) : len(panel.periods) + horizon]
        start = np.stack([begin[:, h % season] for h in range(horizon)], axis=1)
        path = path * np.divide(end, start, out=np.ones_like(end), where=start > 0)
    found = [(list(demand.native.periods), path)]
    if panel.frequency == "Q":
        averaged, years = volumes.yearly(path, demand.native.periods)
        found.append(([str(year) for year in years], averaged))
    return found


def _last_year(values: Floats, frequency: str) -> tuple[Floats, NDArray[np.intp]]:
    """Return the last observed figure of each season, in the order of the seasons ahead."""
    season = periods.per_year(frequency)
    t = values.shape[1]
    place = np.where(np.isfinite(values), np.arange(t), -1)
    columns, found = [], []
    for h in range(season):
        same = [i for i in range(t) if (t + h - i) % season == 0]
        at = place[:, same].max(axis=1)
        columns.append(np.take_along_axis(values, np.maximum(at, 0)[:, None], axis=1)[:, 0])
        found.append(np.maximum(at, 0))
    return np.stack(columns, axis=1), np.stack(found, axis=1)


def _filled(values: Floats) -> Floats:
    """Fill holes between observations on a line, and ends by the nearest; never begun: 0."""
    filled = values.copy()
    line = np.arange(values.shape[1])
    for row in filled:
        seen = np.isfinite(row)
        if not seen.any():
            row[:] = 0.0
        elif not seen.all():
            row[~seen] = np.interp(line[~seen], line[seen], row[seen])
            row[: int(np.argmax(seen))] = np.where(seen[0], row[: int(np.argmax(seen))], 0.0)
    return filled

"""Demand: the futures of one trained model, by period and by calendar year, and their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast import areas, measures, periods, services
from forecast.bundle import QUANTILES
from forecast.costs import volumes
from forecast.draws import Draws
from forecast.quantiles import Rows
from forecast.seeds import seed_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.training import Trained

Floats = NDArray[np.float64]
NAMES = ("service", "age")  # key columns that name a series beside its area


@dataclass(frozen=True)
class Loaded:
    """One trained model as the registry holds it.

    Attributes:
        name: name of the model's file.
        trained: the model.
        version: number, run and hash in the registry, and `sources`: the vintages it was
            trained on.
    """

    name: str
    trained: Trained
    version: Mapping[str, Any] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        """What the model counts."""
        return self.trained.panel.measure

    @property
    def adds_up(self) -> bool:
        """Whether areas sum to regions and the nation."""
        return "area" in measures.get(self.measure).additive

    @property
    def inherited(self) -> bool:
        """Whether municipalities take over what is known of their region alone."""
        own = {str(area) for area in self.trained.panel.keys["area"]}
        return not self.adds_up and own <= set(areas.regions())


@dataclass(frozen=True)
class Demand:
    """Futures of one model.

    Attributes:
        model: the model they are drawn from.
        native: its own periods, (series, periods, draws).
        years: calendar years that can be had, (series, years, draws): the mean of a year's
            quarters, observed ones included.
    """

    model: Loaded
    native: Draws
    years: Draws


def simulate(model: Loaded, until: int, size: int, seed: int) -> Demand:
    """Simulate a model's series to the end of a year, or as far as it was trained for."""
    trained = model.trained
    last = trained.panel.periods[-1]
    final = f"{until}Q4" if trained.panel.frequency == "Q" else str(until)
    wanted = periods.ordinal(final) - periods.ordinal(last)
    horizon = max(1, min(wanted, trained.options.horizon))
    native = trained.simulate(horizon, size, seed_of(seed, "demand", model.name))
    return Demand(model, native, yearly(model, native))


def yearly(model: Loaded, native: Draws) -> Draws:
    """Return calendar years from the last observed one on, quarters averaged."""
    panel = model.trained.panel
    first = panel.periods[-1][:4]
    seen = np.array([period[:4] >= first for period in panel.periods])
    observed = np.repeat(panel.values[:, seen, None], native.size, axis=2)
    line = (*np.array(panel.periods)[seen], *native.periods)
    values, years = volumes.yearly(np.concatenate([observed, native.values], axis=1), line)
    ahead = [i for i, year in enumerate(years) if year > _observed_until(panel.periods)]
    codes = tuple(str(years[i]) for i in ahead)
    return replace(native, values=values[:, ahead], periods=codes)


def _observed_until(codes: tuple[str, ...]) -> int:
    """Return the last calendar year that was observed whole."""
    last = periods.parse(codes[-1])
    return last.year if last.end.month == 12 else last.year - 1


def of_service(demand: Demand, service: str, years: list[int]) -> tuple[Floats, list[str]]:
    """Return (series, years, draws) of one service, and the municipality of each series.

    A year that is not simulated because it was observed comes from the panel.
    """
    panel = demand.model.trained.panel
    mask = volumes.rows_of(panel.keys, service)
    past, seen = volumes.yearly(panel.values[mask], panel.periods)
    future = demand.years.values[mask]
    ahead = [int(year) for year in demand.years.periods]
    columns = []
    for year in years:
        if year in ahead:
            columns.append(future[:, ahead.index(year)])
        elif year in seen:
            columns.append(np.repeat(past[:, seen.index(year), None], future.shape[2], axis=1))
        else:
            columns.append(np.full((len(future), future.shape[2]), np.nan))
    owners = [str(area) for area in panel.keys.loc[mask, "area"]]
    return np.stack(columns, axis=1).astype(np.float64), owners


def table(demand: Demand, shift: Mapping[str, Floats] | None = None) -> pd.DataFrame:
    """Return the bundle's rows of demand: quantiles and mean, and the benchmark's mean.

    Args:
        demand: the futures.
        shift: by service, a factor (series, years, draws) that adjustments put on its years.
    """
    rows = Rows("period", QUANTILES)
    flat = _demographic(demand)
    for name, mask in _series(demand.native.keys):
        labels = _labels(demand.model, name)
        own = [str(a) for a in demand.native.keys.loc[mask, "area"]]
        factor = None if shift is None else shift.get(labels["service"])
        if factor is not None:  # of all ages of the service; this row is of one
            factor = factor[mask[volumes.rows_of(demand.native.keys, labels["service"])]]
        for draws in _timed(demand):
            values = _shifted(draws, mask, factor, demand.years.periods)
            values, where = _everywhere(values, own, demand.model.adds_up)
            rows.add(values, (where, list(draws.periods)), **labels, series="forecast")
        for periods_, benchmark in flat:
            values, where = _everywhere(benchmark[mask], own, demand.model.adds_up)
            rows.mean(values, (where, periods_), **labels, series="demographic")
    return rows.frame()


def history(model: Loaded) -> pd.DataFrame:
    """Return the bundle's rows of what was observed, sums of areas included.

    A sum that lacks a municipality's report has the hole filled on a line between the reports
    around it, and status `provisional`. A period in which nobody was counted has no row.
    """
    panel = model.trained.panel
    blocks = [(panel.values, list(panel.periods))]
    if panel.frequency == "Q":
        values, years = volumes.yearly(panel.values, panel.periods)
        blocks.append((values, [str(year) for year in years]))
    rows = Rows("period", ())
    for name, mask in _series(panel.keys):
        labels = _labels(model, name)
        own = [str(a) for a in panel.keys.loc[mask, "area"]]
        for values, line in blocks:
            _add_history(rows, (values[mask], own, line), labels, model.adds_up)
    return rows.frame().drop(columns="quantile")


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


def _timed(demand: Demand) -> tuple[Draws, ...]:
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


def _series(keys: pd.DataFrame) -> list[tuple[dict[str, str], NDArray[np.bool_]]]:
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


def _labels(model: Loaded, name: dict[str, str]) -> dict[str, str]:
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


def titles(keys: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the names, in Danish and English, of the services in a panel's keys."""
    if "service" not in keys:
        return {}
    codes = sorted({str(code) for code in keys["service"]} - {""})
    return {c: {"da": services.title(c, "da"), "en": services.title(c, "en")} for c in codes}

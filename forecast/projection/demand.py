"""Demand: the futures of one trained model, by period and by calendar year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast import areas, measures, periods, services
from forecast.costs import volumes
from forecast.draws import Draws
from forecast.seeds import futures_of

if TYPE_CHECKING:
    import pandas as pd

    from forecast.engine.trained import Trained

Floats = NDArray[np.float64]


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
    native = trained.simulate(horizon, size, futures_of(seed, model.name))
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


def titles(keys: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return the names, in Danish and English, of the services in a panel's keys."""
    if "service" not in keys:
        return {}
    codes = sorted({str(code) for code in keys["service"]} - {""})
    return {c: {"da": services.title(c, "da"), "en": services.title(c, "en")} for c in codes}

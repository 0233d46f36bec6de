"""The drivers of a model: another model's measure, lagged, as it was known at each origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from forecast import areas, periods, specs, vintages
from forecast.errors import DataError, VintageError
from forecast.inputs import _exposure
from forecast.inputs._cells import lowest_level, pivot, selected
from forecast.panel import Driver, Floats, Panel

if TYPE_CHECKING:
    from forecast.specs import ModelSpec
    from forecast.vintages import Vintage
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Ask:
    """What a panel asks of its drivers.

    Attributes:
        spec: the model whose panel it is.
        workspace: where the drivers' data lie.
        known_at: the date whose knowledge is used; None for all there is.
        known: by period of the panel, the date on which its figures were first out.
    """

    spec: ModelSpec
    workspace: Workspace
    known_at: str | None
    known: dict[str, str]

    def day(self, period: str) -> str | None:
        """Return the day on which a period was the last one known."""
        first = self.known[period]
        return first if self.known_at is None else min(first, self.known_at)


def with_drivers(panel: Panel, ask: Ask) -> tuple[Panel, tuple[Vintage, ...], tuple[str, ...]]:
    """Add to a panel what its model names as drivers; return also vintages read and notes."""
    found: dict[str, Driver] = {}
    used: tuple[Vintage, ...] = ()
    notes: tuple[str, ...] = ()
    own = specs.called("models", ask.spec.name, ask.workspace)
    for name, options in ask.spec.drivers.items():
        delay = specs.lag_years(options.get("lag"), f"{own}: drivers.{name}")
        spec = specs.model(name, ask.workspace)
        if not vintages.listing(ask.workspace, spec.data):
            notes += (f"driver {name} is left out: there is no data for {spec.data}",)
            continue
        found[name], read = _driver(panel, ask, spec, delay)
        used += read
    return replace(panel, drivers=found), used, notes


def _driver(
    panel: Panel, ask: Ask, spec: ModelSpec, delay: float
) -> tuple[Driver, tuple[Vintage, ...]]:
    """Read one driver as it was known at every origin of a panel."""

    @lru_cache
    def read(day: str | None) -> tuple[Panel, tuple[Vintage, ...]]:
        return _logs(spec, ask.workspace, day)

    now, used = read(ask.known_at)
    owners = [str(area) for area in now.keys["area"]]
    known = {}
    for t, period in enumerate(panel.periods):
        line = (*panel.periods[: t + 1], *_after(period, ask.spec.horizon))
        last = t + 1 == len(panel.periods)
        if not last and period not in ask.known:
            continue
        try:
            then = now if last else read(ask.day(period))[0]
        except (DataError, VintageError):  # the driver was not out at all: nothing is claimed
            continue
        known[period] = _lagged(then, owners, line, delay)
    return Driver(_codes(panel, owners), known), used


def _logs(
    spec: ModelSpec, workspace: Workspace, day: str | None
) -> tuple[Panel, tuple[Vintage, ...]]:
    """Return the logs of a driver's values, or of its rates where it has an exposure."""
    held = vintages.known(workspace, spec.data, day)
    panel, _ = pivot(lowest_level(selected(held.frame, spec, workspace)), spec)
    if panel.keys["area"].duplicated().any():
        raise DataError(
            f"driver {spec.name} has several series an area; a driver needs one: keep one with "
            f"where in {specs.called('models', spec.name, workspace)}, or name another driver"
        )
    values, used = panel.values, held.vintages
    if spec.exposure:
        source = _exposure.Source(workspace, spec.exposure, 1, day)
        people, read = _exposure.exposed(panel, source)
        values, used = values / people[:, : values.shape[1]], (*used, *read)
    logs = np.log(np.where(values > 0, values, np.nan))
    return replace(panel, values=logs), used


def _lagged(then: Panel, owners: list[str], line: tuple[str, ...], delay: float) -> Floats:
    """Return (areas, line) values one lag before each period; NaN where they were not known.

    Between the middles of the driver's own periods they lie on a line.
    """
    times = np.array([_middle(p) for p in then.periods])
    wanted = np.array([_middle(p) for p in line]) - delay
    row = {str(area): i for i, area in enumerate(then.keys["area"])}
    out = np.full((len(owners), len(line)), np.nan)
    for k, area in enumerate(owners):
        values = then.values[row[area]] if area in row else np.empty(0)
        seen = np.isfinite(values)
        if seen.any():
            out[k] = np.interp(wanted, times[seen], values[seen], left=np.nan, right=np.nan)
    return out


def _codes(panel: Panel, owners: list[str]) -> np.ndarray:
    """Return the row of the driver that acts on each series: its area's, else its region's."""
    row = {area: k for k, area in enumerate(owners)}
    found = [
        row.get(a, row.get(areas.region_of(a), row.get(areas.NATION, -1)))
        for a in map(str, panel.keys["area"])
    ]
    return np.array(found, dtype=np.intp)


def _after(period: str, horizon: int) -> tuple[str, ...]:
    return tuple(periods.shift(period, h) for h in range(1, horizon + 1))


def _middle(code: str) -> float:
    """Return the middle of a year or a quarter in years."""
    per = periods.per_year(periods.parse(code).frequency)
    return (periods.ordinal(code) + 0.5) / per

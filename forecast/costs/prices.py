"""Prices: from fixed to current ones, by dated estimates (KL's pris- og lønskøn)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import vintages
from forecast.errors import ProjectionError
from forecast.seeds import generator

if TYPE_CHECKING:
    import pandas as pd

    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

Floats = NDArray[np.float64]
DATASET = "price_estimate"


@dataclass(frozen=True)
class Prices:
    """Growth of prices by year, as one estimate has them.

    Attributes:
        growth: per cent on the year before, by kind and year.
        vintage: date of the estimate.
        previous: the same figures as the estimate before had them: a budget is uplifted by the
            revision of the past level and the new growth.
        error: standard deviation, in percentage points, of an estimate some years ahead.
        used: the vintages of the dataset that were read.
    """

    growth: dict[str, dict[int, float]]
    vintage: str
    previous: dict[int, float]
    error: tuple[float, ...] = ()
    used: tuple[Vintage, ...] = ()

    def index(self, years: Iterable[int], base: int, kind: str = "total") -> Floats:
        """Return the price level of years, with `base` as 1.

        Raises:
            ProjectionError: a year between is not in the table.
        """
        wanted = list(years)
        first, last = min(*wanted, base), max(*wanted, base)
        self._require(range(first + 1, last + 1), kind)
        steps = [1 + self.growth[kind][year] / 100 for year in range(first + 1, last + 1)]
        level = dict(zip(range(first, last + 1), np.cumprod([1.0, *steps]), strict=True))
        return np.array([level[year] / level[base] for year in wanted])

    def draws(self, years: list[int], size: int, seed: int) -> Floats:
        """Return (years, draws) factors by which the true level departs from the estimate.

        Growth of a year errs as earlier estimates of a year as far ahead did; years before the
        estimate's own are taken as known. Their mean is one: the expected level is the estimate.
        """
        rng = generator(seed, "prices")
        shocks = rng.standard_normal((len(years), size))
        ahead = [year - int(self.vintage[:4]) for year in years]
        last = len(self.error) - 1
        spread = [self.error[min(h, last)] if h >= 0 and last >= 0 else 0.0 for h in ahead]
        factor: Floats = np.exp(np.cumsum(shocks * np.array(spread)[:, None] / 100, axis=0))
        return np.asarray(factor / factor.mean(axis=1, keepdims=True))

    def _require(self, years: Iterable[int], kind: str) -> None:
        held = self.growth.get(kind, {})
        missing = [str(year) for year in years if year not in held]
        if missing:
            raise ProjectionError(
                f"the price table of {self.vintage} holds no {kind} growth for "
                f"{', '.join(missing)}; add the years with `forecast data import {DATASET} FILE`"
            )

    def table(self, base: int) -> pd.DataFrame:
        """Return the bundle's table of prices."""
        import pandas as pd

        rows = []
        for kind, growth in sorted(self.growth.items()):
            years = _unbroken(sorted(growth), base)
            for year, level in zip(years, self.index(years, base, kind), strict=True):
                known = kind == "total" and year in self.previous
                revised = growth[year] - self.previous[year] if known else np.nan
                rows.append((str(year), kind, growth[year], level, self.vintage, revised))
        columns = ["year", "kind", "growth", "index", "vintage", "revision"]
        return pd.DataFrame(rows, columns=columns)


def read(workspace: Workspace, known_at: str | None = None, estimate: str = "") -> Prices:
    """Return the newest price estimate that was known on a date, or a named one.

    Raises:
        ProjectionError: no estimate is stored, or not the one that is named.
        VintageError: there is no data at all.
    """
    known = vintages.known(workspace, DATASET, known_at)
    frame = known.frame[known.frame["measure"] == "price_index"].dropna(subset="value")
    dates = sorted(frame["vintage"].astype(str).unique())
    chosen = [d for d in dates if not estimate or d.startswith(estimate)]
    if not chosen:
        raise ProjectionError(
            f"there is no price estimate {estimate!r} (there are: {', '.join(dates) or 'none'})"
        )
    return _prices(frame, chosen[-1], known.vintages)


def _prices(frame: pd.DataFrame, vintage: str, used: tuple[Vintage, ...]) -> Prices:
    growth: dict[str, dict[int, float]] = {}
    before: dict[int, float] = {}
    rows = frame.sort_values("vintage")
    columns = (rows[c].astype(str) for c in ("vintage", "kind", "period"))
    for date, kind, period, value in zip(*columns, rows["value"].to_numpy(float), strict=True):
        if date < vintage and kind == "total":
            before[int(period)] = float(value)
        if date <= vintage:  # an older estimate stands for years the newer does not repeat
            growth.setdefault(kind, {})[int(period)] = float(value)
    return Prices(growth, vintage, before, _errors(frame, vintage), used)


def _errors(frame: pd.DataFrame, vintage: str) -> tuple[float, ...]:
    """Return the spread of growth estimated one, two … years ahead around what was last said."""
    total = frame[(frame["kind"] == "total") & (frame["vintage"].astype(str) <= vintage)]
    wide = total.pivot_table(index="period", columns="vintage", values="value", aggfunc="last")
    misses: dict[int, list[float]] = {}
    for period, row in wide.iterrows():
        given = row.dropna()
        year = int(str(period))
        if str(given.index[-1])[:4] <= str(year):
            continue  # the outcome is not in yet
        for date, value in given.items():
            ahead = year - int(str(date)[:4])
            if ahead >= 0:
                misses.setdefault(ahead, []).append(float(value - given.iloc[-1]))
    found = [float(np.sqrt(np.mean(np.square(m)))) for _, m in sorted(misses.items()) if len(m) > 2]
    return tuple(np.maximum.accumulate(found)) if found else ()


def _unbroken(years: list[int], base: int) -> list[int]:
    """Return the run of years around the base, which an index can be worked out for."""
    held, run = set(years), [base]
    while run[-1] + 1 in held:
        run.append(run[-1] + 1)
    while run[0] in held:
        run.insert(0, run[0] - 1)
    return [year for year in run if year in held]

"""Scenarios: projections of one base under different adjustments, compared and searched.

All scenarios of a comparison share the base's draws, so a difference is the scenario's doing and
its interval is narrow. A scenario file is an adjustment file (`forecast.costs.adjustments`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import quantiles
from forecast.bundle import SHORT
from forecast.costs import adjustments as adjustments_
from forecast.costs import levers, tables
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.state import State
from forecast.costs.tables import Level
from forecast.errors import ProjectionError, SpecError
from forecast.projection import Prepared, adjusted, lever_ground

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
BASE = "base"
TOGETHER = "together"


def compare(prepared: Prepared, files: Sequence[AdjustmentFile]) -> pd.DataFrame:
    """Return net cost of the base, of each scenario alone and of all together, in fixed prices.

    Returns:
        scenario, area, year, quantile, value, difference (from the base, in the same draw).

    Raises:
        SpecError: a scenario was made on other data, versions or years, or two have one title.
    """
    refuse_alike(files)
    refuse_others(prepared, files)
    runs = {BASE: prepared.state}
    for file in files:
        runs[file.title] = adjusted(prepared, [file])[-1][1]
    if len(files) > 1:
        runs[TOGETHER] = adjusted(prepared, files)[-1][1]
    level = prepared.level
    base = net(prepared.state, level)
    return _table({name: net(state, level) for name, state in runs.items()}, base, prepared.state)


def refuse_alike(files: Sequence[AdjustmentFile]) -> None:
    """Refuse scenarios of one title, the same file twice among them: which is which?

    Raises:
        SpecError: two have one title, or one is called as the comparison calls its own.
    """
    names = [BASE, TOGETHER, *(file.title for file in files)]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), "")
    if twice:
        raise SpecError(
            f"two scenarios would be called {twice!r}; name each file once, and give each a title "
            "of its own"
        )


def refuse_others(prepared: Prepared, files: Sequence[AdjustmentFile]) -> None:
    """Refuse scenarios that were made for another projection than this one."""
    from forecast.projection.provenance import described

    meta = described(prepared)
    for file in files:
        file.made_for.refuse_other(file.path or file.title, meta)


def net(state: State, level: Level) -> Floats:
    """Return (areas, years, draws) net cost of all functions, fixed prices."""
    current = tables.totals(state).all_net()
    return quantiles.with_sums(level.fixed(state, current))


def _table(runs: dict[str, Floats], base: Floats, state: State) -> pd.DataFrame:
    import pandas as pd

    where = quantiles.everywhere(state.years)
    parts = []
    for name, values in runs.items():
        rows, apart = quantiles.Rows("year", SHORT), quantiles.Rows("year", SHORT)
        rows.add(values, where, scenario=name)
        apart.add(values - base, where, scenario=name)
        parts.append(rows.frame().assign(difference=apart.frame()["value"]))
    columns = ["scenario", "area", "year", "quantile", "value", "difference"]
    whole = pd.concat(parts, ignore_index=True)
    texts = dict.fromkeys(("scenario", "area", "year"), "str")
    return whole.astype(texts)[columns]


@dataclass(frozen=True)
class Goal:
    """What a lever is to reach.

    Attributes:
        area: code of the area.
        year: the year.
        target: net cost in fixed prices of the budget year, DKK 1,000.
        statistic: `mean`, or a quantile such as 0.5.
        key: the number that is varied: `change`, `move` or `amount`.
    """

    area: str
    year: int
    target: float
    statistic: str = "mean"
    key: str = "change"


@dataclass(frozen=True)
class Found:
    """The outcome of a search.

    Attributes:
        adjustment: the adjustment with the value that was found.
        value: that value.
        reached: the net cost that follows.
        start: net cost without the adjustment.
    """

    adjustment: Adjustment
    value: float
    reached: float
    start: float


KEYS = {"service_mix": "move", "takst": "amount", **dict.fromkeys(adjustments_.AMOUNTS, "amount")}
BOUNDS = {"change": (-0.95, 5.0), "move": (0.0, 1.0)}
TOLERANCE = 1e-5


def seek(prepared: Prepared, file: AdjustmentFile, goal: Goal) -> Found:
    """Return which size of the last adjustment in a file makes the goal.

    Raises:
        ProjectionError: the year is not projected, or no size of the lever within its bounds
            reaches the target.
    """
    years = prepared.state.years
    if goal.year not in years:
        raise ProjectionError(f"{goal.year} is not projected; choose {years[0]} to {years[-1]}")
    refuse_others(prepared, [file])
    lever = file.adjustment[-1]
    before = adjusted(prepared, [replace(file, adjustment=file.adjustment[:-1])])[-1][1]
    ground = lever_ground(prepared)
    level = prepared.level

    def reach(value: float) -> float:
        tried = replace(lever, **{goal.key: value})  # type: ignore[arg-type]  # the key's own type
        return measured(levers.apply(before, tried, ground), level, goal)

    start = measured(before, level, goal)
    low, high = bounds(goal, start)
    value = _root(reach, (low, high), goal, lever.name)
    found = replace(lever, **{goal.key: value})  # type: ignore[arg-type]  # likewise
    return Found(found, value, reach(value), start)


def measured(state: State, level: Level, goal: Goal) -> float:
    """Return what the goal is about: the mean or a quantile of an area's net cost in a year."""
    column = state.years.index(goal.year)
    every = net(state, level)
    draws = every[quantiles.everyone().index(goal.area), column]
    if goal.statistic == "mean":
        return float(draws.mean())
    return float(np.quantile(draws, float(goal.statistic)))


def bounds(goal: Goal, start: float) -> tuple[float, float]:
    """Return between which sizes of the lever is searched."""
    gap = 20 * abs(start - goal.target) + 1.0
    return BOUNDS.get(goal.key, (-gap, gap))


def _root(
    reach: Callable[[float], float], span: tuple[float, float], goal: Goal, name: str
) -> float:
    from scipy import optimize

    low, high = span
    ends = [reach(low) - goal.target, reach(high) - goal.target]
    if ends[0] * ends[1] > 0:
        shown = sorted(end + goal.target for end in ends)
        raise ProjectionError(
            f"{name}: no {goal.key} between {low:g} and {high:g} reaches {goal.target:,.0f} in "
            f"{goal.year}; with it the net cost lies between {shown[0]:,.0f} and {shown[1]:,.0f} "
            "(DKK 1,000)"
        )

    def miss(value: float) -> float:
        return reach(value) - goal.target

    return float(optimize.brentq(miss, low, high, rtol=TOLERANCE, xtol=1e-9))

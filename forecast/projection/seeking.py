"""Seeking: which size of a lever brings an area's net cost to a goal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from forecast import areas, quantiles
from forecast.costs import expected, levers
from forecast.costs.adjustments import AMOUNTS, Adjustment, AdjustmentFile
from forecast.costs.state import State
from forecast.costs.tables import Level
from forecast.errors import ProjectionError, SpecError
from forecast.projection import Prepared, adjusted, lever_ground
from forecast.projection.scenarios import net, refuse_others

KEYS = {"service_mix": "move", "takst": "amount", **dict.fromkeys(AMOUNTS, "amount")}
BOUNDS = {"change": (-0.95, 5.0), "move": (0.0, 1.0)}
TOLERANCE = 1e-5


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


def goal(scenario: AdjustmentFile, options: Mapping[str, Any], budget_year: int) -> Goal:
    """Return the goal that a search is given on the command line.

    Raises:
        SpecError: the statistic is neither `mean` nor a share, the target is no number, or there
            is no lever, or one without a size.
    """
    statistic = str(options["statistic"])
    if statistic != "mean":
        try:
            inside = 0 < float(statistic) < 1
        except ValueError:
            inside = False
        if not inside:
            raise SpecError(f"statistic {statistic!r}: expected mean or a quantile such as 0.9")
    if not scenario.adjustment:
        raise SpecError(f"{scenario.title}: no [[adjustment]] whose size could be searched for")
    if not math.isfinite(options["target"]):
        raise SpecError(f"target {options['target']}: expected a net cost, DKK 1,000")
    lever = scenario.adjustment[-1].lever
    if lever == "price_vintage":
        raise SpecError("a price estimate has no size to search for; choose another lever")
    key = KEYS.get(lever, "change")
    year = int(options["goal_year"] or budget_year)
    return Goal(areas.find(options["area"]).code, year, options["target"], statistic, key)


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
    free = replace(file, adjustment=file.adjustment[:-1], booked=())
    before = adjusted(prepared, [free])[-1][1]
    ground = lever_ground(prepared)

    def net_of(state: State) -> float:  # what is booked comes after every adjustment
        return measured(expected.apply(state, file.booked), prepared.level, goal)

    def reach(value: float) -> float:
        tried = replace(lever, **{goal.key: value})  # type: ignore[arg-type]  # the key's own type
        return net_of(levers.apply(before, tried, ground))

    start = net_of(before)
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


def solved(scenario: AdjustmentFile, found: Found) -> AdjustmentFile:
    """Return the scenario with the size that was found."""
    return replace(scenario, adjustment=(*scenario.adjustment[:-1], found.adjustment))


def answer(found: Found, goal_: Goal) -> dict[str, Any]:
    """Return the outcome of a search as plain values."""
    return {
        "lever": found.adjustment.lever,
        "name": found.adjustment.name,
        "key": goal_.key,
        "value": found.value,
        "target": goal_.target,
        "reached": found.reached,
        "without": found.start,
        "area": goal_.area,
        "year": goal_.year,
        "statistic": goal_.statistic,
    }


def sentence(found: Found, goal_: Goal) -> str:
    """Return the outcome of a search in words."""
    return (
        f"{found.adjustment.name}: {goal_.key} = {found.value:.6g} brings the net cost of "
        f"{areas.name(goal_.area)} in {goal_.year} ({goal_.statistic}) from {found.start:,.0f} to "
        f"{found.reached:,.0f}; the target was {goal_.target:,.0f} (DKK 1,000)"
    )

"""The dear tail: how many cases above a limit, what they cost, and what one more costs net.

Cases of a municipality are simulated: their number between two limits is Poisson around what the
volume and the case-cost distribution give, the dearest (above the highest limit) are drawn one
by one, and others by the mean and variance of their cost. Their refund follows from how their costs
lie against the thresholds of the year, not from their mean. Limits are in fixed prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.bundle import SHORT
from forecast.costs import refunds, shapes
from forecast.costs.mapping import REMAINDER, Function
from forecast.costs.shapes import Shape
from forecast.costs.state import State
from forecast.costs.tables import Level
from forecast.costs.thresholds import Steps, Thresholds
from forecast.quantiles import Rows
from forecast.seeds import generator

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
LIMITS = (1000.0, 2000.0, 5000.0)
MOST = 250  # draws: enough for P10 and P90 of a count


@dataclass(frozen=True)
class Ground:
    """What the tail is simulated from.

    Attributes:
        level: from current to fixed prices.
        limits: refund thresholds.
        spread: shape of case costs by group.
        seed: seed of the run.
    """

    level: Level
    limits: Thresholds
    spread: Mapping[str, Shape]
    seed: int


@dataclass(frozen=True)
class Cases:
    """Cases of one line that cost between two limits.

    Attributes:
        group: whose refund rule they fall under.
        limits: the two limits.
        mean: (municipalities, years, draws) mean cost of all cases of the line.
        moments: (…, 3) probability to lie between the limits, mean and variance of cost there.
        number: (municipalities, years, draws) how many they are.
        gross: what they cost together.
    """

    group: str
    limits: tuple[float, float]
    mean: Floats
    moments: Floats
    number: Floats
    gross: Floats


def table(state: State, ground: Ground) -> pd.DataFrame:
    """Return the bundle's table of dear cases, municipalities only, fixed prices.

    A year without thresholds has no figures after refund: nobody knows them.
    """
    import pandas as pd

    rows = Rows("year", SHORT)
    codes, years = state.base.codes, [str(year) for year in state.years]
    for group in sorted(ground.spread):
        found = _group(state, ground, group)
        unknown = [not ground.limits.has(group, year) for year in state.years]
        found[2][:, unknown] = np.nan
        for i, limit in enumerate(LIMITS):
            above = found[:, :, :, i:].sum(axis=3)  # item, municipality, year, band, draw
            number, gross, refund = above[0], above[1], above[2]
            items = {"number": number, "gross": gross, "refund": refund, "net": gross - refund}
            labels = {"group": group, "threshold": str(limit)}
            for item, values in items.items():
                rows.add(values, (codes, years), item=item, **labels)
            rows.mean(_marginal(state, ground, group, limit), (codes, years),
                      item="marginal_net", **labels)  # fmt: skip
    frame = rows.frame()
    limit_of = {str(limit): limit for limit in LIMITS}
    numbers = frame["threshold"].astype(str).map(limit_of)
    return pd.DataFrame(frame.assign(threshold=numbers.astype("float64")))


def _group(state: State, ground: Ground, group: str) -> Floats:
    """Return (number, gross, refund; municipalities, years, bands, draws) of a group's cases."""
    draws = min(state.size, MOST)
    shape = (3, len(state.base.codes), len(state.years), len(LIMITS), draws)
    total = np.zeros(shape)
    for function in state.functions().values():
        if function.cases != group:
            continue
        for line in state.lines(function):
            if line != REMAINDER:
                total += _line(state, ground, function, line, draws)
    return total


def _line(state: State, ground: Ground, function: Function, line: str, draws: int) -> Floats:
    volume = state.volume(function, line)[:, :, :draws]
    unit = state.unit(function, line)[:, :, :draws]
    real = ground.level.factor(state.base.year)
    mean = np.broadcast_to(unit * real, volume.shape)
    shape = ground.spread[function.cases]
    found = np.zeros((3, *volume.shape[:2], len(LIMITS), volume.shape[2]))
    rng = generator(ground.seed, "tail", function.code, line)
    paid = mean > 0
    for band, low in enumerate(LIMITS):
        high = LIMITS[band + 1] if band + 1 < len(LIMITS) else np.inf
        level = np.where(paid, mean, 1.0)
        moments = shapes.partial_moments(shape, level, (low, high))
        number = rng.poisson(np.where(paid, volume * moments[..., 0], 0.0)).astype(np.float64)
        gross = _gross(rng, number, moments, (low, high))
        if np.isinf(high):
            gross = _dearest(rng, number, mean, shape, low)
        found[0, :, :, band], found[1, :, :, band] = number, gross
        cases = Cases(function.cases, (low, high), level, moments, number, gross)
        found[2, :, :, band] = _refund(state, ground, cases)
    return found


def _gross(
    rng: np.random.Generator, number: Floats, moments: Floats, band: tuple[float, float]
) -> Floats:
    """Return the sum of costs that lie between two limits."""
    spread = np.sqrt(number * moments[..., 2]) * rng.standard_normal(number.shape)
    return np.clip(number * moments[..., 1] + spread, number * band[0], number * min(band[1], 1e9))


def _dearest(
    rng: np.random.Generator, number: Floats, mean: Floats, shape: Shape, low: float
) -> Floats:
    """Draw the cases above the highest limit one by one and add them up."""
    count = number.reshape(-1).astype(np.int64)
    level = np.repeat(mean.reshape(-1), count)
    reach = shape.above(low / np.maximum(level, 1e-9))
    u = 1 - reach * (1 - rng.random(len(level)))
    costs = level * shape.quantile(u)
    owner = np.repeat(np.arange(len(count)), count)
    total = np.bincount(owner, weights=costs, minlength=len(count))
    return np.asarray(total.reshape(number.shape), dtype=np.float64)


def _refund(state: State, ground: Ground, cases: Cases) -> Floats:
    """Return (municipalities, years, draws) the refund of some cases, by the year's thresholds."""
    found = np.zeros_like(cases.gross)
    index = ground.level.prices.index(state.years, ground.level.base)
    for i, year in enumerate(state.years):
        if ground.limits.has(cases.group, year):
            steps = ground.limits.get(cases.group, year)
            fixed = replace(steps, limits=tuple(x / float(index[i]) for x in steps.limits))
            found[:, i] = refunded(cases, i, ground.spread[cases.group], fixed)
    return found


def refunded(cases: Cases, year: int, shape: Shape, steps: Steps) -> Floats:
    """Return (municipalities, draws) the refund of one year's cases: what lies in each slice.

    What is expected of a case is exact; where the cases of a future cost more or less than
    expected, the refund moves by the rate that they meet on the mean.
    """
    low, high = cases.limits
    whole = cases.moments[:, year]
    expected, slope = np.zeros(whole.shape[:2]), np.zeros(whole.shape[:2])
    for limit, rate in zip(steps.limits, np.diff([0.0, *steps.rates]), strict=True):
        if limit >= high:
            continue
        inside = limit > low
        mean = cases.mean[:, year]
        above = shapes.partial_moments(shape, mean, (limit, high)) if inside else whole
        expected += rate * above[..., 0] * (above[..., 1] - limit)
        slope += rate * above[..., 0]
    some, each = whole[..., 0], whole[..., 1]
    for total in (expected, slope):
        np.divide(total, some, out=total, where=some > 0)
    number, gross = cases.number[:, year], cases.gross[:, year]
    refund = number * expected + slope * (gross - number * each)
    return np.clip(refund, 0.0, steps.rates[-1] * gross)


def _fixed(cost: Floats, steps: Steps, index: float) -> Floats:
    """Return the refund of a cost in fixed prices, by thresholds in the year's own prices."""
    return refunds.yearly(cost * index, steps) / index


def _marginal(state: State, ground: Ground, group: str, cost: float) -> Floats:
    """Return (municipalities, years) what one more case of a cost a year costs net of refund."""
    index = ground.level.prices.index(state.years, ground.level.base)
    net = np.full(len(state.years), np.nan)
    for i, year in enumerate(state.years):
        if ground.limits.has(group, year):
            steps = ground.limits.get(group, year)
            net[i] = cost - float(_fixed(np.array([cost]), steps, float(index[i]))[0])
    return np.repeat(net[None], len(state.base.codes), axis=0)

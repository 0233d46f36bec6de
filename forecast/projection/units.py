"""Units: simulated unit costs at the level of the accounts, and how what is on none strays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.costs import carried, mapping, unit_costs
from forecast.costs.carried import Straying
from forecast.costs.mapping import Function
from forecast.costs.state import Base
from forecast.costs.unit_costs import Ground
from forecast.costs.wish import Wish
from forecast.projection.demand import Loaded
from forecast.seeds import futures_of

Floats = NDArray[np.float64]
NOTHING = 1e-9  # share of a function's largest account below which a rest is rounding


@dataclass(frozen=True)
class Units:
    """What is paid, (municipalities, years, draws) by function.

    Attributes:
        costs: unit costs in the base year's prices; 0 where all is remainder.
        carried: factors on the remainder per inhabitant; absent where there is none.
    """

    costs: Mapping[str, Floats]
    carried: Mapping[str, Floats]


@dataclass(frozen=True)
class _Given:
    """What the unit costs of every function are worked out from."""

    ground: Ground
    base: Base
    wish: Wish
    seen: list[int]
    straying: Straying

    def factor(self, function: Function, *, shared: bool) -> Floats:
        """Return how cost per inhabitant strays where nothing is modelled."""
        people = self.base.people[function.population]
        return carried.factor(self.straying, function.code, people, self.wish, shared=shared)


def project(model: Loaded, ground: Ground, base: Base, wish: Wish) -> Units:
    """Return unit costs of every function, and how far what is carried per inhabitant strays.

    The model must reach the last year (`reach`).
    """
    panel = model.trained.panel
    seen = sorted({*(int(period) for period in panel.periods), base.year})
    straying = carried.learn(carried.past(ground, seen))
    given = _Given(ground, base, wish, seen, straying)
    courses = _courses(model, base, wish)
    owners = np.array([str(area) for area in panel.keys["area"]])
    costs, rests = {}, {}
    for code, function in mapping.table().items():
        mine = (panel.keys["function"] == code).to_numpy(dtype=bool)
        costs[code] = _placed(courses[mine], list(owners[mine]), function, given)
        unknown = _unknown(base, function)
        if unknown.any():
            factor = given.factor(function, shared=True)
            rests[code] = np.where(unknown[:, None, None], factor, 1.0)
    return Units(costs, rests)


def reach(model: Loaded) -> int:
    """Return the last year to which unit costs can be simulated."""
    return int(model.trained.panel.periods[-1]) + model.trained.options.horizon


def _courses(model: Loaded, base: Base, wish: Wish) -> Floats:
    """Return the simulated unit costs over those of the base year, (series, years, draws)."""
    panel = model.trained.panel
    last = int(panel.periods[-1])
    horizon = wish.years[-1] - last
    draws = model.trained.simulate(horizon, wish.size, futures_of(wish.seed, model.name))
    if base.year > last:
        start = draws.values[:, draws.periods.index(str(base.year))].mean(axis=1, dtype=np.float64)
    else:
        start = _newest(panel.values)
    place = [draws.periods.index(str(year)) for year in wish.years]
    return np.asarray(draws.values[:, place].astype(np.float64) / start[:, None, None])


def _newest(values: Floats) -> Floats:
    """Return (series,) the last value that was observed."""
    place = np.where(np.isfinite(values), np.arange(values.shape[1]), 0).max(axis=1)
    return np.asarray(np.take_along_axis(values, place[:, None], axis=1)[:, 0])


def _placed(courses: Floats, owners: list[str], function: Function, given: _Given) -> Floats:
    """Return each municipality's course from the level of its own accounts.

    The level is the unit cost of this projection's services, pooled as the model's were: the model
    may have been trained with other services on the function, or on accounts revised since. A
    municipality without a series of its own takes the middle course of all, and strays from it.
    """
    base = given.base
    own = base.units[function.code]
    found = np.full((len(own), *courses.shape[1:]), np.nan)
    found[[base.codes.index(owner) for owner in owners]] = courses
    lacking = ~np.isfinite(found).all(axis=(1, 2)) & (own > 0)
    if lacking.any():
        middle = np.median(courses, axis=0) if len(courses) else np.ones((1, 1))
        found[lacking] = middle * given.factor(function, shared=not len(courses))[lacking]
    observed = unit_costs.observed(given.ground, function, given.seen, base.year)
    now = observed.values[:, given.seen.index(base.year)]
    level = np.where(lacking | ~np.isfinite(now), own, now)
    return np.where((own > 0)[:, None, None], level[:, None, None] * found, 0.0)


def _unknown(base: Base, function: Function) -> NDArray[np.bool_]:
    """Return (municipalities,) where money is carried per inhabitant at today's level."""
    rest, gross = np.abs(base.remainder(function)), np.abs(base.gross[function.code])
    modelled = (base.units[function.code] > 0) & (not base.uses(function))
    return np.asarray((rest > NOTHING * gross.max()) & ~modelled)

"""Pooled rate: a small area's rate leans on its region's, the region's on the nation's.

Counts are Poisson around exposure × rate and rates Gamma around the level above (Clayton and
Kaldor 1987), so a rate is a weighted mean of what was counted and of its surroundings; how much an
area counts for itself is its exposure ÷ (exposure + prior), with the prior found by moments. Old
years fade, and the nation's growth carries all of them forward, fading too.
"""

from __future__ import annotations

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _groups, _working
from forecast.methods._growth import path
from forecast.panel import Panel

NEEDS = Needs(minimum=1, gaps=True, exposure=True)
MEMORY = 0.7  # weight of a year beside the year after it
WINDOW = 5  # years whose growth is carried on


def fit(
    panel: Panel,
    *,
    groups: tuple[str, ...] = (),
    region: str = "region",
    damping: float = 0.9,
    rate: bool = True,
) -> State:
    """Estimate every area's rate from its own counts and those around it.

    Args:
        panel: counts by area and period, with exposure.
        groups: key columns; each group (a service) has a nation of its own.
        region: key column of the middle level; where the panel lacks it there is none.
        damping: factor by which growth fades each period.
        rate: always true, as the method is about rates.

    Raises:
        MethodError: the panel has no exposure.
    """
    del rate
    if panel.exposure is None:
        raise MethodError(f"panel {panel.measure}: a pooled rate needs a population; none is given")
    work = _working.working(panel, rate=True)
    t = panel.values.shape[1]
    seen = np.isfinite(panel.values) & (panel.exposure[:, :t] > 0)
    count = np.where(seen, panel.values, 0.0)
    exposure = np.where(seen, panel.exposure[:, :t], 0.0)
    nation = _groups.codes(panel, tuple(groups))
    middle = (region,) if region in panel.keys.columns and region not in groups else ()
    local = _groups.codes(panel, (*groups, *middle))
    growth = _growth(count, exposure, nation)
    fade = np.exp(growth[:, None] * (t - 1 - np.arange(t))) * MEMORY ** (t - 1 - np.arange(t))
    cases = (count * fade).sum(axis=1)
    persons = (exposure * MEMORY ** (t - 1 - np.arange(t))).sum(axis=1)
    prior = _shrunk(cases, persons, local, _pooled(cases, persons, nation))[0]
    level, own = _shrunk(cases, persons, np.arange(len(cases)), prior, local)
    errors = _working.spread(np.diff(work.z, axis=1))
    state = work.state(level=level, growth=growth, own_share=own, sigma=errors)
    return State(state.arrays, {**state.values, "damping": damping})


def _growth(
    count: _working.Floats, exposure: _working.Floats, codes: _working.Ints
) -> _working.Floats:
    """Return (n,) mean log growth of each group's rate over the last years, half believed."""
    size = int(codes.max()) + 1
    cases, persons = (np.zeros((size, count.shape[1])) for _ in range(2))
    np.add.at(cases, codes, count)
    np.add.at(persons, codes, exposure)
    growth = np.zeros(size)
    for code in range(size):
        known = np.flatnonzero((cases[code] > 0) & (persons[code] > 0))[-WINDOW - 1 :]
        if len(known) > 1:
            logs = np.log(cases[code, known] / persons[code, known])
            growth[code] = 0.5 * (logs[-1] - logs[0]) / (known[-1] - known[0])
    return np.asarray(np.clip(growth, -0.2, 0.2)[codes])


def _pooled(
    cases: _working.Floats, persons: _working.Floats, codes: _working.Ints
) -> _working.Floats:
    """Return (n,) rate of each series' group as a whole."""
    size = int(codes.max()) + 1
    top, bottom = np.zeros(size), np.zeros(size)
    np.add.at(top, codes, cases)
    np.add.at(bottom, codes, persons)
    return np.asarray((top / np.maximum(bottom, 1e-12))[codes])


def _shrunk(
    cases: _working.Floats,
    persons: _working.Floats,
    units: _working.Ints,
    prior: _working.Floats,
    within: _working.Ints | None = None,
) -> tuple[_working.Floats, _working.Floats]:
    """Return (n,) rates of the units that series belong to, pulled to a prior, and own shares.

    Args:
        cases: (n,) counts.
        persons: (n,) exposure.
        units: (n,) codes of the units whose rate is wanted.
        prior: (n,) rate that each unit leans on.
        within: (n,) codes of sets of units that share one strength of prior; None: all.
    """
    rate = _pooled(cases, persons, units)
    size = np.zeros(int(units.max()) + 1)
    np.add.at(size, units, persons)
    weight = size[units]
    sets = np.zeros(len(cases), dtype=np.intp) if within is None else within
    strength = np.zeros(len(cases))
    for code in range(int(sets.max()) + 1):
        strength[sets == code] = _strength(*(x[sets == code] for x in (rate, prior, weight)))
    own = weight / np.maximum(weight + strength, 1e-12)
    return own * rate + (1 - own) * prior, own


def _strength(rate: _working.Floats, prior: _working.Floats, weight: _working.Floats) -> float:
    """Return the prior's worth in persons: Poisson variance ÷ variance between units."""
    mean = float(np.average(prior, weights=weight)) if weight.sum() > 0 else 0.0
    if mean <= 0:
        return 0.0
    spread = float(np.average((rate - prior) ** 2, weights=weight))
    luck = float(np.average(prior / np.maximum(weight, 1e-12), weights=weight))
    between = max(spread - luck, 0.02 * mean**2)
    return mean / between


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): pooled rate × fading growth × projected exposure."""
    return _working.original(state, path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around the pooled rate."""
    return _working.simulated(state, path, horizon, size, rng)

"""Shrunk growth: the last value times a fading growth, between the series' own and its group's.

How far a series is believed is not chosen: its mean relative growth is pulled toward the median of
its group by the precision of either (empirical Bayes, Efron and Morris 1975). A long, calm history
speaks for itself; a short or a jumpy one follows its group.
"""

from __future__ import annotations

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _groups, _growth, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=2, gaps=True)
BELIEF = 4.0  # changes' worth of belief that a series' changes vary as all series' do
OUTER = 0.95  # deviations from the group beyond this quantile say no more of how series differ
LEAST = 1e-6  # variance by which series differ at least


def fit(
    panel: Panel, *, groups: tuple[str, ...] = (), rate: bool = False, damping: float = 0.9
) -> State:
    """Measure how fast each series grows, as far as its own history can tell.

    Args:
        panel: series by periods.
        groups: key columns; series that agree in them share strength (none: all do).
        rate: work on rates where the panel has exposure.
        damping: factor by which the growth fades each period, in (0, 1].

    Raises:
        MethodError: the damping is out of range, or a group column is not a key.
    """
    if not 0 < damping <= 1:
        raise MethodError(f"shrunk_growth: damping {damping} must lie in (0, 1]")
    work = _working.working(panel, rate=rate)
    own, error = _own(_growth.relative(work.z))
    codes = _groups.codes(panel, tuple(groups))
    middle, believed = np.zeros(len(own)), np.zeros(len(own))
    for code in range(int(codes.max()) + 1):
        rows = np.flatnonzero((codes == code) & np.isfinite(own))
        if len(rows):
            middle[rows], believed[rows] = _shrinkage(own[rows], error[rows])
    growth = np.clip(
        believed * np.nan_to_num(own) + (1 - believed) * middle, -_growth.CAP, _growth.CAP
    )
    sigma = _working.spread(np.diff(work.z, axis=1))
    state = work.state(level=work.last, growth=growth, believed=believed, sigma=sigma)
    return State(state.arrays, {**state.values, "damping": damping})


def _own(change: _working.Floats) -> tuple[_working.Floats, _working.Floats]:
    """Return (n,) mean change and its squared standard error; NaN where nothing changed."""
    seen = np.isfinite(change)
    count = seen.sum(axis=1)
    total = np.where(seen, change, 0.0).sum(axis=1)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    squares = np.where(seen, (change - mean[:, None]) ** 2, 0.0).sum(axis=1)
    free = np.maximum(count - 1, 0)
    pooled = squares.sum() / max(free.sum(), 1)
    variance = (squares + BELIEF * pooled) / (free + BELIEF)
    return mean, variance / np.maximum(count, 1)


def _shrinkage(own: _working.Floats, error: _working.Floats) -> tuple[float, _working.Floats]:
    """Return a group's median growth, and (n,) how far each of its series is believed."""
    middle = float(np.median(own))
    apart = (own - middle) ** 2
    held = np.minimum(apart, np.quantile(apart, OUTER))
    differ = max(float(np.mean(held - error)), LEAST)
    return middle, differ / (differ + error)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last value times the fading growth."""
    return _working.original(state, _growth.path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks along the growth."""
    return _working.simulated(state, _growth.path, horizon, size, rng)

"""Naive: the last observation stays (with quarters: the last value of the season-free series)."""

from __future__ import annotations

import numpy as np

from forecast.methods import Needs, State, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=1, gaps=True)


def fit(panel: Panel, *, scale: str = "identity", rate: bool = False) -> State:
    """Remember each series' last value."""
    work = _working.working(panel, scale=scale, rate=rate)
    return work.state(level=work.last, sigma=_working.spread(np.diff(work.z, axis=1)))


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): the last value, repeated."""
    return _working.original(state, _working.flat, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks from the last value."""
    return _working.simulated(state, _working.flat, horizon, size, rng)

"""Demographic: the last rate times the projected population, as planners compute today."""

from __future__ import annotations

import numpy as np

from forecast.methods import Needs, State, _working, naive
from forecast.panel import Panel

NEEDS = Needs(minimum=1, gaps=True, exposure=True)


def fit(panel: Panel) -> State:
    """Remember each series' last rate; without exposure this is the naive forecast."""
    return naive.fit(panel, rate=True)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last rate × projected exposure."""
    return naive.point(state, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks of the rate times the projected exposure."""
    return naive.simulate(state, horizon, size, rng)

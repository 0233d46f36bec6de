"""Theta, optimised: simple smoothing pulled along by a share of the series' straight line.

Theta's forecast equals simple exponential smoothing with a drift of (1 − 1/θ) times the slope of
the fitted line (Hyndman and Billah 2003; Fiorucci et al. 2016 for the optimised θ). Smoothing
weight and θ lie on a grid that the panel weighs (`_mixture`).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from forecast.methods import Needs, State, _mixture, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=3)
ALPHAS = (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
SHARES = (0.0, 0.5, 0.75, 1.0)  # 1 − 1/θ for θ = 1, 2, 4, ∞


def fit(
    panel: Panel,
    *,
    scale: str = "identity",
    rate: bool = False,
    shares: tuple[float, ...] = SHARES,
    alphas: tuple[float, ...] = ALPHAS,
) -> State:
    """Smooth every series over the grid and weigh the grid's points.

    Args:
        panel: series by periods.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        shares: the line's share in the drift, 1 − 1/θ; (0.5,) is the classical theta method,
            (0.0,) simple exponential smoothing.
        alphas: smoothing weights.
    """
    work = _working.working(panel, scale=scale, rate=rate)
    grid = np.array(list(product(alphas, shares)))
    sse, count, level, slope = _mixture.in_blocks(work.z, lambda z: _smooth(z, grid))
    weight = _mixture.posterior(sse, count)
    drift = slope * (weight * grid[:, 1:]).sum(axis=0)
    variance = (weight * sse).sum(axis=0) / np.maximum(count, 1)
    sigma = _working.spread(np.where(count > 0, np.sqrt(variance), np.nan)[:, None])
    return work.state(level=(weight * level).sum(axis=0), drift=drift, sigma=sigma)


def line(z: _working.Floats) -> tuple[_working.Floats, _working.Floats]:
    """Return value at the first period of the panel and slope (n,) of least squares in time."""
    seen = np.isfinite(z)
    x = np.where(seen, np.arange(z.shape[1], dtype=np.float64), 0.0)
    y = np.where(seen, z, 0.0)
    m = np.maximum(seen.sum(axis=1), 1)
    mean_x, mean_y = x.sum(axis=1) / m, y.sum(axis=1) / m
    dx = np.where(seen, x - mean_x[:, None], 0.0)
    slope = (dx * y).sum(axis=1) / np.maximum((dx**2).sum(axis=1), 1e-12)
    return mean_y - slope * mean_x, slope


def _smooth(z: _working.Floats, grid: _working.Floats) -> tuple[_working.Floats, ...]:
    """Return sse (grid, n), number of errors (n,), last level (grid, n) and line slope (n,)."""
    alpha, share = grid[:, :1], grid[:, 1:]
    first = np.argmax(np.isfinite(z), axis=1)
    slope = line(z)[1]
    drift = share * slope
    start = np.take_along_axis(z, first[:, None], axis=1)[:, 0]
    level = np.broadcast_to(start, drift.shape).copy()
    sse = np.zeros_like(level)
    for t in range(1, z.shape[1]):
        live = t > first
        error = np.where(live, z[:, t] - (level + drift), 0.0)
        sse += error**2
        level = np.where(live, level + drift + alpha * error, level)
    count = (z.shape[1] - 1 - first).astype(np.float64)
    return sse, count, level, slope


def _path(state: State, steps: int) -> _working.Floats:
    ahead = np.arange(1, steps + 1)
    return state.arrays["level"][:, None] + state.arrays["drift"][:, None] * ahead


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last level plus the line's share of drift."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around theta's path."""
    return _working.simulated(state, _path, horizon, size, rng)

"""Damped trend: Holt's smoothing with a fading trend, parameters shared over the panel.

Gardner and McKenzie (1985). Level weight, trend weight and damping lie on a grid; each series
averages over the grid with weights from its own one-step errors and the panel's distribution
(`_mixture`). The start is a line through a series' first few points.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from forecast.methods import Needs, State, _mixture, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=3)
ALPHAS = (0.2, 0.4, 0.6, 0.8, 1.0)
BETAS = (0.0, 0.1, 0.3, 0.6)
DAMPINGS = (0.8, 0.9, 0.98)
START = 5  # points that the starting line is drawn through


def fit(
    panel: Panel,
    *,
    scale: str = "identity",
    rate: bool = False,
    dampings: tuple[float, ...] = DAMPINGS,
    betas: tuple[float, ...] = BETAS,
) -> State:
    """Smooth every series over the grid and weigh the grid's points.

    Args:
        panel: series by periods.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        dampings: factors by which the trend may fade each period; (1.0,) is Holt's method.
        betas: weights of the newest change in the trend.
    """
    work = _working.working(panel, scale=scale, rate=rate)
    grid = np.array(list(product(ALPHAS, betas, dampings)))
    sse, count, level, slope = _mixture.in_blocks(work.z, lambda z: _smooth(z, grid))
    weight = _mixture.posterior(sse, count)
    mean_level = (weight * level).sum(axis=0)
    trends = np.stack(
        [(weight * slope)[grid[:, 2] == damping].sum(axis=0) for damping in dampings], axis=1
    )
    residual = (weight * sse).sum(axis=0) / np.maximum(count, 1)
    state = work.state(level=mean_level, trends=trends, sigma=_sigma(residual, count))
    return State(state.arrays, {**state.values, "dampings": list(dampings)})


def _sigma(variance: _working.Floats, count: _working.Floats) -> _working.Floats:
    return _working.spread(np.where(count > 0, np.sqrt(variance), np.nan)[:, None])


def _smooth(z: _working.Floats, grid: _working.Floats) -> tuple[_working.Floats, ...]:
    """Return sse (grid, n), number of errors (n,), last level and last trend (grid, n)."""
    alpha, beta, phi = (grid[:, k : k + 1] for k in range(3))
    gain = alpha * beta
    first = np.argmax(np.isfinite(z), axis=1)
    order = np.argsort(first, kind="stable")  # those that have begun lie side by side
    began, line = first[order], z[order]
    intercept, start_slope = opening_line(line, began)
    level = np.broadcast_to(intercept - start_slope, (len(grid), len(z))).copy()
    trend = np.broadcast_to(start_slope, level.shape).copy()
    sse = np.zeros_like(level)
    for t in range(z.shape[1]):
        live = slice(int(np.searchsorted(began, t, side="right")))
        fade = phi * trend[:, live]
        ahead = level[:, live] + fade
        error = line[live, t] - ahead
        error[:, began[live] == t] *= 0.5  # the start is fitted to the first points: they say less
        sse[:, live] += error**2
        np.add(ahead, alpha * error, out=level[:, live])
        np.add(fade, gain * error, out=trend[:, live])
    count = (z.shape[1] - first).astype(np.float64) - 1.0
    back = np.argsort(order)
    sse, level, trend = (np.take(x, back, axis=1) for x in (sse, level, trend))
    return sse, count, level, trend


def opening_line(
    z: _working.Floats, first: _working.Ints
) -> tuple[_working.Floats, _working.Floats]:
    """Return value at the first point and slope (n,) of a line through a series' first points."""
    width = min(START, z.shape[1])
    place = np.minimum(first[:, None] + np.arange(width), z.shape[1] - 1)
    inside = first[:, None] + np.arange(width) < z.shape[1]
    points = np.where(inside, np.take_along_axis(z, place, axis=1), 0.0)
    x = np.where(inside, np.arange(width), 0.0)
    m = inside.sum(axis=1)
    mean_x, mean_y = x.sum(axis=1) / m, points.sum(axis=1) / m
    dx = np.where(inside, x - mean_x[:, None], 0.0)
    slope = (dx * points).sum(axis=1) / np.maximum((dx**2).sum(axis=1), 1e-12)
    return mean_y - slope * mean_x, slope


def _path(state: State, steps: int) -> _working.Floats:
    path = np.repeat(state.arrays["level"][:, None], steps, axis=1)
    for k, damping in enumerate(state.numbers("dampings")):
        fade = np.cumsum(damping ** np.arange(1, steps + 1))
        path = path + state.arrays["trends"][:, k : k + 1] * fade
    return path


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last level plus the fading trend, averaged over the grid."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around the damped path."""
    return _working.simulated(state, _path, horizon, size, rng)

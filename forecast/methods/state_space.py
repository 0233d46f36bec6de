"""State space: a local level with a fading local trend, by a Kalman filter that knows gaps.

Durbin and Koopman (2012), chapters 3 and 4. An unobserved year is a prediction without an update,
never an invented value. Ratios of the disturbances to the noise lie on a grid that the panel
weighs (`_mixture`); the likelihood is concentrated over the scale, so it is unit-free.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from forecast.methods import Needs, State, _mixture, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=3, gaps=True)
LEVELS = (0.05, 0.3, 1.0, 4.0)  # variance of level disturbances ÷ variance of noise
TRENDS = (0.0, 0.02, 0.2)  # variance of trend disturbances ÷ variance of noise
DAMPING = 0.9
VAGUE = 1e6  # start variance of the level, in noise variances
SLOPE = 1.0  # start variance of the trend, in noise variances


@dataclass
class _Filter:
    """Means and covariances (grid, n) of level and trend."""

    level: _working.Floats
    trend: _working.Floats
    p11: _working.Floats
    p12: _working.Floats
    p22: _working.Floats


def fit(panel: Panel, *, scale: str = "identity", rate: bool = False) -> State:
    """Filter every series over the grid and weigh the grid's points.

    Args:
        panel: series by periods, unobserved ones NaN.
        scale: working scale.
        rate: work on rates where the panel has exposure.
    """
    work = _working.working(panel, scale=scale, rate=rate)
    z = np.where(work.seen, work.z, np.nan)
    grid = np.array(list(product(LEVELS, TRENDS)))
    cost, count, level, trend, variance = _mixture.in_blocks(z, lambda block: _run(block, grid))
    weight = _mixture.posterior(cost, count)
    total = (weight * variance).sum(axis=0)
    sigma = _working.spread(np.where(count > 0, np.sqrt(total), np.nan)[:, None])
    return work.state(
        level=(weight * level).sum(axis=0), trend=(weight * trend).sum(axis=0), sigma=sigma
    )


def _run(z: _working.Floats, grid: _working.Floats) -> tuple[_working.Floats, ...]:
    """Return cost (grid, n), counts (n,), last level and trend, one-step variance (grid, n)."""
    shape = (len(grid), len(z))
    zero = np.zeros(shape)
    f = _Filter(zero.copy(), zero.copy(), zero + VAGUE, zero.copy(), zero + SLOPE)
    squares, logs = zero.copy(), zero.copy()
    seen_before = np.zeros(len(z))
    for t in range(z.shape[1]):
        _predict(f, grid)
        seen = np.isfinite(z[:, t])
        start = seen & (seen_before == 0)
        f.level[:, start] = z[start, t]
        error = np.where(seen, z[:, t] - f.level, 0.0)
        s = f.p11 + 1.0
        live = seen & (seen_before >= 1)
        squares += np.where(live, error**2 / s, 0.0)
        logs += np.where(live, np.log(s), 0.0)
        _update(f, error, s, seen)
        seen_before += seen
    count = np.maximum(seen_before - 1, 0.0)
    mean_log = logs / np.maximum(count, 1)
    variance = squares / np.maximum(count, 1)
    return squares * np.exp(mean_log), count, f.level, f.trend, variance * (f.p11 + 1.0)


def _predict(f: _Filter, grid: _working.Floats) -> None:
    f.level = f.level + f.trend
    f.trend = DAMPING * f.trend
    f.p11 = f.p11 + 2 * f.p12 + f.p22 + grid[:, :1]
    f.p12 = DAMPING * (f.p12 + f.p22)
    f.p22 = DAMPING**2 * f.p22 + grid[:, 1:]


def _update(f: _Filter, error: _working.Floats, s: _working.Floats, seen: _working.Floats) -> None:
    k1 = np.where(seen, f.p11 / s, 0.0)
    k2 = np.where(seen, f.p12 / s, 0.0)
    f.level = f.level + k1 * error
    f.trend = f.trend + k2 * error
    f.p22 = f.p22 - k2 * f.p12
    f.p12 = f.p12 - k1 * f.p12
    f.p11 = f.p11 - k1 * f.p11


def _path(state: State, steps: int) -> _working.Floats:
    fade = np.cumsum(DAMPING ** np.arange(steps))
    return np.asarray(state.arrays["level"][:, None] + state.arrays["trend"][:, None] * fade)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): filtered level plus fading trend, averaged over the grid."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around the filtered path."""
    return _working.simulated(state, _path, horizon, size, rng)

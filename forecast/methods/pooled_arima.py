"""Pooled ARIMA(1,1,1) with a constant, for all series in one pass.

Box and Jenkins (1970), by conditional sums of squares. Both parameters lie on a grid that the panel
weighs (`_mixture`); for each of its points the constant has a closed form, and is pulled toward
none by a ridge of two changes, since ten points do not identify a trend.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from forecast.methods import Needs, State, _mixture, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=4)
AUTO = (-0.3, 0.0, 0.3, 0.6, 0.8)
MOVING = (-0.6, -0.3, 0.0, 0.3)
RIDGE = 2.0


def fit(
    panel: Panel,
    *,
    scale: str = "identity",
    rate: bool = False,
    auto: tuple[float, ...] = AUTO,
    moving: tuple[float, ...] = MOVING,
) -> State:
    """Filter every series' changes over the grid and weigh the grid's points.

    Args:
        panel: series by periods.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        auto: autoregressive parameters of the changes.
        moving: moving-average parameters.
    """
    work = _working.working(panel, scale=scale, rate=rate)
    grid = np.array(list(product(auto, moving)))
    changes = np.diff(work.z, axis=1, prepend=np.nan)
    sse, count, mean, ahead = _mixture.in_blocks(changes, lambda d: _filter(d, grid))
    weight = _mixture.posterior(sse, count)
    # (phi, n): the constant and the first step, averaged over the moving-average part
    per = [(grid[:, 0] == phi) for phi in auto]
    steps = np.stack([(weight * (ahead - mean))[k].sum(axis=0) for k in per], axis=1)
    variance = (weight * sse).sum(axis=0) / np.maximum(count, 1)
    sigma = _working.spread(np.where(count > 0, np.sqrt(variance), np.nan)[:, None])
    drift = (weight * mean).sum(axis=0)
    state = work.state(level=work.last, drift=drift, steps=steps, sigma=sigma)
    return State(state.arrays, {**state.values, "auto": list(auto)})


def _filter(d: _working.Floats, grid: _working.Floats) -> tuple[_working.Floats, ...]:
    """Return sse (grid, n), errors (n,), mean change and next change (grid, n)."""
    phi, theta = grid[:, :1], grid[:, 1:]
    seen = np.isfinite(d)
    filled = np.where(seen, d, 0.0)
    zero = np.zeros((len(grid), len(d)))
    # errors are linear in the mean change m: e_t = a_t − m b_t
    a, b, aa, ab, bb = (zero.copy() for _ in range(5))
    before, known = np.zeros(len(d)), np.zeros(len(d), dtype=bool)
    for t in range(d.shape[1]):
        live = seen[:, t]
        start = live & ~known
        a_new = filled[:, t] - np.where(known, phi * before + theta * a, 0.0)
        b_new = 1.0 - np.where(known, phi + theta * b, 0.0)
        a, b = np.where(live, a_new, a), np.where(live, b_new, b)
        a, b = np.where(start, 0.0, a), np.where(start, 0.0, b)  # the first change is given
        aa += np.where(live, a * a, 0.0)
        ab += np.where(live, a * b, 0.0)
        bb += np.where(live, b * b, 0.0)
        before, known = np.where(live, filled[:, t], before), known | live
    mean = ab / (bb + RIDGE)
    sse = aa - 2 * mean * ab + mean**2 * bb
    ahead = mean + phi * (before - mean) + theta * (a - mean * b)
    count = np.maximum(seen.sum(axis=1) - 1.0, 0.0)
    return np.maximum(sse, 0.0), count, mean, np.where(known, ahead, 0.0)


def _path(state: State, steps: int) -> _working.Floats:
    path = state.arrays["level"][:, None] + state.arrays["drift"][:, None] * np.arange(1, steps + 1)
    for k, phi in enumerate(state.numbers("auto")):
        fading = np.cumsum(phi ** np.arange(steps))
        path = path + state.arrays["steps"][:, k : k + 1] * fading
    return np.asarray(path)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last value plus the changes that the model expects."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around the expected changes."""
    return _working.simulated(state, _path, horizon, size, rng)

"""Pooled regression: what came after similar histories anywhere in the panel.

One linear model for all series ("global" in Montero-Manso and Hyndman 2021). At each past period
the change over the next h periods, in units of the series' typical change, is regressed on its
last changes, its mean change and its distance from its recent mean; absolute errors are minimised
(iteratively reweighted least squares) under a ridge toward no change.
"""

from __future__ import annotations

import numpy as np

from forecast.methods import Needs, State, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=3)
FEATURES = 10
RIDGE = 20.0  # rows' worth of belief in no change
ROUNDS = 5
MOST = 20_000  # rows: enough for seven coefficients
CAP = 8.0  # scaled changes beyond this count no more
BELIEF = 2.0
NEAR = 5  # periods that make a series' recent mean
LONGEST = 60  # periods of history that are learnt from


def fit(
    panel: Panel,
    *,
    scale: str = "identity",
    rate: bool = False,
    reach: int = 8,
    groups: tuple[str, ...] = (),
) -> State:
    """Regress the next changes on the last ones over the whole panel.

    Args:
        panel: series by periods.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        reach: horizons with coefficients of their own; longer ones go on as the last.
        groups: unused here; every series of the panel is in the one regression.
    """
    del groups
    work = _working.working(panel, scale=scale, rate=rate)
    z = work.z[:, -LONGEST:]
    size = _typical(z)
    design = _features(z, size)
    reach = max(1, min(reach, z.shape[1] - 2))
    slopes = np.stack([_regress(z, size, design, h) for h in range(1, reach + 1)])
    ahead = np.einsum("nf,hf->nh", design[:, -1], slopes) * size[:, -1:]
    errors = _working.spread(np.diff(work.z, axis=1))
    return work.state(level=work.last, ahead=ahead, sigma=errors)


def _typical(z: _working.Floats) -> _working.Floats:
    """(n, T) mean absolute change up to each period, young series leaning on the panel's."""
    change = np.abs(np.diff(z, axis=1, prepend=np.nan))
    count = np.cumsum(np.isfinite(change), axis=1)
    total = np.cumsum(np.nan_to_num(change), axis=1)
    level = np.nanmean(np.abs(z), axis=1, keepdims=True)
    final = total[:, -1:] / np.maximum(count[:, -1:], 1)
    usable = (level > 0) & (count[:, -1:] > 0)
    ratio = (
        float(np.median((final / np.where(level > 0, level, 1.0))[usable])) if usable.any() else 1.0
    )
    size = (total + BELIEF * ratio * level) / (count + BELIEF)
    return np.where(size > 0, size, 1.0)


def _features(z: _working.Floats, size: _working.Floats) -> _working.Floats:
    """(n, T, FEATURES) how each series stood at each period, in typical changes."""
    n, t = z.shape
    changes = np.diff(z, axis=1, prepend=np.nan)
    seen = np.isfinite(changes)
    filled = np.where(seen, changes, 0.0)
    total, count = filled.cumsum(axis=1), np.maximum(seen.cumsum(axis=1), 1)
    last = [_lagged(filled, k) for k in range(3)]
    known = np.isfinite(z)
    near = _window(np.where(known, z, 0.0)) / np.maximum(_window(known * 1.0), 1.0)
    away = np.where(known, z - near, 0.0)
    columns = [*last, total / count, away, total / np.sqrt(count)]
    scaled = np.clip(np.stack(columns, axis=2) / size[:, :, None], -CAP, CAP)
    steady = np.abs(scaled[:, :, 3:4])  # 1 where every change had one sign, 0 where they cancel
    moves = scaled[:, :, [0, 3, 4]] * steady
    return np.concatenate([scaled, moves, np.ones((n, t, 1))], axis=2)


def _lagged(x: _working.Floats, k: int) -> _working.Floats:
    """Return the columns of k periods before, zero before the beginning."""
    return np.concatenate(
        [np.zeros((len(x), min(k, x.shape[1]))), x[:, : max(x.shape[1] - k, 0)]], axis=1
    )


def _window(x: _working.Floats) -> _working.Floats:
    """Return sums over the last NEAR columns, or as many as there are."""
    return sum((_lagged(x, k) for k in range(NEAR)), np.zeros_like(x))


def _regress(
    z: _working.Floats, size: _working.Floats, design: _working.Floats, h: int
) -> _working.Floats:
    """Return (FEATURES) coefficients for the change over h periods."""
    end = z.shape[1] - h
    if end <= 2:
        return np.zeros(FEATURES)
    target = (z[:, 2 + h :] - z[:, 2:end]) / size[:, 2:end]
    ok = np.isfinite(target) & np.isfinite(z[:, : end - 2])
    x, y = design[:, 2:end][ok], np.clip(target[ok], -CAP * h, CAP * h)
    step = max(1, -(-len(y) // MOST))
    return _absolute(x[::step], y[::step])


def _absolute(x: _working.Floats, y: _working.Floats) -> _working.Floats:
    slope = np.zeros(x.shape[1])
    if not len(y):
        return slope
    for _ in range(ROUNDS):
        error = np.abs(y - x @ slope)
        weight = 1.0 / np.maximum(error, 0.05 * error.mean() + 1e-12)
        weight *= len(y) / weight.sum()
        weighed = x * weight[:, None]
        slope = np.linalg.solve(weighed.T @ x + RIDGE * np.eye(x.shape[1]), weighed.T @ y)
    return np.asarray(slope)


def _path(state: State, steps: int) -> _working.Floats:
    ahead = state.arrays["ahead"]
    known = ahead[:, :steps]
    rest = np.repeat(ahead[:, -1:], max(0, steps - known.shape[1]), axis=1)
    return np.asarray(state.arrays["level"][:, None] + np.concatenate([known, rest], axis=1))


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last value plus the change that the panel's past suggests."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks around the regression's path."""
    return _working.simulated(state, _path, horizon, size, rng)

"""Mean reversion: part of the way back to the series' own long-run mean, learnt over the panel.

A cell with few persons strays around a level; its last count is mostly luck. The share of a
deviation that survives a period is one pooled autocorrelation, corrected for the bias that short
series bring (Kendall 1954), clipped to [0, 1].
"""

from __future__ import annotations

import numpy as np

from forecast.methods import Needs, State, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=3)


def fit(panel: Panel, *, scale: str = "identity", rate: bool = False, window: int = 0) -> State:
    """Measure each series' mean and the panel's persistence around it.

    Args:
        panel: series by periods.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        window: how many of the last periods make the mean (0: all).
    """
    work = _working.working(panel, scale=scale, rate=rate)
    z = work.z[:, -window:] if window else work.z
    mean = np.nanmean(z, axis=1)
    deviation = z - mean[:, None]
    size = _working.spread(deviation)
    unit = deviation / np.where(size > 0, size, 1.0)[:, None]
    before, after = unit[:, :-1], unit[:, 1:]
    ok = np.isfinite(before) & np.isfinite(after)
    power = float((np.where(ok, before, 0.0) ** 2).sum())
    raw = float(np.where(ok, before * after, 0.0).sum()) / power if power > 0 else 0.0
    length = float(np.mean(np.isfinite(z).sum(axis=1)))
    keep = float(np.clip(raw + (1 + 3 * raw) / max(length, 4.0), 0.0, 1.0))
    residual = np.where(ok, after - keep * before, np.nan) * size[:, None]
    state = work.state(level=work.last, mean=mean, sigma=_working.spread(residual))
    return State(state.arrays, {**state.values, "keep": keep})


def _path(state: State, steps: int) -> _working.Floats:
    keep = state.number("keep") ** np.arange(1, steps + 1)
    mean = state.arrays["mean"][:, None]
    return np.asarray(mean + (state.arrays["level"][:, None] - mean) * keep)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): the deviation from the mean, fading."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) draws around the fading deviation."""
    return _working.simulated(state, _path, horizon, size, rng)

"""Drift: the mean change of the past goes on, in full or fading.

With damping 1 and no window this is the random walk with drift (Hyndman and Athanasopoulos 2021,
section 5.2). Changes are means over time, so unobserved periods do no harm.
"""

from __future__ import annotations

import numpy as np

from forecast.errors import MethodError
from forecast.methods import Needs, State, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=2, gaps=True)


def fit(
    panel: Panel,
    *,
    scale: str = "identity",
    rate: bool = False,
    damping: float = 1.0,
    window: int = 0,
) -> State:
    """Measure each series' mean change a period.

    Args:
        panel: series by periods.
        scale: working scale.
        rate: work on rates where the panel has exposure.
        damping: factor by which the change fades each period, in (0, 1].
        window: how many of the last changes count (0: all).

    Raises:
        MethodError: damping or window out of range.
    """
    if not 0 < damping <= 1 or window < 0:
        raise MethodError(f"drift: damping {damping} must lie in (0, 1], window {window} be ≥ 0")
    work = _working.working(panel, scale=scale, rate=rate)
    changes = np.diff(work.z, axis=1)[:, -window if window else None :]
    count = np.isfinite(changes).sum(axis=1)
    slope = np.nansum(changes, axis=1) / np.maximum(count, 1)
    sigma = _working.spread(changes - slope[:, None])
    state = work.state(level=work.last, slope=slope, sigma=sigma)
    return State(state.arrays, {**state.values, "damping": damping})


def _path(state: State, steps: int) -> _working.Floats:
    fade = state.number("damping")
    total = np.cumsum(fade ** np.arange(steps))
    return np.asarray(state.arrays["level"][:, None] + state.arrays["slope"][:, None] * total)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): last value plus the (fading) mean change."""
    return _working.original(state, _path, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks with drift."""
    return _working.simulated(state, _path, horizon, size, rng)

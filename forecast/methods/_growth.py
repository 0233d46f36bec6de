"""Growth: relative changes, and paths along a fading growth.

Relative growth, 2Δ/(|a| + |b|), is bounded, needs no logarithm and leaves a zero at zero.
"""

from __future__ import annotations

import numpy as np

from forecast.methods import State
from forecast.methods._working import Floats

STEEPEST = 0.5  # relative growth a period beyond which an observation says no more
CAP = 0.3  # growth a period that a forecast may begin with


def relative(z: Floats) -> Floats:
    """Return (n, T−1) relative changes; NaN where there is none, or both ends are zero."""
    size = np.abs(z[:, 1:]) + np.abs(z[:, :-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.where(size > 0, 2 * np.diff(z, axis=1) / size, np.nan)
    return np.clip(change, -STEEPEST, STEEPEST)


def path(state: State, steps: int) -> Floats:
    """Return (n, steps): the state's level times its growth, which fades by its damping."""
    fade = state.number("damping")
    total = np.cumsum(fade ** np.arange(1, steps + 1))
    factor = np.exp(state.arrays["growth"][:, None] * total)
    return np.asarray(state.arrays["level"][:, None] * factor)

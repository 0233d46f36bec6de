"""Calibration: how wide a forecast must be, from errors measured out of sample.

Split-conformal in spirit (Lei et al. 2018; scaled as in Romano et al. 2019): errors of the
combination at past origins, divided by what was expected of them, are pooled over the panel; their
quantiles are the widths. In-sample variance is never used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
TAIL = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.175, 0.25, 0.375)
LEVELS = np.array([*TAIL, 0.5, *(1 - p for p in reversed(TAIL))])
FEW = 30  # errors below which a horizon borrows from the shorter ones


@dataclass(frozen=True)
class Calibration:
    """Learnt widths.

    Attributes:
        growth: (H) median absolute scaled error by horizon.
        shape: (H, levels) quantiles of the errors divided by scale and growth.
    """

    growth: Floats
    shape: Floats

    def spread(self, scale: Floats) -> Floats:
        """Return (n, H) expected size of the error for series of some scale (n,)."""
        return scale[:, None] * self.growth[None, :]

    def quantiles(self, centre: Floats, spread: Floats, levels: Floats) -> Floats:
        """Return (n, H, levels): the centre plus calibrated error quantiles."""
        z = ndtri(np.asarray(levels, dtype=np.float64))
        unit = np.stack([self.errors(z, h) for h in range(centre.shape[1])])
        return centre[:, :, None] + spread[:, :, None] * unit[None]

    def errors(self, z: Floats, h: int) -> Floats:
        """Return unit errors at horizon index h for standard normal numbers, monotone in them."""
        knots = ndtri(LEVELS)
        return np.asarray(np.interp(z, knots, self.shape[h]))


def learn(trials: Trials, centre: Floats) -> Calibration:
    """Learn widths from the errors that combined forecasts (o, n, H) made at past origins."""
    error = (trials.actual - centre) / trials.scale[..., None]
    growth = _growth(error)
    unit = error / growth
    shape = np.stack([_shape(unit, h) for h in range(unit.shape[2])])
    return Calibration(growth, shape)


def combined(forecasts: Floats, weight: Floats) -> Floats:
    """Return the weighted mean (…, n, H) of members' paths (…, m, n, H)."""
    return np.asarray(np.einsum("...mnh,hm->...nh", forecasts, weight))


def _growth(error: Floats) -> Floats:
    """Median absolute error by horizon, never falling; a thin horizon grows by the square root."""
    growth = np.ones(error.shape[2])
    for h in range(error.shape[2]):
        known = np.abs(error[..., h][np.isfinite(error[..., h])])
        before = growth[h - 1] if h else 0.0
        guess = before * np.sqrt((h + 1) / h) if h else 1.0
        share = len(known) / (len(known) + FEW) if len(known) else 0.0
        own = float(np.median(known)) if len(known) else 0.0
        growth[h] = max(share * own + (1 - share) * guess, before, 1e-3)
    return growth


def _shape(unit: Floats, h: int) -> Floats:
    """Quantiles of unit errors at horizons around h, with a normal's weight while data are thin."""
    near = unit[..., max(h - 1, 0) : h + 2]
    known = near[np.isfinite(near)]
    normal = ndtri(LEVELS) / ndtri(0.75)
    if not len(known):
        return normal
    share = len(known) / (len(known) + FEW)
    # the finite-sample correction of conformal prediction, on both tails
    lift = (1 + 1 / len(known)) * (LEVELS - 0.5) + 0.5
    own = np.quantile(known, np.clip(lift, 0, 1))
    return np.maximum.accumulate(share * own + (1 - share) * normal)

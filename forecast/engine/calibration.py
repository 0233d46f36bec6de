"""Calibration: how wide a forecast must be, from errors measured out of sample.

Split-conformal in spirit (Lei et al. 2018), with errors scaled by what was expected of them
(Romano et al. 2019 in the same spirit): errors of the combination at past origins, divided by
their expected size, are pooled over the panel; their quantiles are the widths. In-sample variance
is never used. The expected size is the series' scale, times growth with the horizon, times two
signs of difficulty: how far the members disagree, and how large a change is beside the level.
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
FEW = 30  # errors below which a horizon borrows from the shorter ones, and shapes from the normal
RIDGE = 100.0  # rows' worth of belief that the signs of difficulty say nothing
SOFT = 0.2  # keeps the log of a small error from ruling the fit
REACH = 2.5  # the signs change a width by at most a factor exp(2.5)
SIGNS = 2


@dataclass(frozen=True)
class Calibration:
    """Learnt widths.

    Attributes:
        growth: (H) median absolute scaled error by horizon.
        signs: (3, SIGNS) mean, spread and slope of the signs of difficulty.
        shape: (H, levels) quantiles of the errors divided by their expected size.
    """

    growth: Floats
    signs: Floats
    shape: Floats

    def spread(self, difficulty: Floats, scale: Floats) -> Floats:
        """Return (…, n, H) expected size of the error.

        Args:
            difficulty: (…, n, H, SIGNS) signs of difficulty.
            scale: (…, n) size of a typical change.
        """
        mean, unit, slope = self.signs
        more = ((difficulty - mean) / unit * slope).sum(axis=-1)
        return np.asarray(scale[..., None] * self.growth * np.exp(np.clip(more, -REACH, REACH)))

    def quantiles(self, centre: Floats, spread: Floats, levels: Floats) -> Floats:
        """Return (n, H, levels): the centre plus calibrated error quantiles."""
        z = ndtri(np.asarray(levels, dtype=np.float64))
        unit = np.stack([self.errors(z, h) for h in range(centre.shape[1])])
        return centre[:, :, None] + spread[:, :, None] * unit[None]

    def errors(self, z: Floats, h: int) -> Floats:
        """Return unit errors at horizon index h for standard normal numbers, monotone in them."""
        return np.asarray(np.interp(z, ndtri(LEVELS), self.shape[h]))


def learn(trials: Trials, centre: Floats) -> Calibration:
    """Learn widths from the errors that combined forecasts (o, n, H) made at past origins."""
    error = (trials.actual - centre) / trials.scale[..., None]
    growth = _growth(error)
    signs = _signs(error / growth, difficulty(trials.forecasts, trials.scale, trials.level))
    guess = Calibration(growth, signs, np.zeros((len(growth), len(LEVELS))))
    expected = guess.spread(difficulty(trials.forecasts, trials.scale, trials.level), trials.scale)
    unit = (trials.actual - centre) / expected
    shape = np.stack([_shape(unit, h) for h in range(unit.shape[2])])
    return Calibration(growth, signs, shape)


def combined(forecasts: Floats, weight: Floats) -> Floats:
    """Return the weighted mean (…, n, H) of members' paths (…, m, n, H)."""
    return np.asarray(np.einsum("...mnh,hm->...nh", forecasts, weight))


def difficulty(forecasts: Floats, scale: Floats, level: Floats) -> Floats:
    """Return (…, n, H, SIGNS): log disagreement of the members, log level, both in changes.

    Args:
        forecasts: (…, m, n, H) members' paths.
        scale: (…, n) size of a typical change.
        level: (…, n) absolute last value.
    """
    size = scale[..., None]
    middle = forecasts.mean(axis=-3, keepdims=True)
    apart = np.log(np.abs(forecasts - middle).mean(axis=-3) / size + 0.1)
    high = np.clip(np.log(np.maximum(level[..., None], 1e-12) / size), -3.0, 6.0)
    return np.stack([apart, np.broadcast_to(high, apart.shape)], axis=-1)


def _signs(unit: Floats, signs: Floats) -> Floats:
    """Regress log absolute errors on the signs, under a ridge toward no effect."""
    ok = np.isfinite(unit)
    if not ok.any():
        return np.stack([np.zeros(SIGNS), np.ones(SIGNS), np.zeros(SIGNS)])
    target, rows = np.log(np.abs(unit[ok]) + SOFT), signs[ok]
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    z = (rows - mean) / spread
    gram = np.einsum("nf,ng->fg", z, z) + RIDGE * np.eye(SIGNS)
    lean = np.einsum("nf,n->f", z, target - target.mean())
    return np.stack([mean, spread, np.linalg.solve(gram, lean)])


def _growth(error: Floats) -> Floats:
    """Median absolute error by horizon, never falling; a thin horizon grows by the square root."""
    growth = np.ones(error.shape[2])
    for h in range(error.shape[2]):
        known = np.abs(error[..., h][np.isfinite(error[..., h])])
        before = growth[h - 1] if h else 0.0
        guess = before * np.sqrt((h + 1) / h) if h else 1.0
        share = len(known) / (len(known) + FEW)
        own = float(np.median(known)) if len(known) else 0.0
        growth[h] = max(share * own + (1 - share) * guess, before, 1e-3)
    return growth


def _shape(unit: Floats, h: int) -> Floats:
    """Quantiles of unit errors at horizons around h, with a normal's weight while data are thin."""
    near = unit[..., max(h - 1, 0) : h + 2]
    known = near[np.isfinite(near)]
    normal = ndtri(LEVELS) / ndtri(0.75)
    if not len(known):
        return np.asarray(normal)
    share = len(known) / (len(known) + FEW)
    # the finite-sample correction of conformal prediction, on both tails
    lift = (1 + 1 / len(known)) * (LEVELS - 0.5) + 0.5
    own = np.quantile(known, np.clip(lift, 0, 1))
    return np.maximum.accumulate(share * own + (1 - share) * normal)

"""The season: what comes back every year, as far as it is more than noise.

Deviations from a centred moving average over a year, averaged by place in the year (classical
decomposition), times a James-Stein factor. Of a positive series they are shares, unless added
ones leave it clearly calmer: a series that has doubled has twice the season.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

YEAR = 4  # quarters
MEMORY = 0.9  # factor by which a year counts less than the next
CALMER = 0.8  # an added season must leave this much less of the changes to be one
LEAST = 2  # deviations that each place in the year needs


def of(z: Floats, identity: Bools) -> tuple[Floats, Bools]:
    """Return (n, YEAR) the season from the period after the last on, and (n,) whether in shares.

    Args:
        z: (n, T) right-aligned values without holes; NaN before a series begins.
        identity: (n,) which series stand on the identity scale: of these the positive ones have
            a season in shares (logarithms of factors), all others one that is added.
    """
    none = np.zeros(len(z), dtype=np.bool_)
    if z.shape[1] <= 2 * YEAR:
        return np.zeros((len(z), YEAR)), none
    added = _shrunk(_deviations(z))
    seen = np.isfinite(z)
    shares = identity & (np.where(seen, z, np.inf).min(axis=1) > 0)
    if not shares.any():
        return added, shares
    logs = np.log(np.where(shares[:, None] & seen, z, 1.0))
    factors = _shrunk(_deviations(np.where(seen, logs, np.nan)))
    left = _roughness(without(z, factors, shares))
    shares &= _roughness(without(z, added, none)) >= CALMER * left
    return np.where(shares[:, None], factors, added), shares


def without(z: Floats, season: Floats, shares: Bools) -> Floats:
    """Return (n, T) values with the season taken out."""
    effect = season[:, _places(z.shape[1])]
    return np.where(shares[:, None], z * factor(-effect, shares[:, None]), z - effect)


def factor(effect: Floats, shares: Bools) -> Floats:
    """Return what an effect multiplies by: 1 where it is added, of which no exponential is one."""
    return np.asarray(np.exp(np.where(shares, effect, 0.0)))


def _roughness(z: Floats) -> Floats:
    """Return (n,) mean absolute change of the change from period to period."""
    bend = np.abs(np.diff(z, n=2, axis=1))
    known = np.isfinite(bend)
    return np.asarray(np.where(known, bend, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _places(length: int) -> Ints:
    """(T,) place in the year of each column; place 0 is the first period after the last column."""
    return np.asarray((np.arange(length) - length) % YEAR, dtype=np.intp)


def _deviations(z: Floats) -> Floats:
    """(n, T) deviations from the year around each period; NaN where half a year is missing."""
    kernel = np.full(YEAR + 1, 1.0 / YEAR)
    kernel[[0, -1]] /= 2
    windows = np.lib.stride_tricks.sliding_window_view(z, YEAR + 1, axis=1)
    half = YEAR // 2
    found = np.full(z.shape, np.nan)
    found[:, half:-half] = z[:, half:-half] - windows @ kernel
    return found


def _shrunk(deviation: Floats) -> Floats:
    """(n, YEAR) mean deviations by place, as much as their variance is more than noise."""
    places = _places(deviation.shape[1])
    mean, worth, count = (np.zeros((len(deviation), YEAR)) for _ in range(3))
    noise = np.zeros(len(deviation))
    for k in range(YEAR):
        part = deviation[:, places == k]
        seen = np.isfinite(part)
        weight = seen * MEMORY ** np.arange(part.shape[1])[::-1]
        total = np.maximum(weight.sum(axis=1), 1e-12)
        mean[:, k] = (weight * np.where(seen, part, 0.0)).sum(axis=1) / total
        count[:, k] = seen.sum(axis=1)
        worth[:, k] = total**2 / np.maximum((weight**2).sum(axis=1), 1e-12)
        noise += (np.where(seen, part - mean[:, k : k + 1], 0.0) ** 2).sum(axis=1)
    mean -= mean.mean(axis=1, keepdims=True)
    error = noise / np.maximum(count.sum(axis=1) - YEAR, 1) / np.maximum(worth.mean(axis=1), 1)
    signal = (mean**2).sum(axis=1) / (YEAR - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        keep = np.where(signal > 0, np.clip(1 - error / signal, 0.0, 1.0), 0.0)
    return np.where(count.min(axis=1, keepdims=True) >= LEAST, mean * keep[:, None], 0.0)

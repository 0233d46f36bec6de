"""Shocks: what hit a whole group in one year says little of how large such shocks are.

However many series a panel has, the few origins behind its widths show a few common shocks: one
rough year, and every interval is wide for good. How far the series of a group miss apart from each
other is known well; how far they miss together hardly is. Over the short panels that were looked
at, shocks of past origins told nothing of the size of the next one, those of a dozen origins about
a third. So the errors that widths are learnt from keep what differs between the series of a group,
and where common errors were larger than usual they are drawn in, as a variance is that few degrees
of freedom tell and a prior holds (James and Stein 1961). Smaller ones stay as they were.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.engine import momentum
from forecast.engine.momentum import Errors
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
USUAL = 0.5  # typical changes × √h that a group is usually missed by at most, as a root mean square
BELIEF = 25.0  # origins' worth of that belief
LARGE = momentum.LARGE  # errors beyond this many typical changes count no more


def usual(trials: Trials, centre: Floats, group: Ints) -> Trials:
    """Return trials whose outcomes hold common shocks of no more than the believed size.

    Args:
        trials: what members said and what happened.
        centre: (o, n, H) combined forecasts.
        group: (n,) series that share what happens to them.
    """
    unit = trials.standing.scale[..., None] * momentum.root(centre.shape[2])
    shock = _common(trials, (trials.actual - centre) / unit, group)
    share = _kept(shock)
    return replace(trials, actual=trials.actual - (1 - share) * shock * unit)


def _common(trials: Trials, error: Floats, group: Ints) -> Floats:
    """Return (o, n, H) the median error of each series' group, NaN where none is known."""
    held = np.clip(error, -LARGE, LARGE)
    errors = Errors(trials.cuts, held, group)
    found = np.full(error.shape, np.nan)
    for origin, row in enumerate(held):
        for h in np.flatnonzero(np.isfinite(row).any(axis=0)):
            found[origin, :, h] = errors.middle(row[:, h])[group]
    return np.where(np.isfinite(error), found, np.nan)


def _kept(shock: Floats) -> float:
    """Return the share of common shocks (o, n, H) that is believed; 1 where they are not large."""
    known = np.isfinite(shock)
    if not known.any():
        return 1.0
    origins = int(known.any(axis=(1, 2)).sum())
    size = max(float((shock[known] ** 2).mean()), USUAL**2)
    return float(np.sqrt((origins + BELIEF * USUAL**2 / size) / (origins + BELIEF)))

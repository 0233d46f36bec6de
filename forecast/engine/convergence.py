"""Convergence: what is low in its group gains on what is high.

A level is partly chance, and places grow alike: low series of a group tend to end above their
forecasts and high ones below (regression toward the mean, Galton 1886; convergence, Barro and
Sala-i-Martin 1992). How much, past origins tell: the slope of errors on the rank of the level, as
far as it is beyond what differs between origins by chance (James and Stein 1961). The sum over a
group stays what it was: who has how much of it says nothing of how much there is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.engine import agreement
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
SHARE = 0.5  # of the slope at past origins that is seen again at later ones
BELIEF = 2.0  # origins' worth of belief that there is none
FEW = 20  # errors below which an origin tells no slope
LARGE = 3.0  # errors beyond this many typical changes count no more


def learn(trials: Trials, centre: Floats, group: Ints) -> float:
    """Return how many typical changes a period the highest of a group gains on the lowest.

    Args:
        trials: what members said and what happened.
        centre: (o, n, H) combined forecasts.
        group: (n,) series that are compared.
    """
    scale = trials.standing.scale
    error = (trials.actual - centre) / (scale[..., None] * _ahead(centre))
    live = (centre != 0).all(axis=-1, keepdims=True)  # a zero can only err upward
    seen: NDArray[np.bool_] = np.isfinite(error) & live
    way = np.broadcast_to(direction(centre, scale, group)[..., None], error.shape)
    slopes = [
        _slope(way[k][seen[k]], np.clip(error[k][seen[k]], -LARGE, LARGE))
        for k in range(len(error))
        if seen[k].sum() >= FEW
    ]
    return SHARE * agreement.agreed(np.array(slopes), BELIEF)


def moved(centre: Floats, slope: float, scale: Floats, group: Ints) -> Floats:
    """Return centres (…, n, H) moved by their rank in the group; a zero stays a zero.

    Args:
        centre: (…, n, H) combined forecasts.
        slope: what was learnt.
        scale: (…, n) size of a typical change.
        group: (n,) series that are compared.
    """
    far = (slope * direction(centre, scale, group) * scale)[..., None] * _ahead(centre)
    return np.asarray(centre + far)


def direction(centre: Floats, scale: Floats, group: Ints) -> Floats:
    """Return (…, n) moves of which a group's sum is zero, in typical changes.

    Each series moves by its rank in the group, lowest −½ to highest ½, and all share what that
    makes of the sum in proportion to their level; a forecast of zero does not move.
    """
    live = (centre != 0).all(axis=-1)
    level = np.where(live, np.abs(centre[..., 0]), 0.0)
    found = np.zeros(level.shape)
    for code in np.unique(group):
        own = group == code
        rank = (_ranks(centre[..., own, 0]) - 0.5) / own.sum() - 0.5
        far = np.where(live[..., own], rank * scale[..., own], 0.0)
        whole = np.maximum(level[..., own].sum(axis=-1, keepdims=True), 1e-300)
        far -= level[..., own] / whole * far.sum(axis=-1, keepdims=True)
        found[..., own] = far / scale[..., own]
    return found


def _ranks(values: Floats) -> Floats:
    """Return (…, n) ranks from 1 along the last axis, equal values sharing their mean."""
    rows = values.reshape(-1, values.shape[-1])
    placed = np.sort(rows, axis=1)
    pairs = zip(placed, rows, strict=True)
    both = [np.searchsorted(p, v) + np.searchsorted(p, v, side="right") for p, v in pairs]
    return np.asarray((np.array(both) + 1) / 2).reshape(values.shape)


def _ahead(centre: Floats) -> Floats:
    return np.arange(1.0, centre.shape[-1] + 1)


def _slope(x: Floats, y: Floats) -> float:
    """Return the slope of a straight line; 0 where x does not vary."""
    away = x - x.mean()
    power = float((away**2).sum())
    return float((away * y).sum()) / power if power > 0 else 0.0

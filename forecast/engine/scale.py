"""The scale of a series: how large a typical change is, so that errors may be pooled.

Series grow and calm down, so that the newest changes tell most: a year's change counts by its age
(exponentially weighted volatility, J. P. Morgan 1996). Quarters, of which there are few years,
count alike.

What a series of counts of a few changes by is mostly luck, which goes with the root of its level
(Poisson); the few changes that a short one has shown say less than what all such counts of the
panel change by at their levels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.panel import Panel

Floats = NDArray[np.float64]
BELIEF = 2.0  # changes' worth of belief in the panel's relation between level and change
LUCK = 10.0  # the same for counts of a few
FEW = 10.0  # mean below which whole numbers are counts of a few
LEAST = 1e-6  # change over level, or over its root, at least
HALF = 10.0  # years after which a change counts half: series grow, and calm down


def of(panel: Panel, counted: Floats | None = None) -> Floats:
    """Return (n,) typical absolute change a period, own history pulled toward the panel's.

    A short or constant series has no change of its own to speak of; it borrows the panel's median
    ratio of change to level, a count of a few that of such counts' change to the root of their
    level; one of zeros only takes half the smallest value that the panel knows.

    Args:
        panel: the series, possibly without their season.
        counted: what was observed, where the panel's values are worked out from it: the smallest
            value is one of these, never the dust of a season that was taken off.
    """
    own, count = _changes(panel.values, np.inf if panel.frequency == "Q" else HALF)
    with np.errstate(invalid="ignore"):
        level = np.nan_to_num(np.nanmean(np.abs(_nonempty(panel.values)), axis=1))
    raw = panel.values if counted is None else counted
    few = whole(raw, FEW)
    usable = (count > 0) & (level > 0)
    root = np.sqrt(level)
    luck = _ratio(own, root, usable & few, 1.0) * root
    borrowed = np.where(few, luck, _ratio(own, level, usable, 0.1) * level)
    belief = np.where(few, LUCK, BELIEF)
    mixed = (count * own + belief * borrowed) / (count + belief)
    known = raw[np.isfinite(raw)]
    smallest = np.abs(known[known != 0])
    empty = ~(np.where(np.isfinite(raw), raw, 0.0) != 0).any(axis=1)
    return np.where((mixed > 0) & ~empty, mixed, 0.5 * smallest.min() if len(smallest) else 1.0)


def whole(values: Floats, most: float) -> NDArray[np.bool_]:
    """Return (n,) whether a series counts in whole numbers, with a mean below `most`."""
    seen = np.isfinite(values)
    filled = np.where(seen, values, 0.0)
    mean = filled.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    fits = (filled % 1 == 0) & (filled >= 0)
    return np.asarray(fits.all(axis=1) & (mean < most))


def naive_mae(values: Floats) -> Floats:
    """Return (n,) mean absolute change, the denominator of MASE; NaN where it is zero."""
    own, count = _changes(values)
    return np.where((count > 0) & (own > 0), own, np.nan)


def _ratio(own: Floats, size: Floats, usable: NDArray[np.bool_], without: float) -> float:
    """Return the median change over size among usable series (n,), or what stands without any."""
    return max(float(np.median(own[usable] / size[usable])), LEAST) if usable.any() else without


def _changes(values: Floats, half: float = np.inf) -> tuple[Floats, Floats]:
    """Return mean absolute change a period between neighbouring observations, and their number.

    Args:
        values: (n, T).
        half: periods after which a change counts half in the mean.
    """
    seen: NDArray[np.bool_] = np.isfinite(values)
    stand = np.where(seen, np.arange(values.shape[1]), -1)
    place: NDArray[np.intp] = np.maximum.accumulate(stand, axis=1)
    before = np.concatenate([np.full((len(values), 1), -1), place[:, :-1]], axis=1)
    pair = seen & (before >= 0)
    earlier = np.take_along_axis(values, np.maximum(before, 0), axis=1)
    distance = np.maximum(np.arange(values.shape[1]) - before, 1)
    change = np.where(pair, np.abs(values - earlier) / np.sqrt(distance), 0.0)
    count = pair.sum(axis=1).astype(np.float64)
    age = place[:, -1:] - np.arange(values.shape[1])
    weight = np.where(pair, 0.5 ** (np.maximum(age, 0) / half), 0.0)
    total = np.where(count > 0, weight.sum(axis=1), 1.0)
    return (weight * change).sum(axis=1) / total, count


def _nonempty(values: Floats) -> Floats:
    empty = ~np.isfinite(values).any(axis=1, keepdims=True)
    return np.where(empty, 0.0, values)

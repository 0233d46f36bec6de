"""Group share: what part of its group a series has been, times where the group stands now.

A small count strays from year to year, its group does not: the group's movement is taken from the
sum of all its series, and of the series only what it has been beside that, recent periods weighing
more. It is a local level of counts (Harvey and Fernandes 1989: the discounted sum of counts over
that of exposure) with the group's index as exposure. Where a group counts whole numbers they are
Poisson around such levels and the levels Gamma around the group's mean (Clayton and Kaldor 1987;
Morris 1983): each leans on that mean as far as what differs between series is luck. How fast the
past fades is one number a group: that with which the next period would have been foreseen best.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.methods import Needs, State, _groups, _working
from forecast.panel import Panel

NEEDS = Needs(minimum=1, gaps=True)
FADES = (0.3, 0.5, 0.65, 0.8, 0.9, 1.0)  # weight of a period beside the one after it
LONGEST = 40  # periods of history that are learnt from
STEEPEST = 2.0  # times that a group may grow or shrink in a period
CAP = 6.0  # typical changes beyond which an error counts no more
BELIEF = 2.0  # changes' worth of belief in the panel's ratio of change to level
FEW = 5  # series below which a group has no mean to lean on
APART = 0.02  # squared relative difference between series at least
SAME = 1e-9  # relative difference of errors below which the past may as well fade faster


def fit(panel: Panel, *, groups: tuple[str, ...] = (), rate: bool = False) -> State:
    """Measure each series beside its group, and how fast its group's past fades.

    Args:
        panel: series by periods.
        groups: key columns; series that agree in them move together (none: all do).
        rate: work on rates where the panel has exposure.
    """
    work = _working.working(panel, rate=rate)
    z, seen = work.z[:, -LONGEST:], work.seen[:, -LONGEST:]
    codes = _groups.codes(panel, tuple(groups))
    index = _index(z, codes)
    counted = _counted(np.where(seen, z, 0.0), codes)
    size = _typical(z)
    errors = np.zeros((len(FADES), len(index)))
    past = np.zeros((2, len(FADES), len(z)))  # sums of values, and of the index
    fade = np.array(FADES)[:, None]
    for t in range(z.shape[1]):
        miss = np.abs(z[:, t] - _levels(past, codes, counted) * index[codes, t - 1]) / size
        judged = seen[:, t] & (past[1, 0] > 0)
        errors += _sums(np.where(judged, np.minimum(miss, CAP), 0.0), codes)
        now = np.where(seen[:, t], [z[:, t], index[codes, t]], 0.0)
        past = past * fade + now[:, None]
    best = (errors <= errors.min(axis=0) * (1 + SAME)).argmax(axis=0)[codes]
    level = _levels(past, codes, counted)[best, np.arange(len(z))] * index[codes, -1]
    sigma = _working.spread(np.diff(work.z, axis=1))
    return work.state(level=level, fade=np.array(FADES)[best], sigma=sigma)


def _levels(
    past: _working.Floats, codes: _working.Ints, counted: NDArray[np.bool_]
) -> _working.Floats:
    """Return (fades, n) each series' level beside its group's index, leaning on their mean.

    Args:
        past: (2, fades, n) discounted sums of values, and of the index.
        codes: (n,) group of each series.
        counted: (groups,) whether a group counts whole numbers.
    """
    total, weight = past
    known = weight > 0
    own = total / np.where(known, weight, 1.0)
    number = _sums(known * 1.0, codes)
    mean = _sums(own * known, codes) / np.maximum(number, 1)
    luck = mean * _sums(known / np.where(known, weight, 1.0), codes) / np.maximum(number, 1)
    away = (own - mean[:, codes]) ** 2 * known
    differ = np.maximum(_sums(away, codes) / np.maximum(number - 1, 1) - luck, APART * mean**2)
    leans = counted & (number >= FEW) & (mean > 0)
    belief = np.where(leans, mean / np.where(leans, differ, 1.0), 0.0)
    prior = (belief * mean)[:, codes]
    return np.asarray((total + prior) / np.maximum(weight + belief[:, codes], 1e-300))


def _sums(values: _working.Floats, codes: _working.Ints) -> _working.Floats:
    """Return (fades, groups) sums of values (fades, n)."""
    rows, size = len(values), int(codes.max()) + 1
    place = codes + size * np.arange(rows)[:, None]
    summed = np.bincount(place.ravel(), values.ravel(), rows * size)
    return np.asarray(summed.reshape(rows, size), dtype=np.float64)


def _counted(values: _working.Floats, codes: _working.Ints) -> NDArray[np.bool_]:
    """Return (groups,) whether all values (n, T) of a group are whole numbers from zero up."""
    odd = ((values < 0) | (values % 1 != 0)).any(axis=1)
    return np.asarray(np.bincount(codes, odd, int(codes.max()) + 1) == 0)


def _index(z: _working.Floats, codes: _working.Ints) -> _working.Floats:
    """Return (groups, T) each group's sum beside its last one, 1 at the end.

    Neighbouring periods are compared over the series that both know, so that one which begins is
    no growth; where nothing positive is summed, the group stands still.
    """
    pair = np.isfinite(z[:, 1:]) & np.isfinite(z[:, :-1])
    size = int(codes.max()) + 1
    before, after = (np.zeros((size, z.shape[1] - 1)) for _ in range(2))
    np.add.at(before, codes, np.where(pair, z[:, :-1], 0.0))
    np.add.at(after, codes, np.where(pair, z[:, 1:], 0.0))
    told = (before > 0) & (after > 0)
    ratio = np.where(told, after, 1.0) / np.where(told, before, 1.0)
    held = np.clip(ratio, 1 / STEEPEST, STEEPEST)
    path = np.concatenate([np.ones((size, 1)), np.cumprod(held, axis=1)], axis=1)
    return np.asarray(path / path[:, -1:])


def _typical(z: _working.Floats) -> _working.Floats:
    """Return (n,) mean absolute change, leaning on the panel's median ratio of change to level."""
    change = np.abs(np.diff(z, axis=1))
    seen = np.isfinite(change)
    count = seen.sum(axis=1)
    total = np.where(seen, change, 0.0).sum(axis=1)
    level = np.nanmean(np.abs(z), axis=1)
    usable = (level > 0) & (count > 0)
    ratio = (
        float(np.median((total / np.maximum(count, 1))[usable] / level[usable]))
        if (usable.any())
        else 1.0
    )
    size = (total + BELIEF * ratio * level) / (count + BELIEF)
    return np.where(size > 0, size, 1.0)


def point(state: State, horizon: int) -> _working.Floats:
    """Return (n, horizon): the series' part of its group as it stands, going on level."""
    return _working.original(state, _working.flat, horizon)


def simulate(state: State, horizon: int, size: int, rng: np.random.Generator) -> _working.Floats:
    """Return (n, horizon, size) random walks from that level."""
    return _working.simulated(state, _working.flat, horizon, size, rng)

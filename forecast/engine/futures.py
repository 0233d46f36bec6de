"""Futures: joint draws of all series from their centres, widths and shared shocks."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from forecast.engine import calibration, hurdle
from forecast.engine.learning import Learnt
from forecast.engine.standing import Standing
from forecast.engine.walks import Walks
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
MIDPOINTS = 20
OUTER = 0.25
BLOCK = 64  # series drawn at a time: a thousand futures of them stay in the cache
LOST = 0.05  # of a group's sum that small counts which are mostly zero may be rounded away from


@dataclass(frozen=True)
class Outlook:
    """The distribution of every series on its own.

    Attributes:
        centre: (n, H) combined forecast.
        spread: (n, H) expected size of the error.
        zero: (n, H) chance of a zero, for small counts and for series that end in zeros.
        floor: (n) value that a series cannot go below.
        whole: (n) whether a series counts in few whole numbers.
        ended: (n) whether a series ends in zeros.
        group: (n) code of the group.
    """

    centre: Floats
    spread: Floats
    zero: Floats
    floor: Floats
    whole: NDArray[np.bool_]
    ended: NDArray[np.bool_]
    group: Ints

    def of(self, rows: slice) -> Outlook:
        """Return the distributions of some series."""
        return Outlook(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


def outlook(learnt: Learnt, forecasts: Floats, stand: Standing, group: Ints) -> Outlook:
    """Combine members' paths (m, n, H) of series that stand somewhere, in groups (n,)."""
    centre = calibration.combined(forecasts, learnt.weight[group])
    centre = learnt.moved(centre, stand.scale, group)
    stand = replace(stand, scale=stand.scale * learnt.hard[group]).among(group)
    signs = calibration.difficulty(forecasts, stand)
    spread = learnt.calibration.spread(signs, stand)
    closed = np.where(stand.floor[:, None] == 0, hurdle.of(learnt.zero, group, stand.run), 0.0)
    rare = hurdle.of_rare(learnt.rare, centre, stand.run)
    zero = np.where(stand.whole[:, None], rare, closed)
    centre = learnt.reconciled(centre, spread, group)
    held = np.maximum(centre, stand.floor[:, None])
    return Outlook(held, spread, zero, stand.floor, stand.whole, stand.run > 0, group)


def quantiles(learnt: Learnt, view: Outlook, levels: tuple[float, ...]) -> Floats:
    """Return (n, H, levels) quantiles of each series without simulating.

    Those of a small count are whole numbers, as the count will be: zero up to the chance of a zero
    and one at least above it.
    """
    asked = np.array(levels)
    held = _held(learnt, view, asked)
    held[view.whole] = _counted(held[view.whole])
    return np.where(asked <= view.zero[:, :, None], 0.0, held)


def _counted(values: Floats) -> Floats:
    """Return counts that are no zero: whole numbers, one at least."""
    return np.maximum(np.round(values), 1.0)


def mean(learnt: Learnt, view: Outlook) -> Floats:
    """Return (n, H) midmeans: the mean of the middle half of each distribution.

    The tails are the errors of other series of the panel; a mean that they rule misses more, for a
    series and for sums of series alike (docs/method.md, which row is the point forecast). A series
    that is more likely to stay at zero than not has the mean zero too: it closed or it did not, and
    what lies between is no forecast of either. So has a small count that is more likely zero than
    not, but only where the group's sum hardly feels it: rare events of a whole group do add up.
    """
    closed = np.where(view.ended[:, None], view.zero, 0.0)
    levels = OUTER + (1 - 2 * OUTER) * (np.arange(MIDPOINTS) + 0.5) / MIDPOINTS
    total = np.zeros(view.centre.shape)
    for level in levels:
        total += np.where(level <= closed, 0.0, _held(learnt, view, level[None])[:, :, 0])
    middle = np.where(closed < 0.5, _held(learnt, view, np.array([0.5]))[:, :, 0], 0.0)
    found = np.where(middle == 0, 0.0, total / MIDPOINTS)
    mostly = quantiles(learnt, view, (0.5,))[:, :, 0] == 0
    return np.where(mostly & _unfelt(found, mostly, view.group), 0.0, found)


def _unfelt(found: Floats, mostly: NDArray[np.bool_], group: Ints) -> NDArray[np.bool_]:
    """Return (n, H) whether a group's sum of means loses little without those that are chosen."""
    size = int(group.max()) + 1
    part, whole = (np.zeros((size, found.shape[1])) for _ in range(2))
    np.add.at(part, group, np.where(mostly, found, 0.0))
    np.add.at(whole, group, found)
    return np.asarray((part <= LOST * whole)[group])


def _held(learnt: Learnt, view: Outlook, levels: Floats) -> Floats:
    """Return quantiles, not below the floor, as if no zero were likelier than its neighbours."""
    exact = learnt.calibration.quantiles(view.centre, view.spread, levels)
    return np.maximum(exact, view.floor[:, None, None])


def draw(
    learnt: Learnt, view: Outlook, places: tuple[list[str], Ints, Ints, Ints], walks: Walks
) -> Floats:
    """Return (n, H, S) joint draws; those of a small count are whole numbers, as it will be.

    Args:
        learnt: what the past says.
        view: each series' own distribution.
        places: a name and codes of group, region in group and place a series.
        walks: the shocks; draw s is the same future wherever their seed is the same.
    """
    z = learnt.dependence.normal(places, walks)
    for start in range(0, len(z), BLOCK):
        rows = slice(start, start + BLOCK)
        _spread_out(learnt, view.of(rows), z[rows])
    return z


def _spread_out(learnt: Learnt, view: Outlook, z: Floats) -> None:
    """Turn standard normal numbers (n, H, S) into draws of some series, in place."""
    nothing = ndtri(view.zero)  # −inf where a zero is no likelier than its neighbours
    for h in range(z.shape[1]):
        value = learnt.calibration.errors(z[:, h], h)
        value *= view.spread[:, h, None]
        value += view.centre[:, h, None]
        value[view.whole] = _counted(value[view.whole])
        ends = np.flatnonzero(nothing[:, h] > -np.inf)
        value[ends] = np.where(z[ends, h] <= nothing[ends, h, None], 0.0, value[ends])
        np.maximum(value, view.floor[:, None], out=z[:, h])


def places(panel: Panel, groups: tuple[Ints, Ints, Ints]) -> tuple[list[str], Ints, Ints, Ints]:
    """Return each series' name, made of its keys, its group, its region in it, and its place."""
    columns = [panel.keys[c].astype(str) for c in panel.keys.columns]
    names = ["\x1f".join(row) for row in zip(*columns, strict=True)]
    return names, *groups

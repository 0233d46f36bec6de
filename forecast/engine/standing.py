"""Standing: what is known of each series' size and manner at an origin."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from forecast.engine import scale
from forecast.methods._working import aligned, bridged, working
from forecast.panel import Panel

Floats = NDArray[np.float64]
SMALL = 30.0  # mean count below which quantiles of whole numbers are whole numbers
RUN = 3  # trailing zeros beyond which more say no more
LATELY = 5  # periods
BELIEF = 2.0  # changes' worth of belief in the scale itself
APART = 0.5  # log units that sizes in a group differ by, beside what they do differ by
FARTHEST = 3.0  # sizes beyond this many typical differences say no more
SIGNS = 9
SIZE = SIGNS - 1  # the sign that only a group can tell


@dataclass(frozen=True)
class Standing:
    """Where each series stands at an origin; in trials with the origins as leading axis.

    Attributes:
        scale: (n) size of a typical change.
        signs: (n, SIGNS) logs of level, recent level, level of all years, deviation from drift,
            recent and median change, each in units of the scale; how far changes carry on from one
            period to the next, and how far they go one way; size in the group (0 until it is told,
            see among).
        floor: (n) value that the series cannot go below: zero, or −inf where it was negative.
        whole: (n) whether the series counts in whole numbers, and few of them.
        run: (n) how many zeros it ends with, at most RUN.
        length: (n) observed periods.
    """

    scale: Floats
    signs: Floats
    floor: Floats
    whole: NDArray[np.bool_]
    run: NDArray[np.intp]
    length: Floats

    def at(self, keep: int | list[int]) -> Standing:
        """Return the standing at one origin, or at some, of those that are stacked."""
        return Standing(**{f.name: getattr(self, f.name)[keep] for f in fields(self)})

    def of(self, chosen: NDArray[np.bool_]) -> Standing:
        """Return the standing of some series, chosen (n,), at origins that are stacked."""
        return Standing(**{f.name: getattr(self, f.name)[:, chosen] for f in fields(self)})

    def among(self, group: NDArray[np.intp]) -> Standing:
        """Return the standing with the size of each series beside the others of its group (n,).

        The log of the scale less the group's median, in typical differences of the group: what is
        a large miss, in changes of its own, differs between small municipalities and large ones.
        """
        size, signs = np.log(self.scale), self.signs.copy()
        for code in np.unique(group):
            own = group == code
            away = size[..., own] - np.median(size[..., own], axis=-1, keepdims=True)
            apart = APART + 2 * np.median(np.abs(away), axis=-1, keepdims=True)
            signs[..., own, SIZE] = np.clip(away / apart, -FARTHEST, FARTHEST)
        return replace(self, signs=signs)


def of(panel: Panel) -> Standing:
    """Describe every series of a panel as it stands at its end."""
    values = panel.values
    seen: NDArray[np.bool_] = np.isfinite(values)
    lowest = np.where(seen, values, np.inf).min(axis=1)
    calm = _unseasonal(panel)
    size = scale.of(calm, values)
    line = aligned(values)[0]
    return Standing(
        size,
        _signs(bridged(aligned(calm.values)[0]), size, panel.frequency),
        np.where(lowest < 0, -np.inf, 0.0),
        scale.whole(values, SMALL),
        _zeros(line),
        seen.sum(axis=1).astype(np.float64),
    )


def _unseasonal(panel: Panel) -> Panel:
    """Return the panel without its season: what comes back every year is no change."""
    if panel.frequency != "Q":
        return panel
    work = working(panel)
    return replace(panel, values=np.where(work.seen, work.z, np.nan))


def stacked(parts: list[Standing]) -> Standing:
    """Return standings at several origins as one, with the origins as leading axis."""
    names = [f.name for f in fields(Standing)]
    return Standing(**{n: np.stack([getattr(p, n) for p in parts]) for n in names})


def _zeros(line: Floats) -> NDArray[np.intp]:
    """Return (n,) the number of zeros that each right-aligned series ends with, at most RUN."""
    tail = line[:, ::-1][:, :RUN] == 0
    return np.asarray(np.logical_and.accumulate(tail, axis=1).sum(axis=1), dtype=np.intp)


def _signs(z: Floats, size: Floats, frequency: str) -> Floats:
    change = np.diff(z, axis=1)
    drift = _mean(change)[:, None]
    count = np.isfinite(change).sum(axis=1)
    ever = z[:, :0] if frequency == "Q" else z  # what was years ago says nothing of quarters
    parts = (z[:, -1:], z[:, -LATELY:], ever)
    levels = [np.log(_mean(np.abs(part)) / size + 0.1) for part in parts]
    moves = (
        _mean(np.abs(change - drift)),
        _mean(np.abs(change[:, -3:])),
        _median(np.abs(change)),
    )
    shrunk = [np.log((count * m / size + BELIEF) / (count + BELIEF)) for m in moves]
    manner = [2 * _carried(change - drift, size), 2 * _one_way(change, size)]  # spread as logs are
    return np.stack([*levels, *shrunk, *manner, np.zeros(len(z))], axis=-1)


def _carried(off: Floats, size: Floats) -> Floats:
    """Return (n,) autocorrelation of changes off the drift (n, T), −1 to 1, leaning on 0."""
    known = np.nan_to_num(off)
    product = (known[:, 1:] * known[:, :-1]).sum(axis=1)
    return np.asarray(product / ((known**2).sum(axis=1) + BELIEF * size**2))


def _one_way(change: Floats, size: Floats) -> Floats:
    """Return (n,) net change over the sum of changes (n, T) either way, 0 to 1, leaning on 0."""
    known = np.nan_to_num(change)
    return np.asarray(np.abs(known.sum(axis=1)) / (np.abs(known).sum(axis=1) + BELIEF * size))


def _mean(x: Floats) -> Floats:
    seen = np.isfinite(x)
    return np.asarray(np.where(seen, x, 0.0).sum(axis=1) / np.maximum(seen.sum(axis=1), 1))


def _median(x: Floats) -> Floats:
    """Return (n,) medians without NaN (zero for a row of nothing else), faster than nanmedian."""
    if not x.shape[1]:
        return np.zeros(len(x))
    ordered = np.sort(x, axis=1)  # NaN last
    count = np.isfinite(x).sum(axis=1)
    row = np.arange(len(x))
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, x.shape[1] - 1)
    middle = (ordered[row, low] + ordered[row, high]) / 2
    return np.where(count > 0, np.nan_to_num(middle), 0.0)

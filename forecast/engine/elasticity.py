"""Elasticity: what a panel's past says about how its rates follow another measure.

A regression of yearly changes of log rates on the driver's yearly changes one lag before, summed
over the areas in which the driver is known. What a year did to all areas and what an area does
every year are taken out first (two-way fixed effects, Wallace and Hussain 1969): two measures that
merely rise or fall together, in the nation or in one area, say nothing of one another. The slope is
shrunk toward zero by its own uncertainty (positive-part James and Stein 1961).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine.levels import summed
from forecast.panel import Driver, Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NOISE = 50.0  # persons beyond which chance is no longer most of a sum's yearly change
ROUNDS = 20  # of taking out years and areas in turn
FADE = 0.8  # of a driver's drift a year, from where it is no longer known
LEAST = 3  # degrees of freedom below which no slope is believed


@dataclass(frozen=True)
class Cells:
    """Which sum each series belongs to: those of a group in an area where the driver is known.

    Attributes:
        group: (n,) code of the series' group.
        area: (n,) row of the driver that acts on the series; −1 for none.
        shape: number of groups and of the driver's areas.
    """

    group: Ints
    area: Ints
    shape: tuple[int, int]

    def sums(self, values: Floats) -> Floats:
        """Return (groups, areas, …) sums of values (n, …)."""
        held = self.area >= 0
        code = self.group[held] * self.shape[1] + self.area[held]
        total = np.zeros((self.shape[0] * self.shape[1], *values.shape[1:]))
        if held.any():
            found = summed(values[held], code)
            total[: len(found)] = found
        return total.reshape(*self.shape, *values.shape[1:])

    def spread(self, values: Floats) -> Floats:
        """Return (n, …) values (groups, areas, …) of the sum that each series belongs to."""
        given = values[self.group, np.maximum(self.area, 0)]
        held = (self.area >= 0).reshape(-1, *[1] * (given.ndim - 1))
        return np.where(held, given, 0.0)


def learn(past: Panel, known: Floats, cells: Cells, step: int) -> tuple[Floats, Floats]:
    """Return (groups,) elasticities and their standard errors; NaN where nothing can be said.

    Args:
        past: the panel up to an origin, exposure included.
        known: (areas, any) lagged log driver as known there.
        cells: which sums the series make.
        step: periods a year.
    """
    change, weight = _changes(past, cells, step)
    if not change.shape[2]:
        nothing = np.full(cells.shape[0], np.nan)
        return nothing, nothing
    end = past.values.shape[1]
    moved = (known[:, step:end] - known[:, : end - step])[:, ::-step][:, ::-1]
    weight = np.where(np.isfinite(moved)[None], weight, 0.0)
    y = _within(change, weight)
    x = _within(np.broadcast_to(moved[None], change.shape), weight)
    return _slope(x, y, weight)


def ahead(known: Floats, cut: int, horizon: int, step: int) -> Floats:
    """Return (areas, H) how far the log driver moves after an origin; 0 where nothing is known.

    As far as it was out the driver is what it was; from there on it follows its own mean change
    so far, fading by a fifth a year.
    """
    line = np.full((len(known), cut + horizon), np.nan)
    width = min(known.shape[1], cut + horizon)
    line[:, :width] = known[:, :width]
    seen = np.isfinite(line)
    first = np.argmax(seen, axis=1)[:, None]
    last = line.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)[:, None]
    begin, end = (np.take_along_axis(line, at, axis=1) for at in (first, last))
    drift = (end - begin) / np.maximum(last - first, 1)
    fade = FADE ** (1 / step)
    later = np.maximum(np.arange(line.shape[1]) - last, 0)
    path = np.where(later > 0, end + drift * fade * (1 - fade**later) / (1 - fade), line)
    return np.asarray(np.nan_to_num(path[:, cut:] - path[:, cut - 1 : cut]))


def apart(change: Floats, size: Floats) -> Floats:
    """Return (groups, areas, H) changes less their mean in the group, weighed by size.

    What moves in all areas alike cannot be told from anything else that happened to all, and is
    left to the members.

    Args:
        change: (areas, H) of the driver.
        size: (groups, areas) how much each area counts in the group.
    """
    total = np.maximum(size.sum(axis=1), 1e-300)
    mean = np.einsum("ga,ah->gh", size, change) / total[:, None]
    return np.where(size[:, :, None] > 0, change[None] - mean[:, None], 0.0)


def cells(driver: Driver, group: Ints) -> Cells:
    """Return the sums that a driver can be judged by."""
    areas = max((len(x) for x in driver.known.values()), default=0)
    return Cells(group, driver.codes, (int(group.max()) + 1, max(areas, 1)))


def _changes(past: Panel, cells: Cells, step: int) -> tuple[Floats, Floats]:
    """Return yearly log changes of sums' rates (groups, areas, years), and their weights.

    Only series observed at both ends of a year count in it; years do not overlap.
    """
    now, before = past.values[:, step:], past.values[:, :-step]
    both = np.isfinite(now) & np.isfinite(before)
    top, base = (cells.sums(np.where(both, v, 0.0)) for v in (now, before))
    usable = (top > 0) & (base > 0)
    change = np.log(np.where(usable, top, 1.0)) - np.log(np.where(usable, base, 1.0))
    weight = np.where(usable, base / (base + NOISE), 0.0)
    if past.exposure is None:
        weight = usable.astype(np.float64)
    else:
        people = past.exposure[:, : past.values.shape[1]]
        for sign, e in ((-1.0, people[:, step:]), (1.0, people[:, :-step])):
            total = cells.sums(np.where(both, e, 0.0))
            change += sign * np.log(np.where(usable, total, 1.0))
    return change[:, :, ::-step][:, :, ::-1], weight[:, :, ::-step][:, :, ::-1]


def _within(values: Floats, weight: Floats) -> Floats:
    """Return values (groups, areas, years) less their weighted means by area and by year."""
    out = np.where(weight > 0, values, 0.0)
    for _ in range(ROUNDS):
        for axis in (1, 2):
            total = np.maximum(weight.sum(axis=axis, keepdims=True), 1e-300)
            out = out - (weight * out).sum(axis=axis, keepdims=True) / total
    return np.where(weight > 0, out, 0.0)


def _slope(x: Floats, y: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return (groups,) slopes and their standard errors; NaN where there is too little."""
    power = (weight * x * x).sum(axis=(1, 2))
    some = weight > 0
    free = some.sum(axis=(1, 2)) - some.any(axis=2).sum(axis=1) - some.any(axis=1).sum(axis=1)
    usable = (power > 1e-12) & (free >= LEAST)
    safe = np.where(usable, power, np.nan)
    slope = (weight * x * y).sum(axis=(1, 2)) / safe
    left = (weight * (y - np.nan_to_num(slope)[:, None, None] * x) ** 2).sum(axis=(1, 2))
    return slope, np.sqrt(left / np.maximum(free, 1) / safe)


def shrunk(slope: Floats, error: Floats) -> Floats:
    """Return slopes shrunk toward zero as far as they are uncertain; 0 where there is none."""
    keep = np.clip(1 - error**2 / np.maximum(slope**2, 1e-300), 0.0, 1.0)
    return np.nan_to_num(slope * keep)

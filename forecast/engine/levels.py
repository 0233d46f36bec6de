"""Levels: which series add up to what, and the sums as panels of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.engine.options import EngineOptions
from forecast.methods._groups import codes
from forecast.methods._working import bridged
from forecast.panel import Panel, Shift

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
WIDE = 256  # numbers a row from which rows are added one by one


@dataclass(frozen=True)
class Level:
    """One level of sums.

    Attributes:
        name: `nation` (or `total`) at the top, else the key column whose values are summed to.
        codes: (n,) which sum each series belongs to.
        columns: key columns that tell the sums apart.
    """

    name: str
    codes: Ints
    columns: tuple[str, ...]


def of(panel: Panel, options: EngineOptions) -> list[Level]:
    """Return the levels at which a panel adds up, from the top down; none without `levels`."""
    if not options.levels:
        return []
    top = "nation" if "area" in panel.keys.columns else "total"
    found = [Level(top, codes(panel, options.groups), options.groups)]
    for depth, column in enumerate(options.levels, start=1):
        if column not in options.groups:
            columns = tuple(dict.fromkeys((*options.groups, *options.levels[:depth])))
            found.append(Level(column, codes(panel, columns), columns))
    return found


def bottom(panel: Panel) -> str:
    """Return what the lowest level is called."""
    return "municipality" if "area" in panel.keys.columns else "series"


def summed(values: Floats, code: Ints) -> Floats:
    """Return sums over the first axis of the rows that share a code."""
    if len(code) == int(code.max()) + 1 and (code == np.arange(len(code))).all():
        return values
    total, size = np.zeros((int(code.max()) + 1, *values.shape[1:])), values[0].size
    if size < WIDE:
        place = code[:, None] * size + np.arange(size)
        found = np.bincount(place.ravel(), values.ravel(), total.size)
        return np.asarray(found, dtype=np.float64).reshape(total.shape)
    for row, value in zip(code, values, strict=True):  # the same sums, wide rows faster so
        total[row] += value
    return total


def whole(values: Floats) -> Floats:
    """Return values (n, T) without holes, so that sums over time are comparable.

    A hole is bridged by a line, and the time before and after takes the nearest value; a period
    that nobody observed stays unobserved, and a series without any value counts as zero.
    """
    seen: NDArray[np.bool_] = np.isfinite(values)
    line = bridged(values)
    known: NDArray[np.bool_] = np.isfinite(line)
    place = np.arange(values.shape[1])
    first = np.argmax(known, axis=1)[:, None]
    last = values.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)[:, None]
    filled = np.take_along_axis(line, np.clip(place[None, :], first, np.maximum(first, last)), 1)
    counted = seen.any(axis=0, keepdims=True)
    return np.where(counted, np.nan_to_num(filled), np.nan)


def panel_of(panel: Panel, level: Level) -> Panel:
    """Return a level's sums as a panel, exposure and its earlier projections summed likewise."""
    first = np.unique(level.codes, return_index=True)[1]
    keys = panel.keys.iloc[first][list(level.columns)].reset_index(drop=True)
    if not level.columns:
        keys["level"] = level.name
    exposure = None
    if panel.exposure is not None:
        exposure = summed(np.nan_to_num(panel.exposure), level.codes)
    projected = {p: summed(np.nan_to_num(e), level.codes) for p, e in panel.projected.items()}
    values = summed(whole(panel.values), level.codes)
    breaks = tuple(_summed_break(b, level, values) for b in panel.breaks)
    return Panel(values, keys, panel.periods, exposure, panel.measure, projected, breaks=breaks)


def _summed_break(shift: Shift, level: Level, values: Floats) -> Shift:
    """Return a break of the sums; one that concerns a part of a sum blanks it before the break.

    What a jump in some of its series does to a sum cannot be measured on the sum.
    """
    low, high = (
        np.array([pick(shift.codes[level.codes == k]) for k in range(len(values))])
        for pick in (np.min, np.max)
    )
    values[(low < 0) & (high >= 0), : shift.first] = np.nan
    return replace(shift, codes=np.where(low >= 0, high, -1))

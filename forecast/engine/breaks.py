"""Breaks: a registered jump in level is measured over the panel and taken out of history.

Where a register says that figures mean something else from a period on (action `dummy`), the jump
is what the rates of all series concerned changed by across it, less what they changed by in the
years around it, shrunk toward none by how much such changes vary. History before it is brought to
today's level, so that members do not take the jump for growth. At a past origin the jump is
measured with what was known there, and one that had not come yet is not known: forecasts across it
are neither learnt from nor scored, since nothing in the figures could have told of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import periods
from forecast.engine.levels import summed
from forecast.panel import Panel, Shift

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
NEAR = 3  # years on either side that say what is usual
FEWEST = 2  # of them below which no jump can be told from growth


def levelled(past: Panel) -> Panel:
    """Return a panel whose history before each registered jump is on the level after it."""
    for shift in past.breaks:
        size = jumps(past, shift)
        if size.any():
            past = replace(past, values=_moved(past.values, shift, size))
    return replace(past, breaks=())


def jumps(past: Panel, shift: Shift) -> Floats:
    """Return (groups,) log jumps of rates across a break; 0 where none can be told."""
    step = periods.per_year(past.frequency)
    change = _changes(past, shift.codes, step)
    count = change.shape[1]
    at = np.arange(step, step + count)
    across = (at >= shift.first) & (at < shift.first + step)
    near = (at >= shift.first - NEAR * step) & (at < shift.first + (NEAR + 1) * step) & ~across
    return np.array([_jump(row[across], row[near], step) for row in change])


def _jump(across: Floats, near: Floats, step: int) -> float:
    across, near = (x[np.isfinite(x)] for x in (across, near))
    years = len(near) / step
    if not len(across) or years < FEWEST:
        return 0.0
    size = float(across.mean() - near.mean())
    error = float(near.var(ddof=1)) * (1 + 1 / years)
    return size * max(0.0, 1 - error / max(size**2, 1e-300))


def _changes(past: Panel, codes: NDArray[np.intp], step: int) -> Floats:
    """Return (groups, T − step) yearly log changes of rates, of the series observed twice."""
    held = codes >= 0
    if not held.any() or past.values.shape[1] <= step:
        return np.zeros((max(int(codes.max(initial=-1)) + 1, 0), 0))
    now, before = past.values[held, step:], past.values[held, :-step]
    both = np.isfinite(now) & np.isfinite(before)
    people = np.ones(past.values.shape) if past.exposure is None else past.exposure
    parts = (now, before, people[held, step : past.values.shape[1]],
             people[held, : past.values.shape[1] - step])  # fmt: skip
    later, early, after, prior = (summed(np.where(both, x, 0.0), codes[held]) for x in parts)
    usable = (later > 0) & (early > 0) & (after > 0) & (prior > 0)
    safe = [np.where(usable, x, 1.0) for x in (later, early, after, prior)]
    logs = [np.log(x) for x in safe]
    return np.where(usable, logs[0] - logs[1] - logs[2] + logs[3], np.nan)


def _moved(values: Floats, shift: Shift, size: Floats) -> Floats:
    """Bring values before a break to the level after it; whole numbers stay whole."""
    factor = np.where(shift.codes >= 0, np.exp(size[np.maximum(shift.codes, 0)]), 1.0)
    moved = values.copy()
    moved[:, : shift.first] *= factor[:, None]
    whole = ~(np.nan_to_num(values) % 1 != 0).any(axis=1, keepdims=True)
    return np.where(whole, np.round(moved), moved)


def crossed(panel: Panel, cut: int, horizon: int) -> NDArray[np.bool_]:
    """Return (n, horizon) whether a break lies between a cut and what is forecast from it."""
    ahead = cut + np.arange(horizon)
    beyond = np.zeros((len(panel.keys), horizon), dtype=bool)
    for shift in panel.breaks:
        if cut <= shift.first:
            beyond |= (shift.codes >= 0)[:, None] & (ahead >= shift.first)[None]
    return beyond


def table(panel: Panel) -> pd.DataFrame:
    """Return break, period, group and jump (a share of the level before) at the panel's end."""
    import pandas as pd

    rows = []
    for shift in panel.breaks:
        for code, size in enumerate(jumps(panel, shift)):
            period = panel.periods[shift.first]
            rows.append((shift.name, period, shift.groups[code], float(np.expm1(size))))
    return pd.DataFrame(rows, columns=["break", "period", "group", "jump"])

"""Futures: joint draws of all series from their centres, widths and shared shocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine import calibration
from forecast.engine.learning import Learnt
from forecast.engine.options import EngineOptions
from forecast.methods._groups import codes
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
MIDPOINTS = 40


@dataclass(frozen=True)
class Outlook:
    """The distribution of every series on its own.

    Attributes:
        centre: (n, H) combined forecast, the median.
        spread: (n, H) expected size of the error.
        floor: (n) values below which a series cannot go.
    """

    centre: Floats
    spread: Floats
    floor: Floats


def outlook(learnt: Learnt, forecasts: Floats, scale: Floats, floor: Floats) -> Outlook:
    """Combine members' paths (m, n, H) of series with some scale (n,) and floor (n,)."""
    centre = calibration.combined(forecasts, learnt.weight)
    return Outlook(centre, learnt.calibration.spread(scale), floor)


def quantiles(learnt: Learnt, view: Outlook, levels: tuple[float, ...]) -> Floats:
    """Return (n, H, levels) quantiles of each series without simulating."""
    exact = learnt.calibration.quantiles(view.centre, view.spread, np.array(levels))
    return np.maximum(exact, view.floor[:, None, None])


def mean(learnt: Learnt, view: Outlook) -> Floats:
    """Return (n, H) means: the quantiles at evenly spread levels, averaged."""
    levels = (np.arange(MIDPOINTS) + 0.5) / MIDPOINTS
    total = np.zeros(view.centre.shape)
    for level in levels:
        total += quantiles(learnt, view, (float(level),))[:, :, 0]
    return total / MIDPOINTS


def draw(
    learnt: Learnt, view: Outlook, places: tuple[list[str], Ints, Ints], size: int, seed: int
) -> Floats:
    """Return (n, H, size) joint draws.

    Args:
        learnt: what the past says.
        view: each series' own distribution.
        places: a name, a group code and a region-in-group code a series.
        size: number of draws.
        seed: seed of the run; draw s is the same future wherever the seed is the same.
    """
    horizon = view.centre.shape[1]
    z = learnt.dependence.normal(places, (horizon, size), seed)
    for h in range(horizon):
        unit = learnt.calibration.errors(z[:, h], h)
        z[:, h] = view.centre[:, h, None] + view.spread[:, h, None] * unit
    return np.maximum(z, view.floor[:, None, None])


def places(panel: Panel, groups: tuple[Ints, Ints]) -> tuple[list[str], Ints, Ints]:
    """Return each series' name, made of its keys, its group and its region in the group."""
    columns = [panel.keys[c].astype(str) for c in panel.keys.columns]
    names = ["\x1f".join(row) for row in zip(*columns, strict=True)]
    return names, *groups


def level_codes(panel: Panel, options: EngineOptions) -> dict[str, Ints]:
    """Return codes (n,) of the sums at every level that adds up, from the top down."""
    if not options.levels:
        return {}
    top = "nation" if "area" in panel.keys.columns else "total"
    found = {top: codes(panel, options.groups)}
    for depth, column in enumerate(options.levels, start=1):
        if column not in options.groups:
            found[column] = codes(panel, (*options.groups, *options.levels[:depth]))
    return found


def bottom(panel: Panel) -> str:
    """Return what the lowest level is called."""
    return "municipality" if "area" in panel.keys.columns else "series"

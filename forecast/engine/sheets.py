"""Sheets: what was said at past origins beside what happened, of the series and of their sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.engine import alone, levels, scale, scores
from forecast.engine.levels import Level, summed
from forecast.engine.options import EngineOptions
from forecast.engine.scores import Sheet
from forecast.engine.trials import Trials
from forecast.engine.trying import Tried
from forecast.methods import _groups
from forecast.panel import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
MIDDLE = scores.QUANTILES.index(0.5)
ALONE = scores.UNRECONCILED


@dataclass(frozen=True)
class Origin:
    """The engine at one past origin.

    Attributes:
        cut: how many periods were known.
        members: (m, n, H) paths of the members and, where the series add up, the medians of
            their combination unreconciled.
        actual: (n, H) what happened; NaN where unknown.
        quantiles: (n, H, q) of each series.
        draws: (n, R, S) joint futures, as far as anything has come of an origin.
    """

    cut: int
    members: Floats
    actual: Floats
    quantiles: Floats
    draws: Floats


def of(panel: Panel, options: EngineOptions, tried: Tried, origins: list[Origin]) -> list[Sheet]:
    """Lay forecasts and outcomes side by side, for the series and for every level of sums."""
    columns = ("area",) if "area" in panel.keys.columns else ()
    own = Level(levels.bottom(panel), np.arange(len(panel.keys)), columns)
    return [
        _sheet(panel, options, tried, origins, level) for level in (own, *levels.of(panel, options))
    ]


def _sheet(
    panel: Panel, options: EngineOptions, tried: Tried, origins: list[Origin], level: Level
) -> Sheet:
    """Sum what was observed, draws and members alike, over the series of each code."""
    codes = level.codes
    names = (*tried.series.names, *([ALONE] if tried.towers else []))
    single = np.array_equal(codes, np.arange(len(codes)))
    history = panel.values if single else summed(levels.whole(panel.values), codes)
    actual, quantiles, members = [], [], []
    for o in origins:
        seen = np.isfinite(o.actual)
        actual.append(_came(o.actual, codes))
        paths = np.where(seen, np.concatenate([o.members, o.quantiles[None, ..., MIDDLE]]), 0.0)
        members.append(np.stack([summed(p, codes) for p in paths]))
        quantiles.append(o.quantiles if single else _sum_quantiles(o, seen, codes))
    stacked = np.stack(members)
    points = {n: stacked[:, k] for k, n in enumerate(names)}
    points["combination"] = np.stack(quantiles)[..., MIDDLE]
    past = _past(tried.series, codes, history)
    cuts = tuple(o.cut for o in origins)
    return Sheet(
        level.name,
        np.stack(actual),
        points,
        np.stack(quantiles),
        np.stack([scale.naive_mae(history[:, : o.cut]) for o in origins]),
        scores.sizes(history),
        "demographic" if "demographic" in names else "naive",
        level.name == levels.bottom(panel),
        _units(panel, options, level),
        {n: past.quantiles(k, cuts, scores.QUANTILES) for k, n in enumerate(tried.series.names)},
    )


def _units(panel: Panel, options: EngineOptions, level: Level) -> Ints:
    """Return what each row of a level is resampled with: its place, or itself where it has none."""
    first = np.unique(level.codes, return_index=True)[1]
    place = tuple(c for c in level.columns if c not in options.groups)
    return _groups.codes(panel, place)[first] if place else np.arange(len(first))


def _past(series: Trials, codes: Ints, history: Floats) -> alone.Past:
    """Return what members said of a level's sums at all origins that were tried."""
    seen = np.isfinite(series.happened)  # of series that were young, too: so they were then
    said = [
        [summed(np.where(s, p, 0.0), codes) for p in paths]
        for s, paths in zip(seen, series.forecasts, strict=True)
    ]
    before = [history[:, :cut] for cut in series.cuts]
    lowest = [np.where(np.isfinite(x), x, np.inf).min(axis=1) for x in before]
    return alone.Past(
        series.cuts,
        np.array(said),
        np.stack([_came(a, codes) for a in series.happened]),
        np.stack([scale.naive_mae(x) for x in before]),
        np.where(np.array(lowest) < 0, -np.inf, 0.0),
    )


def _came(actual: Floats, codes: Ints) -> Floats:
    """Return sums over what was observed; NaN where nothing was."""
    seen = np.isfinite(actual)
    known = summed(np.where(seen, actual, 0.0), codes)
    return np.where(summed(seen.astype(float), codes) > 0, known, np.nan)


def _sum_quantiles(o: Origin, seen: NDArray[np.bool_], codes: NDArray[np.intp]) -> Floats:
    reach = o.draws.shape[1]
    total = summed(np.where(seen[:, :reach, None], o.draws, 0.0), codes)
    found = np.zeros((len(total), *o.quantiles.shape[1:]))
    found[:, :reach] = np.moveaxis(np.quantile(total, scores.QUANTILES, axis=2), 0, 2)
    return found

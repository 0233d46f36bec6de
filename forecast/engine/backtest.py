"""Backtest: the engine at past origins, each time knowing only what was known then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.engine import (
    drivers,
    futures,
    learning,
    scores,
    sheets,
    trying,
    weights,
)
from forecast.engine.drivers import Driven
from forecast.engine.learning import Learnt
from forecast.engine.options import EngineOptions
from forecast.engine.sheets import Origin
from forecast.engine.trying import Tried
from forecast.engine.walks import Walks
from forecast.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
OUTCOME = ("origin", "period", "horizon", "method", "quantile", "value", "actual")
SIZE = 200  # draws a past origin, for the coverage of sums


@dataclass(frozen=True)
class Backtest:
    """Tables of a backtest.

    Attributes:
        scores: method, level, size_class, horizon, metric, value, lower, upper, n.
        table: keys, origin, period, horizon, method, quantile (NaN: mean), value, actual.
        weights: band, method, weight at the last period.
        above: level, band, method, weight of the members that forecast the sums.
        drivers: driver, group, elasticity, error, gain, lower, upper, origins, finding.
    """

    scores: pd.DataFrame
    table: pd.DataFrame
    weights: pd.DataFrame
    above: pd.DataFrame
    drivers: pd.DataFrame


@dataclass(frozen=True)
class Lessons:
    """What a panel's past taught: from trials, from drivers, and all of it together.

    Attributes:
        tried: members' forecasts at past origins, as they made them.
        driven: what drivers do to them, and where.
        learnt: weights, widths and dependence at the panel's end.
        seed: seed of the run.
    """

    tried: Tried
    driven: Driven
    learnt: Learnt
    seed: int


def backtest(panel: Panel, options: EngineOptions, seed: int) -> Backtest:
    """Forecast from past origins and compare with what happened.

    Args:
        panel: the whole panel, with the exposure projected at earlier origins where there is one.
        options: engine options; `origins` says how many are reported.
        seed: seed of the run.
    """
    return evaluate(panel, options, lessons(panel, options, seed))


def lessons(panel: Panel, options: EngineOptions, seed: int) -> Lessons:
    """Try every member from past origins, and every driver, and learn from all of it."""
    tried = _uncrossed(trying.run(panel, options), panel)
    driven = drivers.learn(panel, options, tried.series)
    moved = driven.tried(panel, tried, drivers.END)
    learnt = learning.learn(moved.series, learning.grouping(panel, options), moved.towers)
    return Lessons(tried, driven, learnt, seed)


def _uncrossed(tried: Tried, panel: Panel) -> Tried:
    """Return trials without outcomes across a registered break, which no origin could know of."""
    towers = [replace(t, trials=t.trials.uncrossed(t.panel)) for t in tried.towers]
    return Tried(tried.series.uncrossed(panel), towers)


def evaluate(panel: Panel, options: EngineOptions, known: Lessons) -> Backtest:
    """Make the tables from what was already tried and learnt."""
    tried, lived = known.tried, origins(panel, options, known)
    return Backtest(
        scores.table(sheets.of(panel, options, tried, lived), known.seed)
        if lived
        else _no_scores(),
        _table(panel, lived),
        weight_table(tried.series.names, _typical(known.learnt, panel, options)),
        _above_weights(known.driven.tried(panel, tried, drivers.END)),
        known.driven.table(),
    )


def origins(panel: Panel, options: EngineOptions, known: Lessons) -> list[Origin]:
    """Return what would have been said at each past origin that is reported."""
    series = known.tried.series
    cuts = series.cuts[1:][-options.origins :]
    came = np.isfinite(series.actual[len(series.cuts) - len(cuts) :]).any(axis=(0, 1))
    reach = int(np.flatnonzero(came).max(initial=0)) + 1  # nobody asks for draws beyond
    walks = Walks((reach, SIZE), known.seed, {})  # the same from every origin
    return [at_origin(panel, options, known, walks, cut) for cut in cuts]


def at_origin(
    panel: Panel, options: EngineOptions, known: Lessons, walks: Walks, cut: int
) -> Origin:
    """Learn from the trials before a cut and forecast from it.

    Drivers act as was decided there; the members' own paths are reported as they made them.
    """
    groups = learning.grouping(panel, options)
    moved = known.driven.tried(panel, known.tried, cut)
    series = moved.series
    learnt = learning.learn(series.before(cut), groups, moved.towers, cut)
    k = series.cuts.index(cut)
    stand = series.standing.at(k)
    view = futures.outlook(learnt, series.forecasts[k], stand, groups[0])
    members = known.tried.series.forecasts[k]
    if moved.towers:
        free = replace(learnt, above=())
        alone = futures.outlook(free, series.forecasts[k], stand, groups[0])
        middle = futures.quantiles(free, alone, (0.5,))[None, ..., 0]
        members = np.concatenate([members, middle])
    return Origin(
        cut,
        members,
        series.actual[k],
        futures.quantiles(learnt, view, scores.QUANTILES),
        futures.draw(learnt, view, futures.places(panel, groups), walks),
    )


def _table(panel: Panel, origins: list[Origin]) -> pd.DataFrame:
    """Return the compact table of the combination's quantiles and mean beside the outcome."""
    import pandas as pd

    levels = np.append(np.array(scores.QUANTILES), np.nan)
    ahead = (*panel.periods, *panel.future(max((o.quantiles.shape[1] for o in origins), default=1)))
    parts = []
    for o in origins:
        row, h = np.nonzero(np.isfinite(o.actual))
        mean = o.draws.mean(axis=2)[row, h, None]
        value = np.concatenate([o.quantiles[row, h], mean], axis=1)
        count = len(levels)
        frame = panel.keys.iloc[np.repeat(row, count)].reset_index(drop=True)
        period = np.array(ahead, dtype=object)[np.repeat(h + o.cut, count)]
        extra = {
            "origin": panel.periods[o.cut - 1],
            "period": period,
            "horizon": np.repeat(h + 1, count),
            "method": "combination",
            "quantile": np.tile(levels, len(row)),
            "value": value.reshape(-1),
            "actual": np.repeat(o.actual[row, h], count),
        }
        parts.append(pd.concat([frame, pd.DataFrame(extra)], axis=1))
    if not parts:
        return panel.keys.iloc[:0].reindex(columns=[*panel.keys.columns, *OUTCOME])
    return pd.concat(parts, ignore_index=True)


def _typical(learnt: Learnt, panel: Panel, options: EngineOptions) -> Floats:
    """Return (H, m) weights of the members, mean over the series."""
    group = learning.grouping(panel, options)[0]
    return np.asarray(learnt.weight[group].mean(axis=0))


def weight_table(names: tuple[str, ...], weight: Floats) -> pd.DataFrame:
    """Return weights (H, m) as a long table, one row a horizon band and member."""
    import pandas as pd

    rows = []
    for band in weights.bands(len(weight)):
        first, last = int(band[0]) + 1, int(band[-1]) + 1
        label = str(first) if first == last else f"{first}-{last}"
        rows += [(label, n, float(w)) for n, w in zip(names, weight[band[0]], strict=True)]
    return pd.DataFrame(rows, columns=["band", "method", "weight"])


def _above_weights(tried: Tried) -> pd.DataFrame:
    """Return the weights of the members that forecast the sums, level by level."""
    import pandas as pd

    tables = [
        weight_table(t.trials.names, t.weight()).assign(level=t.level.name) for t in tried.towers
    ]
    columns = ["level", "band", "method", "weight"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def _no_scores() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=scores.COLUMNS)

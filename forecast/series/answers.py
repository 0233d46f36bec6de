"""Answers: forecasts of a panel as a long table, series by series and summed by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from forecast.engine import levels as levels_
from forecast.engine.trained import Fitted
from forecast.series import sums, timeline
from forecast.series.layout import Ask, Floats, Laid

if TYPE_CHECKING:
    import pandas as pd

DRAWS, LEAST = 1000, 200  # simulated futures that sums come from
CELLS = 60_000_000  # numbers held at once


def of_series(laid: Laid, ask: Ask, quantiles: Floats, mean: Floats) -> pd.DataFrame:
    """Return the long table of all series: quantiles (n, H, q) and mean (n, H)."""
    names = laid.panel.keys["unique_id"].to_numpy()
    return _long(names, _times(laid, ask.horizon), ask, np.dstack([quantiles, mean]))


def _times(laid: Laid, horizon: int) -> list[list[Any]]:
    return [
        [timeline.later(laid.line, last, int(lead) + h) for h in range(horizon)]
        for last, lead in zip(laid.last, laid.lead, strict=True)
    ]


def _long(names: Any, times: list[list[Any]], ask: Ask, values: Floats) -> pd.DataFrame:
    import pandas as pd

    n, h, q = values.shape
    flat = [t for row in times for t in row]
    repeated = pd.Series(flat).repeat(q).reset_index(drop=True)
    return pd.DataFrame(
        {
            "unique_id": np.repeat(names, h * q),
            "ds": repeated,
            "quantile": np.tile(np.append(ask.quantiles, np.nan), n * h),
            "value": values.reshape(-1),
        }
    )


def of_sums(laid: Laid, ask: Ask, fitted: Fitted, seed: int) -> list[pd.DataFrame]:
    """Return a long table a level: quantiles from joint draws, means as sums of the means.

    A sum of one series has that series' own quantiles, which need no draws.
    """
    panel, options = laid.panel, fitted.options
    size = int(np.clip(CELLS // (len(panel.keys) * ask.horizon), LEAST, DRAWS))
    draws = fitted.draws(ask.horizon, size, seed)
    mean, own = fitted.mean(), fitted.quantiles(ask.quantiles)
    tables = []
    for level in levels_.of(panel, options):
        first, alone = sums.firsts(level), sums.single(level)
        summed = np.quantile(levels_.summed(draws, level.codes), ask.quantiles, axis=2)
        quantiles = np.where(alone[:, None, None], own[first], np.moveaxis(summed, 0, 2))
        values = np.dstack([quantiles, levels_.summed(mean, level.codes)])
        times = _times(laid, ask.horizon)
        names = sums.names(panel.keys, level)
        tables.append(_long(names, [times[k] for k in first], ask, values))
    return tables

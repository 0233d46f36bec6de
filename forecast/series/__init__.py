"""Series: the engine on anyone's panel, long frame in, quantiles out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from forecast.engine import training
from forecast.engine.options import EngineOptions
from forecast.series import answers, layout, numbers, sums
from forecast.series.layout import QUANTILES, Ask

if TYPE_CHECKING:
    import pandas as pd


def forecast_frame(  # noqa: PLR0913  # the command's options, as keywords
    frame: pd.DataFrame,
    *,
    horizon: int,
    groups: Sequence[str] = (),
    levels: Sequence[str] = (),
    exposure: str | None = None,
    quantiles: Sequence[float] = QUANTILES,
    seed: int = 1,
    frequency: str | None = None,
) -> pd.DataFrame:
    """Forecast every series of a long frame, and with `levels` every coherent sum.

    Args:
        frame: `unique_id, ds, y` and the columns named below; others are ignored. Rows with empty
            y after a series' end give the future's exposure.
        horizon: periods ahead of each series' own end (with `levels`: of its group's end).
        groups: columns; series that agree in them share strength.
        levels: columns from the top down over which series add up inside a group.
        exposure: column of the population that a rate refers to.
        quantiles: levels in (0, 1).
        seed: seed of the simulated futures that sums come from.
        frequency: `Y` or `Q`; None tells from the data.

    Returns:
        `unique_id, ds, quantile, value`; the mean has an empty quantile.

    Raises:
        DataError: the frame cannot be used; the sentence names row and column.
    """
    levels_wanted = tuple(float(q) for q in quantiles)
    ask = Ask(horizon, tuple(groups), tuple(levels), exposure, levels_wanted, frequency)
    laid = layout.lay_out(frame, ask)
    options = EngineOptions(
        groups=ask.groups,
        levels=ask.levels,
        horizon=horizon,
        additive=tuple(str(c) for c in laid.panel.keys.columns),
    )
    fitted, _ = training.fit(laid.panel, options, seed)
    table = answers.of_series(laid, ask, fitted.quantiles(ask.quantiles), fitted.mean())
    if not ask.levels:
        return table
    import pandas as pd

    return pd.concat([table, *answers.of_sums(laid, ask, fitted, seed)], ignore_index=True)


def repeated_sums(
    frame: pd.DataFrame, *, groups: Sequence[str] = (), levels: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Return each sum that is a broader one or a series by construction, with what it repeats.

    Args:
        frame: as for `forecast_frame`.
        groups: as for `forecast_frame`.
        levels: as for `forecast_frame`.

    Raises:
        DataError: the frame cannot be used; the sentence names row and column.
    """
    if not levels:
        return []
    laid = layout.lay_out(frame, Ask(1, tuple(groups), tuple(levels)))
    return list(sums.repeated(laid, EngineOptions(groups=tuple(groups), levels=tuple(levels))))


def without_exposure(frame: pd.DataFrame, exposure: str | None) -> list[str]:
    """Return the series whose exposure is empty or zero in every row: theirs counts for nothing.

    Args:
        frame: as for `forecast_frame`.
        exposure: as for `forecast_frame`.

    Raises:
        DataError: the column holds something that is no population.
    """
    if not exposure:
        return []
    told = frame["unique_id"].astype(str)[numbers.population(frame, exposure) > 0]
    return sorted(set(frame["unique_id"].astype(str)) - set(told))

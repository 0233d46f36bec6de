"""Scores of forecasts against what happened, per series, and their ratios with uncertainty.

Arrays are (n series, H horizons) for actuals and (n, H, 1 + Q) for forecasts: the mean first, then
the quantiles of `LEVELS`. NaN in the actuals is *not observed* and counts nowhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS: tuple[float, ...] = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
MEAN, MEDIAN = 0, 1 + LEVELS.index(0.5)
INTERVALS: dict[int, tuple[float, float]] = {
    50: (0.25, 0.75),
    80: (0.1, 0.9),
    95: (0.025, 0.975),
}


def quantile(forecast: Floats, level: float) -> Floats:
    """Return the (n, H) quantile of a level."""
    column: Floats = forecast[..., 1 + LEVELS.index(level)]
    return column


def over_horizon(errors: Floats) -> Floats:
    """Return the (n,) mean over the horizons that were observed; NaN where none was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # rows without any observation
        return np.asarray(np.nanmean(errors, axis=1), dtype=np.float64)


def naive_scale(history: Sequence[Floats]) -> Floats:
    """Return the mean absolute step of each series' history, the denominator of MASE (n,).

    A series that never moved has no scale: NaN, so that it counts in no scaled score.
    """
    steps = [np.abs(np.diff(h)).mean() if len(h) > 1 else np.nan for h in history]
    scale = np.asarray(steps, dtype=np.float64)
    return np.where(scale > 0, scale, np.nan)


def smape(actual: Floats, point: Floats) -> Floats:
    """Return sMAPE in percent per series (n,), 0/0 counting as 0 (Makridakis et al. 2020)."""
    size = np.abs(actual) + np.abs(point)
    ratio = 200 * np.abs(actual - point) / np.where(size > 0, size, 1)
    return over_horizon(ratio)


def mase(actual: Floats, point: Floats, scale: Floats) -> Floats:
    """Return the mean absolute scaled error per series (n,) (Hyndman & Koehler 2006)."""
    return over_horizon(np.abs(actual - point) / scale[:, None])


def pinball(actual: Floats, forecast: Floats, scale: Floats) -> Floats:
    """Return twice the scaled pinball loss, mean over `LEVELS` and horizons, per series (n,)."""
    levels = np.asarray(LEVELS)
    error = actual[..., None] - forecast[..., 1:]
    loss = 2 * np.maximum(levels * error, (levels - 1) * error).mean(axis=2)
    return over_horizon(loss / scale[:, None])


def msis(actual: Floats, forecast: Floats, scale: Floats, interval: int = 95) -> Floats:
    """Return the mean scaled interval score per series (n,) (Gneiting & Raftery 2007)."""
    lower, upper = (quantile(forecast, level) for level in INTERVALS[interval])
    outside = np.maximum(lower - actual, 0) + np.maximum(actual - upper, 0)
    score = (upper - lower) + 2 / (1 - interval / 100) * outside
    return over_horizon(score / scale[:, None])


def covered(actual: Floats, forecast: Floats, interval: int) -> Floats:
    """Return 1 where the interval held what happened, 0 where not, NaN unobserved (n, H)."""
    lower, upper = (quantile(forecast, level) for level in INTERVALS[interval])
    inside = (actual >= lower) & (actual <= upper)
    return np.where(np.isnan(actual), np.nan, inside.astype(np.float64))


def all_scores(actual: Floats, forecast: Floats, scale: Floats) -> dict[str, Floats]:
    """Return every score per series: name -> (n,)."""
    point, median = forecast[..., MEAN], forecast[..., MEDIAN]
    scores = {
        "smape": smape(actual, point),
        "mase": mase(actual, point, scale),
        "smape_median": smape(actual, median),
        "mase_median": mase(actual, median, scale),
        "pinball": pinball(actual, forecast, scale),
        "msis": msis(actual, forecast, scale),
    }
    for interval in INTERVALS:
        scores[f"cover{interval}"] = over_horizon(covered(actual, forecast, interval))
    return scores


def mean_over_origins(scores: Floats, origins: NDArray[np.intp], weights: Floats) -> float:
    """Return the mean over series, then over origins, of per-series scores (n,).

    Args:
        scores: one score a series and origin; NaN counts nowhere.
        origins: the origin's number of each score, 0…k-1.
        weights: how often each score counts (ones, or a bootstrap's multiplicities).
    """
    seen = ~np.isnan(scores)
    w = np.where(seen, weights, 0.0)
    total = np.bincount(origins, w * np.where(seen, scores, 0.0))
    count = np.bincount(origins, w)
    means = total[count > 0] / count[count > 0]
    return float(means.mean()) if len(means) else float("nan")


def owa(smape_ratio: float, mase_ratio: float) -> float:
    """Return the overall weighted average of sMAPE and MASE, each relative to naive (M4)."""
    return (smape_ratio + mase_ratio) / 2


def bootstrap(
    statistic: Callable[[Floats], float],
    clusters: Sequence[str],
    seed: int,
    size: int = 1000,
) -> tuple[float, float]:
    """Return the 95 % interval of a statistic by resampling whole clusters, paired.

    Args:
        statistic: takes how often each score counts (n,) and returns a figure; both sides of a
            ratio are computed inside it, from the same resample.
        clusters: the cluster (the series, or its area) of each score (n,).
        seed: of the resampling.
        size: how many resamples.
    """
    _, code = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    groups = int(code.max()) + 1
    rng = np.random.default_rng(seed)
    share = np.full(groups, 1 / groups)
    figures = [
        statistic(rng.multinomial(groups, share).astype(np.float64)[code]) for _ in range(size)
    ]
    low, high = np.quantile(figures, [0.025, 0.975])
    return float(low), float(high)

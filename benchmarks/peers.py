"""The peers: what a planner could install instead, each with its own mean and its own intervals.

Every peer answers for every series of a task. Where a library fails on a series, the naive forecast
stands in and the number of such series is reported.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.datasets import Task
from benchmarks.metrics import LEVELS, Floats

WIDTHS = (50, 80, 90, 95)
Peer = Callable[[Task, int], "Answer"]


@dataclass(frozen=True)
class Answer:
    """One method's forecasts for one task.

    Attributes:
        values: (n, H, 1 + Q), mean then `LEVELS`.
        seconds: what it took, times the processes it had.
        failed: for how many series naive stands in.
    """

    values: Floats
    seconds: float
    failed: int = 0


def statsforecast_peer(name: str, options: dict[str, object]) -> Peer:
    """Return a peer from statsforecast by its class name."""

    def run(task: Task, jobs: int = 1) -> Answer:
        from statsforecast import StatsForecast, models

        model = getattr(models, name)(**options)
        frame = pd.DataFrame(task.history[["unique_id", "ds", "y"]])
        spare = models.Naive(alias="stand_in")
        engine = StatsForecast([model], freq=1, n_jobs=jobs, fallback_model=spare)
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = engine.forecast(df=frame, h=task.horizon, level=list(WIDTHS))
        seconds = jobs * (time.perf_counter() - start)
        alias = str(model)
        columns = [alias] + [_column(alias, level) for level in LEVELS]
        table = out.sort_values(["unique_id", "ds"])[columns].to_numpy(dtype=np.float64)
        values = table.reshape(len(task.ids), task.horizon, len(columns))
        return _standing_in(values, task, seconds)

    return run


def _column(alias: str, level: float) -> str:
    if level == 0.5:  # these intervals are symmetric about the point forecast
        return alias
    side, width = ("lo", 1 - 2 * level) if level < 0.5 else ("hi", 2 * level - 1)
    return f"{alias}-{side}-{round(100 * width)}"


def naive_values(history: Floats, horizon: int) -> Floats:
    """Return (H, 1 + Q): the last value, with normal steps as in the history."""
    step = float(np.sqrt(np.mean(np.diff(history) ** 2))) if len(history) > 1 else 0.0
    width = step * np.sqrt(np.arange(1, horizon + 1))
    quantiles = history[-1] + width[:, None] * stats.norm.ppf(LEVELS)
    return np.column_stack([np.full(horizon, history[-1]), quantiles])


def _histories(task: Task) -> list[Floats]:
    return [y.to_numpy(dtype=np.float64) for _, y in task.history.groupby("unique_id")["y"]]


def _standing_in(values: Floats, task: Task, seconds: float) -> Answer:
    bad = np.atleast_1d(~np.isfinite(values).all(axis=(1, 2)))
    for row, history in enumerate(_histories(task)):
        if bad[row]:
            values[row] = naive_values(history, task.horizon)
    return Answer(values, seconds, int(bad.sum()))


def looped(one: Callable[[Floats, int], Floats]) -> Peer:
    """Return a peer that fits one series after another: (history, H) -> (H, 1 + Q)."""

    def run(task: Task, jobs: int = 1) -> Answer:
        from joblib import Parallel, delayed

        start = time.perf_counter()
        rows = Parallel(n_jobs=jobs)(
            delayed(_attempt)(one, history, task.horizon) for history in _histories(task)
        )
        return _standing_in(np.stack(rows), task, jobs * (time.perf_counter() - start))

    return run


def _attempt(one: Callable[[Floats, int], Floats], history: Floats, horizon: int) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return one(history, horizon)
        except Exception:  # a peer's failure, of whatever kind, is counted, not ours to repair
            return np.full((horizon, 1 + len(LEVELS)), np.nan)


def _normal(mean: Floats, spread: Floats) -> Floats:
    quantiles = mean[:, None] + spread[:, None] * stats.norm.ppf(LEVELS)
    return np.column_stack([mean, quantiles])


def statsmodels_ets(history: Floats, horizon: int) -> Floats:
    """Forecast by statsmodels' ETS with additive damped trend."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(
        pd.Series(history),  # its prediction wants an index
        error="add",
        trend="add",
        damped_trend=True,
        initialization_method="estimated",
    )
    size = len(history)
    prediction = model.fit(disp=False).get_prediction(size, size + horizon - 1)
    mean = np.asarray(prediction.predicted_mean)
    return _normal(mean, np.sqrt(np.asarray(prediction.forecast_variance)))


def statsmodels_theta(history: Floats, horizon: int) -> Floats:
    """Forecast by statsmodels' Theta."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    index = pd.RangeIndex(len(history))
    fit = ThetaModel(pd.Series(history, index=index), period=1, deseasonalize=False).fit()
    mean = np.asarray(fit.forecast(horizon), dtype=np.float64)
    upper = fit.prediction_intervals(horizon, alpha=0.05)["upper"].to_numpy(dtype=np.float64)
    return _normal(mean, (upper - mean) / stats.norm.ppf(0.975))


def statsmodels_trend(history: Floats, horizon: int) -> Floats:
    """Forecast by statsmodels' local linear trend."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    fit = UnobservedComponents(history, level="local linear trend").fit(disp=False)
    prediction = fit.get_forecast(horizon)
    return _normal(np.asarray(prediction.predicted_mean), np.asarray(prediction.se_mean))


def prophet(history: Floats, horizon: int) -> Floats:
    """Forecast by Prophet as installed, one observation a year."""
    logging.getLogger("prophet.plot").setLevel(logging.CRITICAL)
    import cmdstanpy

    cmdstanpy.disable_logging()
    from prophet import Prophet

    days = pd.date_range("1900-01-01", periods=len(history) + horizon, freq="YS")
    model = Prophet(yearly_seasonality=False, weekly_seasonality=False, daily_seasonality=False)
    model.fit(pd.DataFrame({"ds": days[: len(history)], "y": history}))
    future = pd.DataFrame({"ds": days[len(history) :]})
    mean = model.predict(future)["yhat"].to_numpy(dtype=np.float64)
    np.random.seed(0)  # Prophet draws from the global generator only
    samples = model.predictive_samples(future)["yhat"]
    if model.stan_backend is not None:
        model.stan_backend.cleanup()  # its temporary files would stay until the end
    return np.column_stack([mean, np.quantile(samples, LEVELS, axis=1).T])


PEERS: dict[str, Peer] = {
    "naive": statsforecast_peer("Naive", {}),
    "drift": statsforecast_peer("RandomWalkWithDrift", {}),
    "Holt": statsforecast_peer("Holt", {}),
    "Theta": statsforecast_peer("Theta", {}),
    "DOTM": statsforecast_peer("DynamicOptimizedTheta", {}),
    "AutoTheta": statsforecast_peer("AutoTheta", {}),
    "AutoETS": statsforecast_peer("AutoETS", {}),
    "AutoARIMA": statsforecast_peer("AutoARIMA", {}),
    "sm ETS damped": looped(statsmodels_ets),
    "sm Theta": looped(statsmodels_theta),
    "sm local trend": looped(statsmodels_trend),
    "Prophet": looped(prophet),
}
QUICK = ("naive", "drift", "Holt", "Theta", "DOTM", "AutoTheta", "AutoETS")

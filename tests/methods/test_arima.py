"""ARIMA: statsmodels' own forecasts and variances, from a state that needs no statsmodels."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.methods import State, arima
from forecast.panel import Panel

Floats = NDArray[np.float64]
YEARS = tuple(str(y) for y in range(2003, 2025))


def panel(rows: Any, periods: tuple[str, ...] = YEARS) -> Panel:
    values = np.array(rows, dtype=np.float64)
    return Panel(values, pd.DataFrame({"area": [str(i) for i in range(len(rows))]}), periods)


def walk(seed: int) -> Floats:
    return 1000 + np.cumsum(15 + 30 * np.random.default_rng(seed).standard_normal(len(YEARS)))


def standardised(y: Floats) -> tuple[Floats, float, float]:
    unit = float(np.sqrt(np.mean(np.diff(y) ** 2)))
    return (y - y[-1]) / unit, float(y[-1]), unit


def library(y: Floats, state: State, order: tuple[int, int, int], drift: str, row: int = 0) -> Any:
    """The library's own filter and forecast with the parameters that the state holds."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    model = SARIMAX(y, order=order, trend=drift)
    return model.smooth(state.arrays["parameters"][row, : model.k_params])


@pytest.mark.parametrize("order", ["0,1,0,c", "0,1,1", "1,1,0,c", "0,2,2", "1,1,1"])
def test_forecast_is_the_librarys_own(order: str) -> None:
    y = walk(4)
    z, centre, unit = standardised(y)
    state = arima.fit(panel([y]), scale="identity", order=order)
    p, d, q = (int(k) for k in order.split(",")[:3])
    theirs = library(z, state, (p, d, q), "c" if order.endswith("c") else "n").get_forecast(7)
    expected = centre + unit * theirs.predicted_mean
    np.testing.assert_allclose(arima.point(state, 7)[0], expected, rtol=1e-10)
    draws = arima.simulate(state, 7, 20000, np.random.default_rng(1))[0]
    np.testing.assert_allclose(draws.std(axis=1), unit * theirs.se_mean, rtol=0.03)
    np.testing.assert_allclose(draws.mean(axis=1), expected, rtol=2e-3)


def test_estimate_is_as_likely_as_the_librarys_on_the_raw_series() -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    y = walk(8)
    state = arima.fit(panel([y]), scale="identity", order="0,1,1,c")
    raw = SARIMAX(y, order=(0, 1, 1), trend="c").fit(disp=0)
    np.testing.assert_allclose(arima.point(state, 5)[0], raw.forecast(5), rtol=1e-3)


def test_random_walk_with_drift_is_the_mean_step() -> None:
    y = walk(2)
    path = arima.point(arima.fit(panel([y]), scale="identity", order="0,1,0,c"), 4)[0]
    np.testing.assert_allclose(path, y[-1] + np.diff(y).mean() * np.arange(1, 5), rtol=1e-6)


def test_choice_finds_what_made_the_series() -> None:
    rng = np.random.default_rng(9)
    noise = rng.standard_normal((2, 60))
    drifting = 500 + np.cumsum(5 + noise[0])
    bending = 500 + np.cumsum(np.cumsum(noise[1]))
    periods = tuple(str(y) for y in range(1965, 2025))
    state = arima.fit(panel([drifting, bending], periods), scale="identity")
    assert state.values["fallback"] == ["", ""]
    once, twice = state.arrays["order"]
    assert (once[1], once[3]) == (1, 1)
    assert twice[1] == 2


def test_gap_is_a_prediction_without_an_update() -> None:
    y = walk(5)
    y[[6, 7, 15]] = np.nan
    state = arima.fit(panel([y]), scale="identity", order="0,1,0,c")
    step = (y[-1] - y[0]) / (len(y) - 1)  # a random walk's gap adds nothing to the estimate
    np.testing.assert_allclose(arima.point(state, 2)[0], y[-1] + step * np.arange(1, 3), rtol=1e-6)


def test_every_series_is_answered_and_says_where_it_was_not_fitted() -> None:
    nan, n = np.nan, len(YEARS)
    rows = [
        [nan] * (n - 4) + [5.0, 6, 7, 8],
        [nan] * n,
        [9.0] * n,
        [0.0] * n,
        [*np.arange(1.0, n - 1), nan, nan],
        [0.0] * (n - 1) + [3.0],
    ]
    state = arima.fit(panel(rows))
    path = arima.point(state, 3)
    draws = arima.simulate(state, 3, 20, np.random.default_rng(1))
    assert np.isfinite(path).all()
    assert np.isfinite(draws).all()
    assert min(path.min(), draws.min()) >= 0
    np.testing.assert_allclose(path[0], 8)
    np.testing.assert_allclose(path[2:4], [[9] * 3, [0] * 3], atol=1e-9)
    assert path[4, 0] > rows[4][n - 3]
    reasons = state.values["fallback"]
    assert isinstance(reasons, list)
    assert reasons[0] == "4 points, fewer than 6: last value held"
    assert reasons[2:4] == ["", ""]
    assert draws[0].std() > 0  # a series that borrows still has an uncertain future


def test_same_panel_same_bytes() -> None:
    rows = np.vstack([walk(1), walk(2)])
    one, two = arima.fit(panel(rows)), arima.fit(panel(rows))
    for name, array in one.arrays.items():
        assert array.tobytes() == two.arrays[name].tobytes(), name


@pytest.mark.parametrize("order", ["1,1", "a,1,1", "0,1,1,t", "-1,1,0"])
def test_order_that_is_none_is_refused(order: str) -> None:
    with pytest.raises(MethodError, match="arima order"):
        arima.fit(panel([walk(1)]), order=order)

"""Local linear trend: statsmodels' own forecasts, gaps and all, from a state of numbers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.methods import local_linear_trend
from forecast.panel import Panel

Floats = NDArray[np.float64]
YEARS = tuple(str(y) for y in range(2007, 2025))


def panel(rows: Any, periods: tuple[str, ...] = YEARS) -> Panel:
    values = np.array(rows, dtype=np.float64)
    return Panel(values, pd.DataFrame({"area": [str(i) for i in range(len(rows))]}), periods)


def gappy(seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    y = 800 + np.cumsum(10 + np.cumsum(4 * rng.standard_normal(18))) + 8 * rng.standard_normal(18)
    y[[1, 2, 4, 9]] = np.nan
    return np.asarray(y)


@pytest.mark.parametrize("trend", ["local linear trend", "smooth trend", "random walk with drift"])
def test_forecast_is_the_librarys_own(trend: str) -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y = gappy(3)
    state = local_linear_trend.fit(panel([y]), scale="identity", trend=trend)
    assert state.values["fallback"] == [""]
    centre, unit = state.arrays["centre"][0], state.arrays["unit"][0]
    model = UnobservedComponents((y - centre) / unit, level=trend)
    theirs = model.smooth(state.arrays["parameters"][0]).get_forecast(8)
    expected = centre + unit * theirs.predicted_mean
    np.testing.assert_allclose(local_linear_trend.point(state, 8)[0], expected, rtol=1e-10)
    draws = local_linear_trend.simulate(state, 8, 20000, np.random.default_rng(1))[0]
    np.testing.assert_allclose(draws.std(axis=1), unit * theirs.se_mean, rtol=0.03)


def test_estimate_is_as_likely_as_the_librarys_on_the_raw_series() -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y = gappy(6)
    state = local_linear_trend.fit(panel([y]), scale="identity")
    model = UnobservedComponents(y, level="local linear trend")
    ours = model.loglike(state.arrays["parameters"][0] * state.arrays["unit"][0] ** 2)
    assert ours >= model.fit(disp=0).llf - 0.01


def test_line_with_gaps_goes_on_straight() -> None:
    line = 100.0 + 7 * np.arange(18)
    line[[3, 4, 11]] = np.nan
    path = local_linear_trend.point(local_linear_trend.fit(panel([line]), scale="identity"), 3)[0]
    np.testing.assert_allclose(path, 100 + 7 * np.arange(18, 21), rtol=1e-4)


def test_silent_years_at_the_end_are_forecast_over() -> None:
    line = 100.0 + 7 * np.arange(18)
    late = np.append(line[:-2], [np.nan, np.nan])
    state = local_linear_trend.fit(panel([late, line]), scale="identity")
    path = local_linear_trend.point(state, 3)
    np.testing.assert_allclose(path[0], path[1], rtol=1e-3)


def test_every_series_is_answered_and_says_where_it_was_not_fitted() -> None:
    rows = [[np.nan] * 14 + [5.0, 6, 7, 8], [np.nan] * 18, [9.0] * 18, [0.0] * 18]
    state = local_linear_trend.fit(panel(rows))
    path = local_linear_trend.point(state, 3)
    draws = local_linear_trend.simulate(state, 3, 20, np.random.default_rng(1))
    assert np.isfinite(path).all()
    assert np.isfinite(draws).all()
    np.testing.assert_allclose(path[0], 8)
    np.testing.assert_allclose(path[2:], [[9] * 3, [0] * 3], atol=1e-9)
    reasons = state.values["fallback"]
    assert isinstance(reasons, list)
    assert [bool(reason) for reason in reasons] == [True, True, False, False]


def test_steep_fall_stays_at_or_above_zero() -> None:
    falling = 350.0 - 20 * np.arange(18) + 5 * np.sin(np.arange(18))
    falling = np.maximum(falling, 1.0)
    for scale in ("identity", "log"):
        state = local_linear_trend.fit(panel([falling]), scale=scale)
        assert local_linear_trend.point(state, 12).min() >= 0


def test_unknown_trend_is_refused() -> None:
    with pytest.raises(MethodError, match="wobbly"):
        local_linear_trend.fit(panel([gappy(1)]), trend="wobbly")

"""ETS: statsmodels' own forecasts and variances, from a state that needs no statsmodels."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from forecast.errors import MethodError
from forecast.methods import ets
from forecast.panel import Panel

Floats = NDArray[np.float64]
YEARS = tuple(str(y) for y in range(2005, 2025))


def panel(rows: Any, periods: tuple[str, ...] = YEARS) -> Panel:
    values = np.array(rows, dtype=np.float64)
    return Panel(values, pd.DataFrame({"area": [str(i) for i in range(len(rows))]}), periods)


def walk(seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return np.asarray(1000 + np.cumsum(15 + np.cumsum(6 * rng.standard_normal(len(YEARS)))))


@pytest.mark.parametrize("trend", ["none", "full", "fading"])
def test_forecast_is_the_librarys_own(trend: str) -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = walk(4)
    state = ets.fit(panel([y]), scale="identity", trend=trend)
    assert state.values["fallback"] == [""]
    centre, unit = state.arrays["centre"][0], state.arrays["unit"][0]
    z = (y - centre) / unit
    model = ETSModel(pd.Series(z), initialization_method="estimated", **ets.TRENDS[trend])
    theirs = model.smooth(state.arrays["parameters"][0]).get_prediction(len(y), len(y) + 6)
    expected = centre + unit * theirs.predicted_mean.to_numpy()
    np.testing.assert_allclose(ets.point(state, 7)[0], expected, rtol=1e-10)
    draws = ets.simulate(state, 7, 20000, np.random.default_rng(1))[0]
    spread = unit * np.sqrt(theirs.forecast_variance)
    np.testing.assert_allclose(draws.std(axis=1), spread, rtol=0.03)


def test_estimate_is_as_good_as_the_librarys_on_the_raw_series() -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y = walk(9)
    state = ets.fit(panel([y]), scale="identity", trend="full")
    raw = ETSModel(y, trend="add", initialization_method="estimated").fit(disp=0)
    np.testing.assert_allclose(ets.point(state, 5)[0], raw.forecast(5), rtol=0.02)


def test_choice_pays_for_a_trend_only_where_there_is_one() -> None:
    rng = np.random.default_rng(1)
    flat = 500 + 20 * rng.standard_normal(20)
    steep = 500 + 40 * np.arange(20) + 10 * rng.standard_normal(20)
    state = ets.fit(panel([flat, steep]), scale="identity")
    assert state.arrays["chosen"][:, 0].tolist() == [0.0, 1.0]
    path = ets.point(state, 3)
    np.testing.assert_allclose(path[0], flat.mean(), rtol=0.03)
    np.testing.assert_allclose(path[1], 500 + 40 * np.arange(20, 23), rtol=0.02)


def test_gap_is_bridged_by_a_line() -> None:
    line = 100.0 + 5 * np.arange(20) + np.sin(np.arange(20))
    gappy = line.copy()
    gappy[7] = np.nan
    line[7] = (line[6] + line[8]) / 2
    np.testing.assert_allclose(
        ets.point(ets.fit(panel([gappy]), scale="identity"), 3),
        ets.point(ets.fit(panel([line]), scale="identity"), 3),
        rtol=1e-12,
    )


def test_every_series_is_answered_and_says_where_it_was_not_fitted() -> None:
    nan = np.nan
    rows = [
        [nan] * 16 + [5.0, 6, 7, 8],
        [nan] * 20,
        [9.0] * 20,
        [0.0] * 20,
        [nan] * 14 + [3.0, 4, 4, 6, 5, 7],
        [*range(1, 19), nan, nan],
    ]
    state = ets.fit(panel(rows))
    path = ets.point(state, 3)
    draws = ets.simulate(state, 3, 20, np.random.default_rng(1))
    assert np.isfinite(path).all()
    assert np.isfinite(draws).all()
    assert min(path.min(), draws.min()) >= 0
    np.testing.assert_allclose(path[0], 8)
    np.testing.assert_allclose(path[2:4], [[9] * 3, [0] * 3], atol=1e-9)
    reasons = state.values["fallback"]
    assert isinstance(reasons, list)
    assert [bool(reason) for reason in reasons[:5]] == [True, True, False, False, False]


def test_same_panel_same_bytes() -> None:
    rows = np.vstack([walk(1), walk(2)])
    one, two = ets.fit(panel(rows)), ets.fit(panel(rows))
    for name, array in one.arrays.items():
        assert array.tobytes() == two.arrays[name].tobytes(), name


def test_unknown_trend_is_refused() -> None:
    with pytest.raises(MethodError, match="curly"):
        ets.fit(panel([walk(1)]), trend="curly")

"""Forecasts that can be worked out on paper, and agreement with a second implementation."""

from __future__ import annotations

import numpy as np
import pytest
from support.panels import panel

from forecast import parts
from forecast.errors import MethodError
from forecast.methods import (
    State,
    damped_trend,
    demographic,
    drift,
    mean_reversion,
    naive,
    pooled_arima,
    pooled_growth,
    pooled_rate,
    pooled_regression,
    shrunk_growth,
    state_space,
    theta,
)

LINE = panel(np.array([[2.0, 4, 6, 8, 10], [5, 5, 5, 5, 5]]))
NAN = np.nan


def test_naive_repeats_the_last_value() -> None:
    assert naive.point(naive.fit(LINE), 2).tolist() == [[10, 10], [5, 5]]


def test_demographic_is_last_rate_times_projected_population() -> None:
    people = panel(np.array([[8.0, 10]]), np.array([[80.0, 100, 110, 120]]))
    assert demographic.point(demographic.fit(people), 2).tolist() == [[11, 12]]


def test_drift_carries_the_mean_change_on() -> None:
    assert drift.point(drift.fit(LINE), 2).tolist() == [[12, 14], [5, 5]]


def test_fading_drift_adds_less_each_year() -> None:
    found = drift.point(drift.fit(LINE, damping=0.5), 3)[0]
    assert found.tolist() == [12, 13, 13.5]


def test_drift_counts_the_years_that_nobody_counted() -> None:
    biennial = panel(np.array([[2.0, NAN, 6, NAN, 10]]))
    assert drift.point(drift.fit(biennial), 1).tolist() == [[12]]


def test_a_series_that_ended_early_is_forecast_from_its_own_end() -> None:
    ended = panel(np.array([[2.0, 4, 6, NAN, NAN], [1, 1, 1, 1, 1]]))
    assert drift.point(drift.fit(ended), 1)[0].tolist() == [12]


def test_pooled_growth_is_the_groups_median_and_leaves_a_zero_at_zero() -> None:
    values = np.array([[100.0, 110], [200, 220], [50, 40], [0, 0]])
    found = pooled_growth.point(pooled_growth.fit(panel(values), damping=1.0), 1)[:, 0]
    growth = 2 * 10 / 210
    np.testing.assert_allclose(found, np.array([110, 220, 40, 0]) * np.exp(growth))


def test_shrunk_growth_believes_the_calm_and_pulls_the_jumpy_toward_their_group() -> None:
    years = np.arange(12)
    jumps = np.where(years % 2, 1.4, 1.0)
    values = np.array([100 * 1.06**years, 100 * 1.02**years, 100 * 1.04**years * jumps])
    state = shrunk_growth.fit(panel(values), damping=1.0)
    believed = state.arrays["believed"]
    assert (believed[:2] > 2 * believed[2]).all()
    growth = state.arrays["growth"]
    own = 2 * np.diff(values) / (values[:, 1:] + values[:, :-1])
    middle = np.median(own.mean(axis=1))
    np.testing.assert_allclose(growth, believed * own.mean(axis=1) + (1 - believed) * middle)
    np.testing.assert_allclose(
        shrunk_growth.point(state, 2)[0], values[0, -1] * np.exp(growth[0] * np.array([1, 2]))
    )


def test_shrunk_growth_of_one_series_is_its_own_and_a_zero_stays_a_zero() -> None:
    alone = shrunk_growth.fit(panel(np.array([[100.0, 110, 121]])), damping=1.0)
    np.testing.assert_allclose(alone.arrays["growth"], [2 * 10 / 210])
    closed = shrunk_growth.fit(panel(np.array([[4.0, 2, 0], [100, 110, 121]])))
    assert shrunk_growth.point(closed, 3)[0].tolist() == [0, 0, 0]


def test_shrunk_growth_refuses_a_damping_out_of_range() -> None:
    with pytest.raises(MethodError, match=r"damping 1\.2"):
        shrunk_growth.fit(LINE, damping=1.2)


def test_mean_reversion_goes_part_of_the_way_back() -> None:
    rng = np.random.default_rng(1)
    state = mean_reversion.fit(panel(10 + rng.normal(size=(60, 12))))
    keep = state.values["keep"]
    assert isinstance(keep, float)
    assert keep < 0.3  # white noise has no memory
    last, mean = state.arrays["level"], state.arrays["mean"]
    np.testing.assert_allclose(mean_reversion.point(state, 1)[:, 0], mean + (last - mean) * keep)


def test_pooled_rate_pulls_a_small_area_further_than_a_large_one() -> None:
    rng = np.random.default_rng(2)
    people = np.repeat([[300.0], [300.0], [90_000.0], [90_000.0]] * 5, 7, axis=1)
    rates = 0.01 * np.exp(rng.normal(0, 0.4, (20, 1)))
    small = panel(rng.poisson(people[:, :6] * rates).astype(float), people)
    own = pooled_rate.fit(small).arrays["own_share"]
    assert own[:2].max() < own[2:4].min()
    assert ((own > 0) & (own <= 1)).all()


def test_pooled_rate_without_a_population_is_refused() -> None:
    with pytest.raises(MethodError, match="needs a population"):
        pooled_rate.fit(LINE)


@pytest.mark.parametrize("damping", ["fast", None, [], [0.9, "fast"]])
def test_a_kept_value_that_is_no_number_is_refused(damping: str | list[object] | None) -> None:
    state = drift.fit(LINE)
    with pytest.raises(MethodError, match="expected numbers"):
        drift.point(State(state.arrays, {**state.values, "damping": damping}), 2)


def test_holt_agrees_with_statsmodels() -> None:
    from statsmodels.tsa.holtwinters import Holt

    rng = np.random.default_rng(3)
    row = 50 + np.arange(20) * 1.5 + rng.normal(0, 1, 20)
    grid = np.array([[0.4, 0.3, 0.9]])
    first, slope = damped_trend.opening_line(row[None], np.array([0]))
    _, _, level, trend = damped_trend._smooth(row[None], grid)
    theirs = Holt(
        row,
        damped_trend=True,
        initialization_method="known",
        initial_level=(first - slope)[0],
        initial_trend=slope[0],
    ).fit(smoothing_level=0.4, smoothing_trend=0.3, damping_trend=0.9, optimized=False)
    assert level[0, 0] == pytest.approx(theirs.level[-1], rel=0.02)
    ours = level[0, 0] + 0.9 * trend[0, 0]
    assert ours == pytest.approx(theirs.forecast(1)[0], rel=0.02)


def test_classical_theta_agrees_with_statsmodels() -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    rng = np.random.default_rng(4)
    row = 100 + 2 * np.arange(25) + rng.normal(0, 3, 25).cumsum()
    state = theta.fit(panel(row[None]), shares=(0.5,), alphas=(0.5,))
    found = theta.point(state, 4)[0]
    model = ThetaModel(row, method="additive", deseasonalize=False, use_test=False).fit(
        use_mle=False
    )
    step = np.diff(np.asarray(model.forecast(4, theta=2)))
    np.testing.assert_allclose(np.diff(found), step, rtol=1e-6)


def test_state_space_agrees_with_statsmodels_filter_with_gaps() -> None:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    rng = np.random.default_rng(5)
    row = 20 + rng.normal(0, 1, 30).cumsum()
    row[[7, 8, 15]] = np.nan
    level, trend = 0.3, 0.02
    _, _, ours, slope, _ = state_space._run(row[None], np.array([[level, trend]]))
    model = UnobservedComponents(row, "lltrend")
    model.ssm["transition"] = np.array([[1.0, 1.0], [0.0, state_space.DAMPING]])
    model.initialize_known(np.array([row[0], 0.0]), np.diag([state_space.VAGUE, state_space.SLOPE]))
    theirs = model.smooth([1.0, level, trend])
    assert ours[0, 0] == pytest.approx(theirs.filtered_state[0, -1], abs=1e-3)
    assert slope[0, 0] == pytest.approx(theirs.filtered_state[1, -1], abs=1e-3)


def test_pooled_arima_agrees_with_statsmodels_on_fixed_parameters() -> None:
    from statsmodels.tsa.arima.model import ARIMA

    rng = np.random.default_rng(6)
    row = rng.normal(0, 1, 300).cumsum()
    found = pooled_arima.point(pooled_arima.fit(panel(row[None]), auto=(0.6,), moving=(0.3,)), 3)[0]
    model = ARIMA(row, order=(1, 1, 1))
    theirs = model.smooth([0.6, 0.3, 1.0]).forecast(3)
    np.testing.assert_allclose(found, theirs, atol=0.5 * 3 / 10)  # ours has a small constant


def test_pooled_regression_learns_that_changes_go_on() -> None:
    rng = np.random.default_rng(7)
    change = np.zeros((80, 30))
    for t in range(1, 30):
        change[:, t] = 0.8 * change[:, t - 1] + rng.normal(size=80)
    values = 100 + change.cumsum(axis=1)
    found = pooled_regression.point(pooled_regression.fit(panel(values)), 1)[:, 0]
    expected = values[:, -1] + 0.8 * change[:, -1]
    assert np.abs(found - expected).mean() < 0.35 * np.abs(0.8 * change[:, -1]).mean()


def test_quarters_keep_their_season() -> None:
    season = np.array([10.0, 20, 30, 40])
    found = naive.point(naive.fit(panel(np.tile(season, 5)[None], quarters=True)), 4)
    np.testing.assert_allclose(found[0], season, atol=1e-9)


@pytest.mark.parametrize("name", parts.names("methods"))
def test_every_method_answers_short_constant_and_zero_series(name: str) -> None:
    method = parts.find("methods", name)
    values = np.array([[3.0, 4, 5, 6, 8, 9], [0, 0, 0, 0, 0, 0], [7, 7, 7, 7, 7, 7]])
    people = np.full((3, 8), 1000.0)
    state = method.fit(panel(values, people))
    ahead = method.point(state, 2)
    draws = method.simulate(state, 2, 5, np.random.default_rng(1))
    assert ahead.shape == (3, 2)
    assert draws.shape == (3, 2, 5)
    assert np.isfinite(ahead).all()
    assert np.isfinite(draws).all()
    assert all(isinstance(a, np.ndarray) for a in state.arrays.values())


def test_an_option_out_of_range_is_refused_in_a_sentence() -> None:
    with pytest.raises(MethodError, match="damping 2"):
        drift.fit(LINE, damping=2.0)
    with pytest.raises(MethodError, match="scale 'square' is none of"):
        naive.fit(LINE, scale="square")

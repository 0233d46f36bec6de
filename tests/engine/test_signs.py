"""Signs of difficulty: what a series' manner and size say of the errors to come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from support.panels import panel

from forecast.engine import calibration, standing
from forecast.engine.options import EngineOptions
from forecast.engine.standing import SIGNS, SIZE, Standing
from forecast.engine.training import fit
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
LAST, LATELY, WHOLE = 0, 1, 2
CARRIED, ONE_WAY = 6, 7


def test_changes_that_turn_carry_less_than_changes_that_last() -> None:
    turning = 100 + 5 * (-1.0) ** np.arange(12)
    lasting = 100 + 5 * np.array([0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1.0])
    straight = 100 + 5 * np.arange(12.0)
    found = standing.of(panel(np.stack([turning, lasting, straight]))).signs
    assert found[0, CARRIED] < -1 < 0.5 < found[1, CARRIED]
    assert found[2, CARRIED] == pytest.approx(0.0)
    assert max(found[:2, ONE_WAY]) < 0.2 < 1.5 < found[2, ONE_WAY]
    whole = 11 * 5 / (11 * 5 + standing.BELIEF * standing.of(panel(straight[None])).scale[0])
    alone = standing.of(panel(straight[None])).signs
    assert alone[0, ONE_WAY] == pytest.approx(2 * whole)  # all of it one way, leaning on none


def test_levels_of_today_of_late_and_of_all_years_are_told_apart() -> None:
    grown = np.append(np.full(15, 10.5), np.full(5, 40.5))
    moving = grown + np.where(np.arange(20) % 2, 1.0, -1.0)
    found = standing.of(panel(moving[None]))
    units = np.exp(found.signs[0]) - 0.1
    assert units[LAST] * found.scale[0] == pytest.approx(moving[-1])
    assert units[LATELY] * found.scale[0] == pytest.approx(moving[-5:].mean())
    assert units[WHOLE] * found.scale[0] == pytest.approx(moving.mean())


def test_what_a_level_was_years_ago_says_nothing_of_quarters() -> None:
    values = np.exp(np.random.default_rng(3).normal(3, 1, (6, 24)).cumsum(axis=1) * 0.1)
    assert np.ptp(standing.of(panel(values)).signs[:, WHOLE]) > 0.1
    assert np.ptp(standing.of(panel(values, quarters=True)).signs[:, WHOLE]) == 0


def stood(scale: Floats) -> Standing:
    """Return series of which only the scale is known."""
    n = len(scale)
    return Standing(
        scale, np.zeros((n, SIGNS)), np.zeros(n),
        np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.intp), np.full(n, 20.0),
    )  # fmt: skip


def test_size_is_told_beside_the_group_whatever_its_unit() -> None:
    scale = np.exp(np.random.default_rng(1).normal(0, 1, 60))
    group = np.repeat([0, 1], 30).astype(np.intp)
    found = stood(scale).among(group).signs
    assert not found[:, :SIZE].any()
    for code in (0, 1):
        own = found[group == code, SIZE]
        assert np.median(own) == pytest.approx(0.0)
        assert (np.argsort(own) == np.argsort(scale[group == code])).all()
        assert np.abs(own).max() <= standing.FARTHEST
    kroner = stood(np.where(group == 1, 1e6 * scale, scale)).among(group).signs
    np.testing.assert_allclose(kroner, found)


@pytest.mark.parametrize("scale", [np.ones(5), np.array([3.0])])
def test_series_of_one_size_or_alone_are_of_no_size(scale: Floats) -> None:
    found = stood(scale).among(np.zeros(len(scale), dtype=np.intp))
    assert not found.signs.any()


def test_where_small_series_err_by_more_of_their_changes_they_are_wider() -> None:
    rng = np.random.default_rng(2)
    origins, series, horizon = 8, 200, 2
    scale = np.where(np.arange(series) < 100, 1.0, 20.0)
    unit = np.where(scale == 1.0, 2.0, 0.5) * scale
    actual = 1000 + unit[:, None] * rng.standard_normal((origins, series, horizon))
    one = stood(scale)
    stand = standing.stacked([one] * origins)
    said = np.full((origins, 1, series, horizon), 1000.0)
    trials = Trials(tuple(range(10, 10 + origins)), ("a",), said, actual, actual, stand)
    trials = replace(trials, forecasts=said * scale[:, None])  # as high above zero, in changes
    trials = replace(trials, actual=actual - 1000 + 1000 * scale[:, None])
    group = np.zeros(series, dtype=np.intp)

    def ratio(known: Trials) -> float:
        centre = known.forecasts[:, 0]
        signs = calibration.difficulty(known.forecasts, known.standing)
        widths = calibration.learn(known, centre, signs)
        wide = widths.spread(signs, known.standing)[0, :, 0] / scale
        return float(wide[0] / wide[-1])

    assert ratio(trials) == pytest.approx(1.0)
    assert 2.0 < ratio(trials.among(group)) < 4.0  # four times, held back by the ridge


def test_the_unit_of_a_panel_changes_no_forecast() -> None:
    rng = np.random.default_rng(3)
    size = np.exp(rng.normal(6, 1, (40, 1)))
    values = size * np.exp(rng.normal(0, 0.1, (40, 14)).cumsum(axis=1))
    options = EngineOptions(horizon=2, origins=3)
    plain, _ = fit(panel(values), options, 1)
    thousands, _ = fit(panel(values * 1024.0), options, 1)
    levels = (0.1, 0.5, 0.9)
    np.testing.assert_allclose(
        thousands.quantiles(levels), 1024.0 * plain.quantiles(levels), rtol=2e-3
    )

"""Convergence: low series of a group gain on high ones as past origins showed, sums stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.engine import convergence
from forecast.engine.standing import SIGNS, Standing
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
SERIES, HORIZON, ORIGINS = 60, 3, 8
LEVEL = np.linspace(100, 1000, SERIES)
ONE = np.zeros(SERIES, dtype=np.intp)


def closing(slopes: Floats, noise: float = 0.0) -> Trials:
    """Return trials of one member: errors of each origin follow a slope on the moves' direction."""
    rng = np.random.default_rng(1)
    origins = len(slopes)
    said = np.tile(LEVEL[:, None], (origins, 1, HORIZON)).reshape(origins, SERIES, HORIZON)
    scale = np.full((origins, SERIES), 2.0)
    way = convergence.direction(said, scale, ONE)
    far = slopes[:, None] * way * scale
    actual = said + far[..., None] * np.arange(1.0, HORIZON + 1)
    actual += noise * rng.standard_normal(actual.shape)
    shape = (origins, SERIES)
    stand = Standing(
        scale, np.zeros((*shape, SIGNS)), np.zeros(shape),
        np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.intp), np.full(shape, 20.0),
    )  # fmt: skip
    cuts = tuple(range(10, 10 + origins))
    return Trials(cuts, ("a",), said[:, None], actual, actual, stand)


def test_a_slope_that_all_origins_agree_on_is_believed_by_their_number() -> None:
    trials = closing(np.full(ORIGINS, -0.4))
    found = convergence.learn(trials, trials.forecasts[:, 0], ONE)
    believed = convergence.SHARE * ORIGINS / (ORIGINS + convergence.BELIEF)
    assert found == pytest.approx(-0.4 * believed)


def test_a_slope_that_turns_from_origin_to_origin_is_chance() -> None:
    turning = closing(np.array([0.5, -0.6] * 4))
    assert convergence.learn(turning, turning.forecasts[:, 0], ONE) == 0.0
    doubtful = closing(np.array([-0.8, 0.2] * 4))
    found = convergence.learn(doubtful, doubtful.forecasts[:, 0], ONE)
    agreed = closing(np.full(ORIGINS, -0.3))
    assert convergence.learn(agreed, agreed.forecasts[:, 0], ONE) < found < 0


@pytest.mark.parametrize("origins", [0, 1])
def test_fewer_than_two_origins_teach_nothing(origins: int) -> None:
    trials = closing(np.full(origins, -0.4))
    assert convergence.learn(trials, trials.forecasts[:, 0], ONE) == 0.0


def test_low_series_gain_high_ones_lose_and_the_sum_of_a_group_stays() -> None:
    rng = np.random.default_rng(2)
    group = np.repeat([0, 1], SERIES // 2).astype(np.intp)
    centre = np.exp(rng.normal(5, 1, (SERIES, 1))) * np.ones(HORIZON)
    scale = np.exp(rng.normal(2, 1, SERIES))
    found = convergence.moved(centre, -0.3, scale, group)
    for code in (0, 1):
        own = group == code
        np.testing.assert_allclose(found[own].sum(axis=0), centre[own].sum(axis=0))
        low, high = np.argmin(centre[own, 0]), np.argmax(centre[own, 0])
        assert found[own][low, 0] > centre[own][low, 0]
        assert found[own][high, 0] < centre[own][high, 0]
    far = found - centre
    np.testing.assert_allclose(far[:, 2], 3 * far[:, 0])  # as many changes as there are periods


def test_zeros_stay_and_a_series_alone_does_not_move() -> None:
    centre = np.tile(LEVEL[:, None], (1, HORIZON))
    centre[:5] = 0.0
    found = convergence.moved(centre, -0.3, np.ones(SERIES), ONE)
    assert not found[:5].any()
    assert found.sum() == pytest.approx(centre.sum())
    each = np.arange(SERIES, dtype=np.intp)
    np.testing.assert_allclose(convergence.moved(centre, -0.3, np.ones(SERIES), each), centre)


def test_the_order_of_the_series_moves_nothing() -> None:
    rng = np.random.default_rng(3)
    centre = np.round(np.exp(rng.normal(2, 1, (SERIES, 1)))) * np.ones(HORIZON)  # with ties
    scale, mixed = np.exp(rng.normal(0, 1, SERIES)), rng.permutation(SERIES)
    plain = convergence.moved(centre, 0.2, scale, ONE)
    np.testing.assert_allclose(
        convergence.moved(centre[mixed], 0.2, scale[mixed], ONE), plain[mixed]
    )

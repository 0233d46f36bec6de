"""Shocks: a year in which a whole group was missed widens no interval for good."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from support.standings import plain

from forecast.engine import calibration, momentum, shocks
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
SERIES, HORIZON, SCALE = 200, 2, 4.0
GROUP = np.repeat(np.arange(2, dtype=np.intp), SERIES // 2)
ROOT = np.sqrt(np.arange(1.0, HORIZON + 1))


def missed(common: Floats, seed: int = 1) -> Trials:
    """Return trials of a member that says 100: groups miss by `common` (o, 2) scales × √h.

    Within a group the series differ from that by ±half a scale, evenly.
    """
    origins = len(common)
    apart = np.random.default_rng(seed).permuted(
        np.tile(np.linspace(-0.5, 0.5, SERIES // 2), (origins, HORIZON, 2, 1)), axis=-1
    )
    apart = np.moveaxis(apart.reshape(origins, HORIZON, SERIES), 1, 2)
    happened = 100 + SCALE * (common[:, GROUP, None] + apart) * ROOT
    shape = (origins, SERIES)
    stand = plain(shape, SCALE)
    said = np.full((origins, 1, SERIES, HORIZON), 100.0)
    return Trials(tuple(range(10, 10 + origins)), ("a",), said, happened, happened, stand)


def centred(trials: Trials) -> Floats:
    return trials.forecasts[:, 0]


def drawn(trials: Trials) -> Floats:
    """Return what is left of the outcomes, in scales × √h above the forecast."""
    left = shocks.usual(trials, centred(trials), GROUP).actual
    return np.asarray((left - 100) / (SCALE * ROOT))


def test_a_large_common_shock_is_drawn_in_as_one_origin_tells_of_its_size() -> None:
    trials = missed(np.array([[2.0, 2.0]]))
    whole = 2.0 * SERIES / (SERIES + momentum.FEW)  # of all, which leans on none
    shock = (2.0 * SERIES / 2 + momentum.FEW * whole) / (SERIES / 2 + momentum.FEW)
    belief = shocks.BELIEF
    believed = np.sqrt((1 * shock**2 + belief * shocks.USUAL**2) / (1 + belief))
    found = np.median(drawn(trials), axis=1)
    np.testing.assert_allclose(found, 2.0 - shock + believed, rtol=1e-9)


@pytest.mark.parametrize("origins", [1, 3, 12])
def test_the_more_origins_the_more_of_a_shock_is_believed(origins: int) -> None:
    sign = (-1.0) ** np.arange(origins)[:, None]
    trials = missed(2.0 * sign * np.array([1.0, 1.0]))
    shock = shocks._common(trials, (trials.actual - 100) / (SCALE * ROOT), GROUP)
    size = float((shock**2).mean())
    belief = shocks.BELIEF
    believed = (origins * size + belief * shocks.USUAL**2) / (origins + belief)
    assert shocks._kept(shock) ** 2 * size == pytest.approx(believed)


def test_shocks_as_small_as_usual_stay_as_they_were() -> None:
    trials = missed(np.array([[0.4, -0.4], [0.1, 0.3], [-0.4, 0.2]]))
    same = shocks.usual(trials, centred(trials), GROUP).actual
    np.testing.assert_array_equal(same, trials.actual)


def test_what_differs_within_a_group_stays_to_the_last_digit() -> None:
    trials = missed(np.array([[2.0, -1.0], [0.5, 1.5]]))
    before, after = (trials.actual - 100) / (SCALE * ROOT), drawn(trials)
    for code in (0, 1):
        own = code == GROUP
        apart = [x[:, own] - x[:, own].mean(axis=1, keepdims=True) for x in (before, after)]
        np.testing.assert_allclose(apart[1], apart[0], atol=1e-12)
    assert (np.abs(after.mean(axis=1)) < np.abs(before.mean(axis=1))).all()


def test_what_is_unknown_stays_unknown() -> None:
    trials = missed(np.array([[2.0, -1.0], [0.5, 1.5]]))
    holes = trials.actual.copy()
    holes[1, :, 1] = np.nan
    holes[0, 5] = np.nan
    found = shocks.usual(replace(trials, actual=holes), centred(trials), GROUP).actual
    np.testing.assert_array_equal(np.isnan(found), np.isnan(holes))
    none = replace(trials, actual=np.full(holes.shape, np.nan))
    assert np.isnan(shocks.usual(none, centred(trials), GROUP).actual).all()


def test_a_rough_year_behind_few_origins_no_longer_rules_the_intervals() -> None:
    calm, rough = missed(np.zeros((2, 2))), missed(np.array([[2.5, -1.0], [0, 0]]))
    drawn_in = shocks.usual(rough, centred(rough), GROUP)
    wide = [reach(each) for each in (calm, drawn_in, rough)]
    assert wide[0] < wide[1] < 0.75 * wide[2]


def reach(trials: Trials) -> float:
    """Return how wide the 95 % interval of a series is a period ahead."""
    signs = calibration.difficulty(trials.forecasts, trials.standing)
    widths = calibration.learn(trials, centred(trials), signs)
    spread = widths.spread(signs[0], trials.standing.at(0))
    ends = widths.quantiles(centred(trials)[0], spread, np.array([0.025, 0.975]))
    return float((ends[..., 1] - ends[..., 0])[:, 0].mean())

"""Momentum: what was missed last year moves what is forecast now, as far as past origins showed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from support.standings import plain

from forecast.engine import agreement, momentum
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
SERIES, HORIZON = 100, 3
ROOT = np.sqrt(np.arange(1.0, HORIZON + 1))


def missed(common: Floats, step: int = 1, scale: float = 2.0) -> Trials:
    """Return trials of one member that says 100; all series end `common` (o, H) scales higher."""
    origins = len(common)
    cuts = tuple(range(10, 10 + origins * step, step))
    happened = np.broadcast_to(100 + scale * common[:, None], (origins, SERIES, HORIZON)).copy()
    for row, cut in enumerate(cuts):
        happened[row, :, cuts[-1] + 1 - cut :] = np.nan
    shape = (origins, SERIES)
    stand = plain(shape, scale)
    said = np.full((origins, 1, SERIES, HORIZON), 100.0)
    return Trials(cuts, ("a",), said, happened, happened, stand)


def centred(trials: Trials) -> Floats:
    return trials.forecasts[:, 0]


ONE = np.zeros(SERIES, dtype=np.intp)


def test_errors_that_went_on_move_the_centre_and_errors_that_turned_do_not() -> None:
    same = missed(np.tile(ROOT, (8, 1)))
    _, push = momentum.learn(same, centred(same), ONE)
    whole = SERIES / (SERIES + momentum.FEW)  # of all; the one group leans on it again
    believed = (SERIES + momentum.FEW * whole) / (SERIES + momentum.FEW)
    rest = 1 - believed  # what the group is not believed is its series' own
    np.testing.assert_allclose(push, momentum.MOST * believed + 7 / (7 + momentum.OWN) * rest)
    turning = missed(ROOT * (-1.0) ** np.arange(8)[:, None] * np.array([1.0, -1.0, 1.0]))
    _, none = momentum.learn(turning, centred(turning), ONE)
    turned = agreement.agreed(np.array([*[-1 / 3] * 5, 0.0, -1.0]), momentum.OWN)
    np.testing.assert_allclose(none, -turned * rest)  # nothing of the group's, the last was −1


@pytest.mark.parametrize("series", [1, 3, 100])
def test_what_a_handful_of_series_missed_goes_on_by_no_more_than_a_group_s(series: int) -> None:
    trials = missed(np.tile(ROOT, (8, 1))).of(np.arange(SERIES) < series)
    errors = momentum.Errors(trials.cuts, (trials.actual - 100) / 2 / ROOT, ONE[:series])
    own = np.stack([errors.beside(cut) for cut in trials.cuts])
    agreed = 7 / (7 + momentum.OWN)  # all origins say that all of it goes on
    most = max(momentum.MOST, series / (series + momentum.FEW))
    assert momentum._went_on(errors, own) == pytest.approx(min(agreed, most))
    _, push = momentum.learn(trials, centred(trials), ONE[:series])
    assert (push <= most).all()


def beside(follows: float, seed: int = 1) -> Trials:
    """Return trials in which a series' miss beside its group goes on by a factor a year."""
    rng = np.random.default_rng(seed)
    trials = missed(np.zeros((8, 1)))
    miss = [rng.permuted(np.linspace(-1.0, 1.0, SERIES))]
    for _ in range(8 + HORIZON):
        miss.append(follows * miss[-1] + 0.01 * rng.permuted(np.linspace(-1.0, 1.0, SERIES)))
    # the miss of an origin is that of the year before it, grown by the root of the horizon
    own = np.stack(miss[1:9])[:, :, None] * ROOT
    happened = np.where(np.isfinite(trials.actual), 100 + 2.0 * own, np.nan)
    return replace(trials, happened=happened, actual=happened)


@pytest.mark.parametrize("follows", [0.9, -0.9])
def test_what_a_series_missed_beside_its_group_goes_on_or_turns_as_it_did(follows: float) -> None:
    trials = beside(follows)
    then, push = momentum.learn(trials, centred(trials), ONE)
    newest = (trials.actual[-1, :, 0] - 100) / 2.0
    share = 7 / (7 + momentum.OWN) * follows
    np.testing.assert_allclose(push, share * newest, rtol=0.05, atol=0.02)
    assert not then[0].any()  # nothing was known before the first origin
    before = (trials.actual[4, :, 0] - 100) / 2.0
    np.testing.assert_allclose(then[5], share * before, rtol=0.05, atol=0.02)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_misses_that_are_chance_move_nothing_to_speak_of(seed: int) -> None:
    rng = np.random.default_rng(seed)
    trials = missed(np.zeros((8, 1)))
    chance = 100 + 2.0 * rng.uniform(-1, 1, (8, SERIES, 1)) * ROOT
    happened = np.where(np.isfinite(trials.actual), chance, np.nan)
    noise = replace(trials, happened=happened, actual=happened)
    _, push = momentum.learn(noise, centred(noise), ONE)
    assert np.abs(push).max() < 0.1


def test_origins_that_disagree_are_not_believed() -> None:
    assert agreement.agreed(np.array([0.5, 0.5, 0.5]), 1.0) == pytest.approx(0.5 * 3 / 4)
    assert agreement.agreed(np.array([1.0, -1.0, 0.2]), 1.0) == 0.0
    assert agreement.agreed(np.array([0.9]), 1.0) == 0.0
    mean, variance = 0.4, np.var([0.2, 0.6], ddof=1) / 2
    found = agreement.agreed(np.array([0.2, 0.6]), 2.0)
    assert found == pytest.approx(2 / 4 * mean * (1 - variance / mean**2))


def test_a_series_that_is_new_has_missed_nothing_of_its_own() -> None:
    trials = beside(0.9)
    holes = trials.actual.copy()
    holes[:, 3] = np.nan
    young = replace(trials, actual=holes)
    _, push = momentum.learn(young, centred(young), ONE)
    assert np.isfinite(push).all()
    assert abs(push[3]) < 0.01


def test_what_moved_a_centre_then_was_known_then() -> None:
    trials = missed(np.tile(ROOT, (8, 1)))
    then, _ = momentum.learn(trials, centred(trials), ONE)
    assert not then[0].any()  # nothing was known before the first origin
    late = trials.happened.copy()
    late[5:] += 50.0
    other = replace(trials, happened=late, actual=late)
    errors = [
        momentum.Errors(t.cuts, (t.actual - centred(t)) / 2 / ROOT, ONE) for t in (trials, other)
    ]
    for cut in trials.cuts[:6]:
        np.testing.assert_array_equal(errors[0].newest(cut), errors[1].newest(cut))
    assert errors[1].newest(trials.cuts[-1])[0] > errors[0].newest(trials.cuts[-1])[0]


def test_a_group_of_few_leans_on_all() -> None:
    group = np.zeros(SERIES, dtype=np.intp)
    group[:5] = 1
    error = np.where(group == 1, -1.0, 1.0)
    found = momentum.Errors((10,), np.zeros((1, SERIES, HORIZON)), group).middle(error)
    whole = SERIES / (SERIES + momentum.FEW)
    assert found[0] == pytest.approx((95 * 1 + momentum.FEW * whole) / (95 + momentum.FEW))
    assert found[1] == pytest.approx((5 * -1 + momentum.FEW * whole) / (5 + momentum.FEW))


def test_centres_move_by_scale_and_root_of_the_horizon_and_zeros_stay() -> None:
    centre = np.array([[100.0, 100.0, 100.0], [0.0, 0.0, 5.0]])
    found = momentum.moved(centre, np.array([0.5, -0.1]), np.array([4.0, 10.0]))
    np.testing.assert_allclose(found[0], 100 + 2 * ROOT)
    np.testing.assert_allclose(found[1], [0.0, 0.0, 5 - ROOT[2]])


@pytest.mark.parametrize(("origins", "step"), [(8, 4), (1, 1)])
def test_origins_far_apart_or_alone_teach_no_momentum(origins: int, step: int) -> None:
    trials = missed(np.tile(ROOT, (origins, 1)), step)
    then, push = momentum.learn(trials, centred(trials), ONE)
    assert not then.any()
    assert not push.any()


def test_without_origins_nothing_moves() -> None:
    none = missed(np.tile(ROOT, (3, 1))).select([])
    then, push = momentum.learn(none, none.actual, ONE)
    assert then.shape == (0, SERIES)
    assert push.tolist() == [0.0] * SERIES

"""Widths that correct themselves: toward the promise, and from the past alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.engine import calibration, correction, hardness
from forecast.engine.calibration import Calibration
from forecast.engine.standing import SIGNS, Standing
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
SERIES, HORIZON, ORIGINS = 200, 3, 9
ONE = np.zeros(SERIES, dtype=np.intp)


def made(growth: float, seed: int, origins: int = ORIGINS) -> Trials:
    """Return trials of two members whose errors grow by a factor from origin to origin."""
    rng = np.random.default_rng(seed)
    said = np.full((origins, 2, SERIES, HORIZON), 100.0)
    said[:, 1] += 1.0
    size = growth ** np.arange(origins)[:, None, None]
    actual = 100 + size * rng.standard_normal((origins, SERIES, HORIZON))
    shape = (origins, SERIES)
    stand = Standing(
        np.ones(shape), np.zeros((*shape, SIGNS)), np.zeros(shape),
        np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.intp), np.full(shape, 20.0),
    )  # fmt: skip
    return Trials(tuple(range(10, 10 + origins)), ("a", "b"), said, actual, actual, stand)


def centred(trials: Trials) -> Floats:
    return np.full(trials.actual.shape, 100.0)


def signs(trials: Trials) -> Floats:
    return calibration.difficulty(trials.forecasts, trials.standing)


def learnt(trials: Trials) -> Calibration:
    return calibration.learn(trials, centred(trials), signs(trials))


def corrected(plain: Calibration, trials: Trials) -> Calibration:
    return correction.corrected(plain, trials, centred(trials), signs(trials), ONE)


def coverage(widths: Calibration, last: Trials) -> tuple[float, float]:
    spread = widths.spread(signs(last), last.standing)
    score = np.abs(calibration.normal_scores(last.actual - centred(last), spread, widths))
    return float((score < 1.2816).mean()), float((score < 1.96).mean())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_errors_outgrow_the_past_coverage_moves_to_what_is_promised(seed: int) -> None:
    trials = made(1.08, seed)
    past, last = trials.before(18), trials.select([8])
    plain = learnt(past)
    honest = corrected(plain, past)
    before, after = coverage(plain, last), coverage(honest, last)
    assert abs(before[0] - 0.8) > 0.03
    assert abs(after[0] - 0.8) < 0.75 * abs(before[0] - 0.8)
    assert abs(after[1] - 0.95) < abs(before[1] - 0.95)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_errors_shrink_widths_follow_to_a_limit(seed: int) -> None:
    past = made(1 / 1.3, seed).before(18)
    plain = learnt(past)
    honest = corrected(plain, past)
    ends = [0, -1]
    middle = plain.shape[:, [len(calibration.LEVELS) // 2]]
    np.testing.assert_allclose(
        honest.shape[:, ends] - middle, (plain.shape[:, ends] - middle) * correction.NARROWEST
    )


def test_origins_that_disagree_leave_the_widths_on_the_safe_side() -> None:
    rng = np.random.default_rng(8)
    calm = [np.abs(rng.standard_normal(4000)) for _ in range(6)]
    mixed = [score * size for score, size in zip(calm, (0.5, 1.5) * 3, strict=True)]
    assert (correction._standard_error(calm) < 0.02).all()
    np.testing.assert_allclose(
        correction._standard_error(mixed), np.log(3.0) / 2 * np.sqrt(6 / 5) / np.sqrt(6), rtol=0.1
    )
    assert (correction._standard_error(calm[:1]) == 0).all()


def test_widths_that_were_right_stay_nearly_as_they_are() -> None:
    past = made(1.0, 4)
    plain = learnt(past)
    honest = corrected(plain, past)
    np.testing.assert_allclose(honest.shape, plain.shape, rtol=0.06, atol=0.02)
    assert (np.diff(honest.shape, axis=1) >= 0).all()


def test_noise_after_an_origin_changes_no_bit_of_the_widths_corrected_there() -> None:
    trials = made(1.1, 5)
    noisy = replace(trials, happened=trials.happened.copy())
    for row, cut in enumerate(trials.cuts):
        noisy.happened[row, :, max(15 - cut, 0) :] = 1e6 * row
    found = []
    for each in (trials, noisy):
        past = each.before(15)
        plain = learnt(past)
        found.append(corrected(plain, past).shape)
    np.testing.assert_array_equal(found[0], found[1])


def test_without_origins_to_look_back_upon_nothing_is_corrected() -> None:
    few = made(1.3, 6, origins=2)
    plain = learnt(few)
    assert corrected(plain, few) is plain


def test_at_a_past_origin_a_series_is_as_young_as_it_was_then() -> None:
    trials = made(1.0, 7)
    length = np.broadcast_to(np.array([2.0, 3, 4, 5, 6, 7, 8, 9, 10])[:, None], (9, SERIES))
    grown = replace(trials, standing=replace(trials.standing, length=length))
    early, late = grown.before(14), grown.before(18)  # with 6 and with 10 observations
    assert np.isnan(early.actual[0]).all()
    assert np.isfinite(early.actual[1]).all()
    assert np.isnan(late.actual[:3]).all()
    assert np.isfinite(late.actual[3]).all()


def test_a_group_that_is_harder_to_foretell_is_wider_as_far_as_its_series_tell() -> None:
    trials = made(1.0, 8)
    group = np.zeros(SERIES, dtype=np.intp)
    group[: SERIES // 2] = 1
    hard = np.where(group == 1, 2.0, 1.0)[:, None]
    actual = 100 + hard * (trials.actual - 100)
    twice = replace(trials, actual=actual, happened=actual)
    found = hardness.learn(twice, centred(twice), group)
    belief = 9 / 11 * 100 / 120
    np.testing.assert_allclose(found[1] / found[0], 2**belief, rtol=0.08)
    assert hardness.learn(twice, centred(twice), group * 0).tolist() == [1.0]
    np.testing.assert_allclose(
        twice.widened(np.full(SERIES, 3.0)).standing.scale, 3 * twice.standing.scale
    )


def test_a_jump_of_a_series_that_never_moved_stays_within_what_members_are_held_to() -> None:
    trials = made(1.0, 9)
    far = trials.actual.copy()
    far[5, :40] = 1e12
    jumped = replace(trials, actual=far, happened=far)
    widths = learnt(jumped)
    reach = widths.growth[:, None] * np.abs(widths.shape)
    assert reach.max() <= 1.5 * calibration.FAR * np.exp(calibration.REACH)

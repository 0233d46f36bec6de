"""Weights: one set for a panel, and a group's own pulled toward it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.engine import calibration, weights
from forecast.engine.standing import SIGNS, Standing
from forecast.engine.trials import Trials

Ints = NDArray[np.intp]
HORIZON, ORIGINS = 3, 6


def two_kinds(large: int, small: int) -> tuple[Trials, Ints]:
    """Return trials in which one member is right of the first group, the other of the second."""
    rng = np.random.default_rng(5)
    n = large + small
    group = (np.arange(n) >= large).astype(np.intp)
    truth = 100 + 5 * rng.standard_normal((ORIGINS, n, HORIZON))
    noise = 3 * rng.standard_normal((2, *truth.shape))
    right = np.stack([group == 0, group == 1])[:, None, :, None]
    said = np.moveaxis(truth + np.where(right, 0.1, 1.0) * noise, 0, 1)
    shape = (ORIGINS, n)
    stand = Standing(
        np.full(shape, 5.0), np.zeros((*shape, SIGNS)), np.zeros(shape),
        np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.intp), np.full(shape, 20.0),
    )  # fmt: skip
    cuts = tuple(range(10, 10 + ORIGINS))
    return Trials(cuts, ("a", "b"), said, truth, truth, stand), group


def test_each_group_weighs_the_member_that_was_right_of_it() -> None:
    trials, group = two_kinds(80, 80)
    found = weights.by_group(trials, group)
    np.testing.assert_allclose(found.sum(axis=2), 1.0)
    assert (found >= 0).all()
    assert (found[0, :, 0] > 0.9).all()
    assert (found[1, :, 1] > 0.9).all()


def test_a_group_of_few_series_leans_on_the_weights_of_all() -> None:
    trials, group = two_kinds(80, 80)
    few = np.where(np.arange(160) < 157, 0, 1).astype(np.intp)
    many = np.where(np.arange(160) < 100, 0, 1).astype(np.intp)
    everyone = weights.learn(trials)
    pulls = []
    for of in (few, many):
        own = weights._learnt(trials.of(of == 1), np.arange(1), everyone[0], pull=1e-9)
        found = weights.by_group(trials, of)[1, 0]
        pulls.append(float(np.abs(found - own).sum() / np.abs(everyone[0] - own).sum()))
    assert pulls[0] > 1.5 * pulls[1]
    assert group.max() == 1


def test_one_group_has_the_weights_of_the_panel() -> None:
    trials, group = two_kinds(40, 40)
    found = weights.by_group(trials, group * 0)
    np.testing.assert_array_equal(found, weights.learn(trials)[None])


def test_a_group_that_was_never_seen_has_the_weights_of_the_panel() -> None:
    trials, group = two_kinds(60, 20)
    trials.actual[:, group == 1] = np.nan
    found = weights.by_group(trials, group)
    np.testing.assert_array_equal(found[1], weights.learn(trials))


def test_paths_are_combined_by_the_weights_of_each_series() -> None:
    trials, group = two_kinds(3, 3)
    weight = np.random.default_rng(2).dirichlet(np.ones(2), (2, HORIZON))
    found = calibration.combined(trials.forecasts, weight[group])
    for code in (0, 1):
        alone = calibration.combined(trials.of(group == code).forecasts, weight[code])
        np.testing.assert_allclose(found[:, group == code], alone)

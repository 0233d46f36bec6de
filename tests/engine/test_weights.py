"""Weights: one set for a panel, a group's own pulled toward it, both from halves of the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from support.panels import panel

from forecast.engine import bank, calibration, weights
from forecast.engine.options import EngineOptions
from forecast.engine.standing import SIGNS, Standing
from forecast.engine.training import fit
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
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


def by_group(trials: Trials, group: Ints, pull: float = weights.PULL) -> Floats:
    """Return the weights (groups, H, m) that are learnt from all origins at once."""
    return weights._by_group(weights._scaled(trials), group, pull)


def test_each_group_weighs_the_member_that_was_right_of_it() -> None:
    trials, group = two_kinds(80, 80)
    found = by_group(trials, group)
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
        own = weights._learnt(
            weights._scaled(trials.of(of == 1)), np.arange(1), everyone[0], pull=1e-9
        )
        found = by_group(trials, of)[1, 0]
        pulls.append(float(np.abs(found - own).sum() / np.abs(everyone[0] - own).sum()))
    assert pulls[0] > 1.5 * pulls[1]
    assert group.max() == 1


def test_horizons_that_no_origin_has_reached_go_on_as_the_group_did_before() -> None:
    trials, group = two_kinds(80, 80)
    actual = trials.actual.copy()
    actual[..., 2] = np.nan  # horizons 1 and 2 are bands of their own, 3 is another
    found = by_group(replace(trials, actual=actual), group)
    np.testing.assert_array_equal(found[:, 2], found[:, 1])
    assert found[0, 2, 0] > 0.9
    assert found[1, 2, 1] > 0.9
    young = trials.actual.copy()
    young[:, group == 1, 2] = np.nan  # the other group has come so far: its errors are believed
    others = by_group(replace(trials, actual=young), group)
    everyone = weights.learn(replace(trials, actual=young))
    np.testing.assert_array_equal(others[1, 2], everyone[2])


def test_one_group_has_the_weights_of_the_panel() -> None:
    trials, group = two_kinds(40, 40)
    found = by_group(trials, group * 0)
    np.testing.assert_array_equal(found, weights.learn(trials)[None])


def test_a_group_that_was_never_seen_has_the_weights_of_the_panel() -> None:
    trials, group = two_kinds(60, 20)
    trials.actual[:, group == 1] = np.nan
    found = by_group(trials, group)
    np.testing.assert_array_equal(found[1], weights.learn(trials))


def longer(origins: int, apart: int = 1) -> tuple[Trials, Ints]:
    """Return trials of one group from more or fewer origins, so far apart."""
    trials, group = two_kinds(30, 10)
    kept = trials.select([k % ORIGINS for k in range(origins)])
    noise = np.random.default_rng(3).standard_normal(kept.actual.shape)
    cuts = tuple(range(10, 10 + apart * origins, apart))
    return replace(kept, cuts=cuts, actual=kept.actual + noise), group


def test_weights_of_many_origins_are_the_mean_of_those_of_every_half() -> None:
    trials, group = longer(8)
    found = weights.parted(trials, group)
    halves = [[0, 1, 2, 3], [0, 1, 4, 5], [0, 1, 6, 7], [2, 3, 4, 5], [2, 3, 6, 7], [4, 5, 6, 7]]
    each = [by_group(trials.select(half), group, weights.HALVED) for half in halves]
    np.testing.assert_allclose(found.whole, np.mean(each, axis=0))
    np.testing.assert_allclose(found.without(0), np.mean(each[3:], axis=0))
    np.testing.assert_allclose(found.whole.sum(axis=2), 1.0)
    assert (found.whole >= 0).all()


@pytest.mark.parametrize(("origins", "apart"), [(2, 1), (3, 1), (8, 1), (11, 1), (9, 4)])
def test_weights_that_an_origin_is_judged_by_did_not_see_it(origins: int, apart: int) -> None:
    trials, group = longer(origins, apart)
    before = weights.parted(trials, group)
    assert np.concatenate(before.blocks).tolist() == list(range(origins))
    for number, block in enumerate(before.blocks):
        actual = trials.actual.copy()
        actual[block] = 1e3 * np.random.default_rng(number).standard_normal(actual[block].shape)
        after = weights.parted(replace(trials, actual=actual), group)
        np.testing.assert_array_equal(after.without(number), before.without(number))
        assert (after.whole != before.whole).any()


@pytest.mark.parametrize(("origins", "apart"), [(1, 1), (3, 1), (9, 4)])
def test_few_origins_and_those_years_apart_are_learnt_from_together(
    origins: int, apart: int
) -> None:
    trials, group = longer(origins, apart)
    found = weights.parted(trials, group)
    np.testing.assert_array_equal(found.whole, by_group(trials, group))


def test_one_origin_is_judged_by_equal_weights() -> None:
    trials, group = longer(1)
    np.testing.assert_array_equal(weights.parted(trials, group).without(0), 0.5)


def test_paths_are_combined_by_the_weights_of_each_series() -> None:
    trials, group = two_kinds(3, 3)
    weight = np.random.default_rng(2).dirichlet(np.ones(2), (2, HORIZON))
    found = calibration.combined(trials.forecasts, weight[group])
    for code in (0, 1):
        alone = calibration.combined(trials.of(group == code).forecasts, weight[code])
        np.testing.assert_allclose(found[:, group == code], alone)


def test_before_any_origin_pooling_counts_for_more_than_a_series_own_trend() -> None:
    names = ("holt", "pooled_growth", "smoothing", "prophet")
    assert weights.expected(names) == pytest.approx(np.array([0.25, 2.0, 1.5, 1.0]) / 4.75)
    np.testing.assert_array_equal(weights.expected(("a", "b")), 0.5)


def test_members_of_the_standard_bank_are_all_expected_to_be_worth_something() -> None:
    counts = np.random.default_rng(1).poisson(50.0, (4, 6)).astype(float)
    standard = bank.standard(panel(counts), EngineOptions())
    assert set(standard) == set(weights.EXPECTED)
    assert (weights.expected(tuple(standard)) > 0).all()


def test_where_nothing_can_be_learnt_what_is_expected_stands() -> None:
    fitted, _ = fit(panel(np.array([[10.5, 12.0, 11.5]])), EngineOptions(horizon=2), 1)
    names = tuple(m.name for m in fitted.members)
    np.testing.assert_allclose(fitted.learnt.weight[0], np.tile(weights.expected(names), (2, 1)))

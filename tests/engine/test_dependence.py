"""Dependence: shares of what a group has in common, and how sure they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, norm

from forecast.engine import dependence, reconciliation
from forecast.engine.dependence import Dependence
from forecast.engine.walks import Walks

SEVERAL = 40


def drawn(worth: float, share: float = 0.4, region: float = 0.05) -> np.ndarray:
    """Return (n, 2, S) draws of series in one group and one region."""
    shared = Dependence(np.full(2, share), region, np.full(2, worth))
    one = np.zeros(SEVERAL, dtype=np.intp)
    names = [str(k) for k in range(SEVERAL)]
    return shared.normal((names, one, one, np.arange(SEVERAL)), Walks((2, 4000), 1))


def test_each_series_keeps_its_distribution_however_little_is_known_of_the_share() -> None:
    z = drawn(worth=0.0, share=0.7, region=0.15)
    for series in (0, 7):
        assert kstest(z[series, 1], norm.cdf).pvalue > 0.001
    np.testing.assert_allclose(z.std(axis=2), 1.0, atol=0.05)


def test_the_fewer_shocks_were_seen_the_further_a_sum_may_go() -> None:
    outer = []
    for worth in (1.0, 5.0, 1e6):
        total = np.abs(drawn(worth, share=0.2, region=0.0)[:, 0].sum(axis=0))
        middle, far = np.quantile(total, (0.5, 0.99))
        outer.append(far / middle)
    assert outer[0] > 1.03 * outer[1] > 1.06 * outer[2]
    assert outer[2] == pytest.approx(norm.ppf(0.995) / norm.ppf(0.75), rel=0.08)


def test_with_many_shocks_seen_a_sum_varies_as_its_share_says() -> None:
    total = drawn(worth=1e9, share=0.4, region=0.0)[:, 1].sum(axis=0)
    expected = SEVERAL * (1 + (SEVERAL - 1) * 0.4)
    assert total.var() == pytest.approx(expected, rel=0.08)


def test_shares_of_futures_never_leave_less_than_nothing_of_a_series_own() -> None:
    shared = Dependence(np.array([0.8, 0.8]), 0.15, np.array([1.0, 0.5]))
    share = shared.shares((2, 5000), 1, 0)
    assert share.min() > 0
    assert share.max() == pytest.approx(0.85)
    np.testing.assert_array_equal(share, shared.shares((2, 5000), 1, 0))


def test_a_share_weighs_errors_by_their_size() -> None:
    score = np.array([[1.0, 1.0, -1.0]])[..., None]
    size = np.array([[2.0, 2.0, 1.0]])[..., None]
    one = np.zeros(3, dtype=np.intp)
    plain, _ = dependence._intraclass(score, np.ones((1, 3, 1)), one)
    assert plain == pytest.approx((1 - 1 - 1) / 3)
    weighed, origins = dependence._intraclass(score, size, one)
    assert weighed == pytest.approx((4 - 2 - 2) / (4 + 2 + 2))
    assert origins == 1
    assert weighed == pytest.approx(dependence._intraclass(score, 7 * size, one)[0])


def test_unknown_errors_and_single_series_say_nothing_of_a_share() -> None:
    score = np.array([[1.0, np.nan, 1.0]])[..., None]
    size = np.ones((1, 3, 1))
    same = np.zeros(3, dtype=np.intp)
    assert dependence._intraclass(score, size, same) == (1.0, 1.0)
    assert dependence._intraclass(score, size, np.arange(3)) == (0.0, 0.0)


def test_what_only_large_series_share_counts_in_full() -> None:
    rng = np.random.default_rng(3)
    score = rng.standard_normal((200, 30, 1))
    score[:, :5] = np.sqrt(0.2) * score[:, :5] + np.sqrt(0.8) * rng.standard_normal((200, 1, 1))
    size = np.ones((200, 30, 1))
    size[:, :5] = 50.0
    one = np.zeros(30, dtype=np.intp)
    assert dependence._intraclass(score, np.ones_like(size), one)[0] < 0.1
    assert dependence._intraclass(score, size, one)[0] > 0.6


def test_origins_within_one_horizon_count_as_one() -> None:
    near, far = (dependence._leaning((0.5, 6.0), within, 0.1) for within in (1.0, 3.0))
    np.testing.assert_allclose(near, ((6 * 0.5 + 0.1) / 7, 6.0))
    np.testing.assert_allclose(far, ((2 * 0.5 + 0.1) / 3, 2.0))
    np.testing.assert_allclose(dependence._leaning((0.0, 0.0), 1.0, 0.1), (0.1, 0.0))
    assert dependence._leaning((0.99, 9.0), 1.0, 0.1)[0] == dependence.MOST


def test_common_shocks_rise_as_the_root_of_the_horizon() -> None:
    rise = dependence._rising(4)
    assert rise.mean() == pytest.approx(1.0)
    assert rise[3] / rise[0] == pytest.approx(2.0)


def test_what_is_common_never_varies_less_later_on() -> None:
    found = dependence._lasting(np.array([0.4, 0.1, 0.2]), np.array([1.0, 1.0, 2.0]))
    np.testing.assert_allclose(found, [0.4, 0.4, 0.2])
    rng = np.random.default_rng(3)
    for _ in range(50):
        share, growth = rng.uniform(0, 0.8, 8), np.maximum.accumulate(rng.uniform(0.1, 3, 8))
        kept = dependence._lasting(share, growth)
        assert (np.diff(kept * growth**2) >= -1e-12).all()
        assert ((kept >= share - 1e-12) & (kept <= dependence.MOST)).all()


def test_a_step_toward_sums_is_taken_only_where_they_gain_beyond_chance() -> None:
    own = {0.0: [1.0, 1.0, 1.0], 1.0: [1.0, 1.0, 1.0]}
    sure = {0.0: [1.0, 1.1, 0.9], 1.0: [0.8, 0.9, 0.75]}
    lucky = {0.0: [1.0, 1.1, 0.9], 1.0: [1.1, 1.2, 0.4]}
    assert reconciliation._pays(own, sure, 1.0)
    assert not reconciliation._pays(own, lucky, 1.0)
    assert not reconciliation._pays({**own, 1.0: [1.0, 1.0, 1.01]}, sure, 1.0)

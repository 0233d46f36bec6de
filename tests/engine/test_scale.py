"""Scale: what a series changes by, from its own changes and from its level."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import poisson
from support.panels import panel

from forecast.engine import scale, standing


def apart(mean: float) -> float:
    """Return the mean distance of two Poisson counts, summed over what they may be."""
    x = np.arange(60)
    chance = poisson.pmf(x, mean)
    return float(chance @ np.abs(x[:, None] - x) @ chance)


def test_a_count_of_a_few_that_never_moved_borrows_by_the_root_of_its_level() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(np.repeat([2.0, 8.0], 300)[:, None], (600, 12)).astype(float)
    still = np.repeat([[2.0], [8.0]], 12, axis=1)
    found = scale.of(panel(np.vstack([counts, still])))[-2:]
    share = scale.LUCK / (11 + scale.LUCK)  # beside eleven changes of nothing
    assert found == pytest.approx(share * np.array([apart(2.0), apart(8.0)]), rel=0.05)
    assert found[1] == pytest.approx(2 * found[0])


def test_a_short_count_of_a_few_is_judged_by_its_level_more_than_by_its_luck() -> None:
    counts = np.random.default_rng(2).poisson(6.0, (300, 4)).astype(float)
    found = scale.of(panel(counts))
    own = np.abs(np.diff(counts, axis=1)).mean(axis=1)
    assert found.mean() == pytest.approx(own.mean(), rel=0.1)
    assert found.std() < 0.4 * own.std()


def test_other_series_borrow_in_proportion_to_their_level() -> None:
    values = np.array([[100.5, 110.5, 100.5], [1000.0, 1100.0, 1000.0], [10.5, 10.5, 10.5]])
    ratio = np.median([0.0, 10 / (311.5 / 3), 100 / (3100 / 3)])
    half = scale.BELIEF / (2 + scale.BELIEF)
    assert scale.of(panel(values))[2] == pytest.approx(half * ratio * 10.5)


def test_counts_of_a_few_are_whole_few_and_not_negative() -> None:
    values = np.array(
        [[0, 1, 20, np.nan], [10, 9, 11, 10], [1, 2.5, 1, 2], [1, -1, 2, 3], [np.nan] * 4]
    )
    assert scale.whole(values, scale.FEW).tolist() == [True, False, False, False, True]
    assert standing.of(panel(values[:4])).whole.tolist() == [True, True, False, False]


def test_a_change_ten_years_old_counts_half_of_the_newest_and_quarters_count_alike() -> None:
    first, between, last = 30.0, [5.0] * 9, 10.0
    values = np.array([np.cumsum([100.5, first, *between, last])])
    weight = 0.5 ** (np.arange(11.0)[::-1] / scale.HALF)
    assert weight[0] == pytest.approx(0.5)
    own = weight @ [first, *between, last] / weight.sum()
    assert scale.of(panel(values)) == pytest.approx(own)  # alone, it borrows of itself
    plain = np.mean([first, *between, last])
    assert scale.of(panel(values, quarters=True)) == pytest.approx(plain)


def test_age_counts_from_a_series_own_last_value() -> None:
    early = np.array([100.5, 120.5, 121.5, 122.5, 130.5])
    gone = np.append(early, [np.nan] * 6)
    found = scale.of(panel(np.stack([gone, np.append([np.nan] * 6, early)])))
    assert found[0] == pytest.approx(found[1])

"""The bridge against Shapley's own definition, and the sums that must hold."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.costs.bridge import shapley

factors = st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 1e3)), min_size=1, max_size=7)


def by_all_orders(before: list[float], after: list[float]) -> list[float]:
    """Change one factor after the other, in every order, and take the mean of what each did."""
    parts = [0.0] * len(before)
    orders = list(permutations(range(len(before))))
    for order in orders:
        now = list(before)
        for i in order:
            start = np.prod(now)
            now[i] = after[i]
            parts[i] += float(np.prod(now) - start) / len(orders)
    return parts


def split(before: list[float], after: list[float]) -> list[float]:
    return [float(p.item()) for p in shapley([np.array([a]) for a in before],
                                             [np.array([b]) for b in after])]  # fmt: skip


@given(factors)
def test_agrees_with_the_mean_over_all_orders(pairs: list[tuple[float, float]]) -> None:
    before, after = [a for a, _ in pairs[:5]], [b for _, b in pairs[:5]]
    scale = max(1.0, float(np.prod(np.maximum(before, after))))
    assert split(before, after) == pytest.approx(by_all_orders(before, after), abs=1e-12 * scale)


@given(factors)
def test_parts_sum_to_the_change(pairs: list[tuple[float, float]]) -> None:
    before, after = [a for a, _ in pairs], [b for _, b in pairs]
    larger = max(float(np.prod(before)), float(np.prod(after)), 1e-300)
    path = float(np.prod([max(a, b) for a, b in pairs]))  # the size of what is added up
    change = float(np.prod(after) - np.prod(before))
    assert sum(split(before, after)) == pytest.approx(change, abs=1e-9 * max(larger, 1e-5 * path))


@given(factors, st.floats(0.01, 100))
def test_another_unit_changes_every_part_by_the_same_factor(
    pairs: list[tuple[float, float]], unit: float
) -> None:
    before, after = [a for a, _ in pairs], [b for _, b in pairs]
    one = split(before, after)
    other = split([before[0] * unit, *before[1:]], [after[0] * unit, *after[1:]])
    scale = float(np.prod([max(a, b, 1) for a, b in pairs])) * max(unit, 1)
    assert other == pytest.approx([unit * part for part in one], abs=1e-11 * scale)


def test_two_factors_share_the_joint_growth_equally() -> None:
    # 10 users at 100 become 12 at 110: 2 × 105 for users, 10 × 11 for the price
    assert split([10, 100], [12, 110]) == pytest.approx([210, 110])


def test_a_factor_that_did_not_change_has_no_part() -> None:
    assert split([3, 5, 7], [4, 5, 7])[1:] == [0, 0]


def test_a_service_that_did_not_exist_has_all_its_growth_in_what_brought_it() -> None:
    assert split([100, 0, 50], [100, 2, 50]) == pytest.approx([0, 10_000, 0])

"""The service frame: sanctions against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from forecast import areas
from forecast.costs import frame

N = len(areas.municipalities())
SHARE = np.full(N, 1 / N)


def test_sixty_per_cent_from_those_who_overran_forty_from_all() -> None:
    gap = np.zeros((N, 1))
    gap[0], gap[1] = 300.0, 100.0  # two overran, by 400 together
    found = frame.sanctions(gap, SHARE)
    assert found["sanction"][-1] == pytest.approx(400.0)
    assert found["sanction_own"][0] == pytest.approx(0.6 * 400 * 0.75)
    assert found["sanction_own"][1] == pytest.approx(0.6 * 400 * 0.25)
    assert found["sanction_own"][2] == 0
    assert found["sanction_shared"][2] == pytest.approx(0.4 * 400 / N)


def test_no_cut_where_the_nation_keeps_the_frame() -> None:
    gap = np.zeros((N, 1))
    gap[0], gap[1] = 300.0, -500.0
    found = frame.sanctions(gap, SHARE)
    assert all((values == 0).all() for values in found.values())


def test_at_most_three_billion_of_the_grant_is_at_risk() -> None:
    found = frame.sanctions(np.full((N, 1), 1e6), SHARE)
    assert found["grant_at_risk"][-1] == pytest.approx(3_000_000.0)


@given(arrays.arrays(np.float64, (N, 4), elements=st.floats(-1e6, 1e6)))
def test_the_cut_is_the_overrun_and_both_parts_sum_to_it(gap: np.ndarray) -> None:
    found = frame.sanctions(gap, SHARE)
    overrun = np.maximum(gap.sum(axis=0), 0)
    assert found["sanction"][-1] == pytest.approx(overrun, rel=1e-9, abs=1e-6)
    both = found["sanction_own"] + found["sanction_shared"]
    assert both == pytest.approx(found["sanction"], rel=1e-9, abs=1e-6)


def test_the_last_known_lift_stands_for_a_year_without_one() -> None:
    assert frame.assumed({2025: 1.0, 2026: 2.0}, 2027) == 2026
    assert frame.assumed({2027: 1.0}, 2027) is None
    assert frame.assumed({}, 2027) is None

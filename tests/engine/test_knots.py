"""Knots: the answer is numpy's to the last bit, on, between and beyond the knots."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from forecast.engine.calibration import LEVELS
from forecast.engine.knots import FEW, Knots


@pytest.mark.parametrize("seed", range(4))
def test_a_curve_is_read_as_numpy_reads_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = ndtri(LEVELS)
    heights = np.sort(rng.normal(size=len(places)))
    heights[3] = heights[4]
    x = rng.normal(size=(40, FEW // 20)) * rng.choice([0.1, 1.0, 5.0])
    x[:, : len(places)] = places
    x[:, len(places) : 2 * len(places)] = np.nextafter(places, -np.inf)
    found = Knots(places).read(x, heights)
    np.testing.assert_array_equal(found, np.interp(x, places, heights))
    np.testing.assert_array_equal(Knots(places).read(x[0], heights), found[0])


def test_a_place_that_is_not_finite_is_read_among_few() -> None:
    knots, heights = Knots(np.array([-1.0, 0.0, 2.0])), np.array([3.0, 4.0, 8.0])
    assert knots.read(np.array([-np.inf, 1.0, np.inf]), heights).tolist() == [3.0, 6.0, 8.0]

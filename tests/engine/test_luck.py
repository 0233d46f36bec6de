"""Luck: a small count that hardly moved errs by half as much as counts of its size, at least."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.engine import calibration, standing
from forecast.engine.calibration import LEVELS, LUCK, SIGNS, Calibration
from forecast.engine.standing import Standing

Floats = NDArray[np.float64]
FLAT = Calibration(np.array([1.0, 1.5]), np.zeros((2, SIGNS)), np.zeros((2, len(LEVELS))))


def stood(scale: Floats, whole: bool) -> Standing:
    """Return series of which only the scale is known, and whether they are small counts."""
    n = len(scale)
    return Standing(
        scale, np.zeros((n, standing.SIGNS)), np.zeros(n),
        np.full(n, whole), np.zeros(n, dtype=np.intp), np.full(n, 20.0),
    )  # fmt: skip


def spread(level: Floats, stand: Standing) -> Floats:
    """Return (n, 2) expected errors of series that one member forecasts at a level."""
    said = np.repeat(level[:, None], 2, axis=1)[None]
    return FLAT.spread(calibration.difficulty(said, stand), stand)


def test_a_count_that_never_moved_errs_by_half_of_its_luck() -> None:
    level = np.repeat([3.5, 15.5], 50)
    scale = np.sqrt(level + 0.5)  # as luck has it: 2 and 4
    scale[[0, 50]] = 0.01
    found = spread(level, stood(scale, True))
    kept = scale.sum() / np.sqrt(level + 0.5).sum()
    assert found[0] == pytest.approx(LUCK * kept * 2 * FLAT.growth)
    assert found[50] == pytest.approx(LUCK * kept * 4 * FLAT.growth)
    others = np.delete(np.arange(100), [0, 50])
    np.testing.assert_allclose(found[others], scale[others, None] * FLAT.growth)


def test_luck_goes_with_the_forecast_and_not_with_the_past() -> None:
    scale = np.array([2.0, 2.0, 0.01, 0.01])
    found = spread(np.array([5.0, 5.0, 0.0, 20.0]), stood(scale, True))
    assert found[3, 0] / found[2, 0] == pytest.approx(np.sqrt(20.5 / 0.5))


def test_other_series_are_left_alone() -> None:
    scale, level = np.array([2.0, 2.0, 0.01]), np.array([5.0, 5.0, 5.0])
    large = stood(scale, False)
    np.testing.assert_allclose(spread(level, large), scale[:, None] * FLAT.growth)
    mixed = replace(large, whole=np.array([False, False, True]))
    np.testing.assert_allclose(spread(level, mixed), scale[:, None] * FLAT.growth)  # alone: no peer

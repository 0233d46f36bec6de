"""Shapes: how errors of a unit size are spread, from many of them or from few."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from forecast.engine import calibration
from forecast.engine.calibration import LEVELS, NARROW, THIN, USUAL

Floats = NDArray[np.float64]
OUTER = [0, -1]


def shape(series: int, origins: int = 10) -> Floats:
    """Return the shape that is learnt from errors within one either way, equally likely."""
    unit = np.random.default_rng(8).uniform(-1, 1, (origins, series, 1))
    return calibration._shape(unit)


def test_the_usual_shape_is_student_s_and_half_of_it_lies_within_what_is_narrow() -> None:
    student = stats.t(df=calibration.FREEDOM)
    np.testing.assert_allclose(USUAL, NARROW * student.ppf(LEVELS) / student.ppf(0.75))
    np.testing.assert_allclose(USUAL, -USUAL[::-1], atol=1e-12)
    assert np.interp(0.75, LEVELS, USUAL) == pytest.approx(NARROW)


def test_many_errors_keep_their_own_shape() -> None:
    assert np.abs(shape(4_000)[OUTER]) == pytest.approx(1.0, abs=0.05)


def test_errors_of_one_series_lean_on_the_usual_shape_with_its_long_tails() -> None:
    one, handful = shape(1), shape(10)
    apart = np.abs([one[OUTER] - USUAL[OUTER], handful[OUTER] - USUAL[OUTER]])
    assert (apart[0] < 0.5 * apart[1]).all()
    assert (np.abs(one[OUTER]) > 3.0).all()  # though no error went beyond one


def test_as_many_errors_as_thin_are_believed_half() -> None:
    unit = np.tile([-1.0, 1.0], THIN // 2)[:, None, None]  # an origin each, so all independent
    own = 2 * calibration._shape(unit) - USUAL
    inner = (LEVELS > 0.05) & (LEVELS < 0.95) & (LEVELS != 0.5)
    assert np.sign(own[inner]) == pytest.approx(np.sign(LEVELS[inner] - 0.5))
    assert np.abs(own[inner]) == pytest.approx(1.0, abs=0.1)

"""How errors grow with the horizon, and how many independent ones say so."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from forecast.engine import calibration

Floats = NDArray[np.float64]
ORIGINS, SERIES, HORIZON = 6, 200, 3


def lasting(shared: float) -> Floats:
    """Return errors (o, n, H) that double with each year, of which a share is one shock of all."""
    rng = np.random.default_rng(5)
    alone = rng.normal(0, 1, (ORIGINS, SERIES, HORIZON))
    common = rng.normal(0, 1, (ORIGINS, 1, HORIZON))
    error = np.sqrt(shared) * common + np.sqrt(1 - shared) * alone
    return np.asarray(error * 2.0 ** np.arange(HORIZON))


def steps(error: Floats, apart: int = 1) -> Floats:
    growth = calibration._growth(error, apart)
    return np.asarray(growth[1:] / growth[:-1])


def test_growth_that_many_independent_errors_tell_is_believed() -> None:
    assert steps(lasting(0.0)) == pytest.approx(np.full(HORIZON - 1, 2.0), abs=0.15)


def test_growth_that_a_few_shared_shocks_tell_leans_on_that_of_a_random_walk() -> None:
    error = lasting(0.9)
    median = np.median(np.abs(error), axis=(0, 1))
    own, found = median[1:] / median[:-1], steps(error)
    walk = np.sqrt([2.0, 1.5])
    assert (np.abs(found - walk) < 0.5 * np.abs(own - walk)).all()


def test_errors_of_origins_further_apart_count_each() -> None:
    error = lasting(0.9)
    median = np.median(np.abs(error), axis=(0, 1))
    assert steps(error, apart=4) == pytest.approx(median[1:] / median[:-1], rel=0.1)


def test_origins_within_a_horizon_share_its_years() -> None:
    error = lasting(0.3)[..., :1]
    worth = [calibration._worth(error, within) for within in (1, 2, 6, 9)]
    assert worth[0] > worth[1] > worth[2] == worth[3]
    alone = np.random.default_rng(3).normal(0, 1, (ORIGINS, SERIES, 1))
    assert calibration._worth(alone, 3) == pytest.approx(ORIGINS * SERIES, rel=0.35)

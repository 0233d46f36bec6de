"""The heavy-tailed spread of case costs: its mean, its tail, and that a fit recovers it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.costs import shapes
from forecast.costs.refunds import yearly
from forecast.costs.shapes import Shape
from forecast.costs.thresholds import Steps
from forecast.errors import DataError, SpecError
from forecast.seeds import generator

SHAPE = Shape(0.55, 0.95, 3.0)
STEPS = Steps("adults", 2022, (860, 1680, 2120), (0.25, 0.5, 0.75))


def sample(shape: Shape, size: int) -> np.ndarray:
    return shape.quantile(generator(1, "test-shapes").random(size))


def test_mean_is_one() -> None:
    points, weights = SHAPE.points()
    assert weights.sum() == pytest.approx(1, abs=1e-6)
    assert (weights * points).sum() == pytest.approx(1, abs=1e-9)
    assert sample(SHAPE, 1_000_000).mean() == pytest.approx(1, abs=0.004)


def test_survival_is_the_inverse_of_the_quantile() -> None:
    u = np.array([0.05, 0.5, 0.9, 0.95, 0.99, 0.9999])
    assert SHAPE.above(SHAPE.quantile(u)) == pytest.approx(1 - u, rel=1e-9)


def test_fit_recovers_what_was_put_in() -> None:
    found = shapes.fit(sample(SHAPE, 200_000))
    assert found.sigma == pytest.approx(SHAPE.sigma, rel=0.02)
    assert found.alpha == pytest.approx(SHAPE.alpha, rel=0.05)


def test_fit_to_counts_gives_the_counts_back() -> None:
    limits = np.array([1000.0, 2000.0, 5000.0])
    counts = {
        str(x): float(n) for x, n in zip(limits, 9000 * SHAPE.above(limits / 900), strict=True)
    }
    found = shapes.fit_counts({"cases": 9000, "mean": 900, **counts}, Shape(0.8, 0.95, 2.0))
    assert 9000 * found.above(limits / 900) == pytest.approx(list(counts.values()), rel=0.01)


def test_share_refunded_agrees_with_simulated_cases() -> None:
    costs = 1400 * sample(SHAPE, 400_000)
    expected = yearly(costs, STEPS).sum() / costs.sum()
    assert shapes.refunded(np.array([1400.0]), STEPS, SHAPE)[0] == pytest.approx(expected, rel=0.02)


def test_dearer_cases_are_refunded_more() -> None:
    share = shapes.refunded(np.linspace(50, 5000, 60), STEPS, SHAPE)
    assert (np.diff(share) >= -1e-12).all()
    assert share[0] < 1e-3
    assert share[-1] < 0.75


def test_moments_between_limits_agree_with_simulated_cases() -> None:
    costs = 1100 * sample(SHAPE, 1_000_000)
    mine = costs[(costs >= 1000) & (costs < 2000)]
    p, mean, variance = shapes.partial_moments(SHAPE, np.array([1100.0]), (1000, 2000))[0]
    assert p == pytest.approx(len(mine) / len(costs), rel=0.01)
    assert mean == pytest.approx(mine.mean(), rel=0.005)
    assert variance == pytest.approx(mine.var(), rel=0.02)


def test_own_cases_replace_the_assumption_where_there_are_enough() -> None:
    costs = 1000 * sample(Shape(0.4, 0.95, 2.5), 500)
    frame = pd.DataFrame({"case": range(500), "months": "12", "service": "s108",
                          "period": "2023", "value": costs})  # fmt: skip
    found = shapes.of_cases(frame)
    assert found["adults"].source == "fitted to 500 cases"
    assert found["children"] == shapes.standard()["children"]


def test_negative_case_and_tail_without_mean_are_refused() -> None:
    frame = pd.DataFrame({"case": ["c7"], "months": ["12"], "service": ["s108"],
                          "period": ["2023"], "value": [-10.0]})  # fmt: skip
    with pytest.raises(DataError, match=r"case c7 costs -10\.0; expected 0 or more"):
        shapes.of_cases(frame)
    with pytest.raises(SpecError, match="alpha above 1"):
        Shape(0.5, 0.95, 0.9)

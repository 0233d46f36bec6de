"""Draws: sums are taken draw by draw, and only over what may be added."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.draws import Draws
from forecast.errors import ProjectionError


def draws(measure: str = "placed", additive: tuple[str, ...] = ("area",), seed: int = 0) -> Draws:
    keys = pd.DataFrame(
        [(a, r, s) for a, r in (("751", "082"), ("101", "084")) for s in ("foster", "institution")],
        columns=["area", "region", "service"],
    )
    values = np.random.default_rng(seed).gamma(3.0, 10.0, (4, 2, 50)).astype(np.float32)
    return Draws(values, keys, ("2025", "2026"), measure, additive)


def test_a_sum_over_areas_is_the_sum_in_every_draw() -> None:
    total = draws().sum(["service"])
    first = draws().values[[0, 2]].astype(np.float64).sum(axis=0)
    assert list(total.keys["service"]) == ["foster", "institution"]
    np.testing.assert_array_equal(total.values[0], first)


def test_persons_are_not_summed_over_services() -> None:
    with pytest.raises(ProjectionError, match="service"):
        draws("recipients").sum(["area"])


def test_the_quantile_of_a_sum_is_not_the_sum_of_quantiles() -> None:
    parts = draws(additive=("area", "service"))
    total = parts.sum([]).quantile([0.9])[0, 0, 0]
    assert total < parts.quantile([0.9])[:, 0, 0].sum()


@given(st.integers(0, 10_000))
def test_summing_in_two_steps_is_summing_in_one(seed: int) -> None:
    parts = draws(additive=("area", "service"), seed=seed)
    stepwise = parts.sum(["region", "service"]).sum(["region"]).sum([])
    np.testing.assert_allclose(stepwise.values, parts.sum([]).values, rtol=1e-12)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ProjectionError, match="keys"):
        Draws(np.zeros((3, 2, 5)), draws().keys, ("2025", "2026"))


@given(st.integers(1, 40), st.sampled_from(["single", "double"]), st.integers(0, 10_000))
def test_quantiles_are_numpys_to_the_last_bit(size: int, kind: str, seed: int) -> None:
    drawn = np.random.default_rng(seed).normal(size=(3, 2, size))
    values = drawn.astype(np.float32) if kind == "single" else drawn
    keys = pd.DataFrame({"area": ["751", "101", "851"]})
    levels = (0.0, 0.025, 0.1, 1 / 3, 0.5, 0.9, 0.975, 1.0)
    expected = np.quantile(values.astype(np.float64), levels, axis=2)
    found = Draws(values, keys, ("2025", "2026")).quantile(levels)
    np.testing.assert_array_equal(found, np.moveaxis(expected, 0, 2))

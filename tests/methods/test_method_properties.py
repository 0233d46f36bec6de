"""What must hold for every method, whatever the data."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.panels import panel

from forecast import parts

FAST = [n for n in parts.names("methods") if not parts.find("methods", n).NEEDS.slow]
POISSON = ("pooled_rate", "group_share")  # to them eight times a count is no count of eight times
VALUES = arrays(np.float64, (5, 9), elements=st.integers(1, 400).map(float))


def _ahead(method: ModuleType, values: np.ndarray) -> np.ndarray:
    people = np.full((len(values), values.shape[1] + 3), 5000.0)
    return np.asarray(method.point(method.fit(panel(values, people)), 3))


@pytest.mark.parametrize("name", [n for n in FAST if n not in POISSON])
@settings(max_examples=15, deadline=None)
@given(values=VALUES)
def test_scaling_the_data_scales_the_forecast(name: str, values: np.ndarray) -> None:
    method = parts.find("methods", name)
    once, thrice = _ahead(method, values), _ahead(method, 8.0 * values)
    np.testing.assert_allclose(thrice, 8.0 * once, rtol=1e-6, atol=1e-6 * values.max())


@pytest.mark.parametrize("name", FAST)
@settings(max_examples=15, deadline=None)
@given(values=VALUES, order=st.permutations(range(5)))
def test_the_order_of_series_means_nothing(name: str, values: np.ndarray, order: list[int]) -> None:
    method = parts.find("methods", name)
    np.testing.assert_allclose(
        _ahead(method, values[order]), _ahead(method, values)[order], rtol=1e-7, atol=1e-9
    )


@pytest.mark.parametrize("name", FAST)
def test_what_lies_after_the_cut_is_not_looked_at(name: str) -> None:
    rng = np.random.default_rng(1)
    whole = panel(rng.poisson(40, (6, 12)).astype(float), np.full((6, 14), 900.0))
    noisy = replace(whole, values=whole.values.copy())
    noisy.values[:, 8:] = rng.normal(1e6, 1e6, (6, 4))
    method = parts.find("methods", name)
    cut = whole.periods[7]
    first, second = (method.point(method.fit(p.until(cut)), 3) for p in (whole, noisy))
    assert first.tobytes() == second.tobytes()

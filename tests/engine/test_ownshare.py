"""Own share: how much of a forecast comes through the series' own history, by perturbation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.panels import panel, social

from forecast.engine import ownshare
from forecast.engine.options import EngineOptions
from forecast.engine.training import fit
from forecast.panel import Panel

HORIZON = 4


def shares(source: Panel, **methods: dict[str, Any]) -> np.ndarray:
    options = EngineOptions(horizon=HORIZON, methods=methods)
    return ownshare.of(fit(source, options, 1)[0])


def growing(n: int = 40, t: int = 12) -> Panel:
    rng = np.random.default_rng(2)
    steps = 0.02 + 0.03 * rng.normal(size=(n, t))
    return panel(500 * np.exp(steps.cumsum(axis=1)))


@pytest.mark.parametrize("name", ["naive", "drift"])
def test_a_forecast_from_the_series_alone_is_wholly_its_own(name: str) -> None:
    np.testing.assert_allclose(shares(growing(), **{name: {}}), 1.0, atol=1e-6)


def test_borrowed_growth_counts_against_the_own_level() -> None:
    """The tilt ends history ε higher and adds ε/T a year to the growth that all share."""
    found = shares(growing(), pooled_growth={"damping": 1.0, "window": 0})
    years = 12
    ahead = np.arange(1, HORIZON + 1).mean() / years
    assert np.median(found) == pytest.approx(1 / (1 + ahead), abs=0.02)


def test_a_series_that_nobody_shares_with_owns_its_forecast() -> None:
    found = shares(growing(1), pooled_growth={})
    assert found == pytest.approx(1.0)


def test_shares_lie_between_none_and_all_whatever_the_series() -> None:
    values = social().values.copy()
    values[0] = 0.0
    values[1, :10] = np.nan
    values[2, 5] = np.nan
    source = Panel(values, social().keys, social().periods, social().exposure, "counted")
    options = EngineOptions(groups=("service",), levels=("region",), horizon=3, origins=3)
    fitted, _ = fit(source, options, 1)
    table = ownshare.table(fitted)
    assert table["own_share"].between(0, 1).all()
    pd.testing.assert_frame_equal(table[list(source.keys.columns)], source.keys)


def test_a_small_municipality_borrows_more_where_rates_are_pooled() -> None:
    rng = np.random.default_rng(5)
    people = np.repeat([200.0, 20_000.0], 20)[:, None] * np.ones(12 + HORIZON)
    rate = 0.02 * np.exp(rng.normal(0, 0.3, (40, 1)))
    values = rng.poisson(people[:, :12] * rate).astype(float)
    keys = panel(values).keys.assign(region=[f"08{1 + k % 5}" for k in range(40)])
    source = Panel(values, keys, panel(values).periods, people, "counted")
    found = shares(source, pooled_rate={})
    assert np.median(found[:20]) < np.median(found[20:]) - 0.1

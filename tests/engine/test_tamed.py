"""Wild members are held near where a series stands; its season is no wildness."""

from __future__ import annotations

import numpy as np
import pytest
from support.panels import panel

from forecast.engine import bank, standing, training
from forecast.engine.options import EngineOptions


@pytest.mark.parametrize("level", [0.0, 20_000.0])
def test_a_season_of_many_scales_is_forecast_in_full(level: float) -> None:
    rng = np.random.default_rng(1)
    season = np.array([5000.0, -4000, 2500, -3500])
    values = level + np.tile(season, 6)[None] + rng.normal(0, 50, (1, 24))
    fitted, _ = training.fit(panel(values, quarters=True), EngineOptions(horizon=4), 1)
    np.testing.assert_allclose(fitted.mean()[0], level + season, atol=200)


def test_a_wild_member_is_held_around_the_last_year() -> None:
    line = np.tile([100.0, 400, 300, 200], 5)[None] + np.arange(20.0)[None] % 3
    yearly, quarterly = panel(line), panel(line, quarters=True)
    for given, low, high in ((yearly, line[0, -1], line[0, -1]), (quarterly, 101, 402)):
        stand = standing.of(given)
        reach = bank.FAR * stand.scale[0]
        held = bank.tamed(np.array([[[1e9, -1e9, np.nan]]]), given, stand)[0, 0]
        least = max(low - reach, 0)
        np.testing.assert_allclose(held, [high + reach, least, least], rtol=1e-12)

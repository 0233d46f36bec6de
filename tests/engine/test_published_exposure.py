"""Exposure at past origins: the projection of that day, never what came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.panels import social

from forecast.engine import bank, exposures, levels, trying
from forecast.engine.backtest import backtest
from forecast.engine.options import EngineOptions
from forecast.panel import Panel

OPTIONS = EngineOptions(
    groups=("service",), levels=("region",), horizon=3, origins=3,
    methods={"naive": {}, "demographic": {}},
)  # fmt: skip


def published(factor: float, ahead: int = 3) -> Panel:
    """Return a panel whose projections at past origins promised a factor more a year."""
    source = social()
    assert source.exposure is not None
    told = {}
    for cut in range(3, len(source.periods)):
        past = source.exposure[:, :cut]
        coming = past[:, -1:] * factor ** np.arange(1, ahead + 1)
        told[source.periods[cut - 1]] = np.concatenate([past, coming], axis=1)
    return replace(source, projected=told)


@pytest.mark.parametrize("ahead", [1, 3, 5])
def test_the_projection_of_the_day_is_used_and_continued_where_it_ends(ahead: int) -> None:
    source = published(1.25, ahead)
    past = exposures.at(source, 8, 3)
    assert source.exposure is not None
    assert past.exposure is not None
    assert past.exposure.shape == (len(source.keys), 11)
    held = min(ahead, 3)
    expected = source.exposure[:, 7:8] * 1.25 ** np.arange(1, held + 1)
    np.testing.assert_allclose(past.exposure[:, 8 : 8 + held], expected)
    assert (np.diff(past.exposure[:, 7:], axis=1) > 0).all()


def test_a_trial_forecasts_with_what_was_projected_then() -> None:
    source = published(1.25)
    said = trying.run(source, OPTIONS).series
    row, cut = said.names.index("demographic"), said.cuts[3]
    expected = source.values[:, cut - 1 : cut] * 1.25 ** np.arange(1, 4)
    np.testing.assert_allclose(said.forecasts[3, row], expected)


def test_noise_in_what_came_changes_no_bit_where_projections_are_held() -> None:
    source = published(1.1)
    assert source.exposure is not None
    later = source.exposure.copy()
    later[:, 6:] *= np.random.default_rng(1).uniform(0.1, 10, later[:, 6:].shape)
    noisy = replace(source, exposure=later)
    first, second = (backtest(p, OPTIONS, 1).table for p in (source, noisy))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_sums_hold_the_sums_of_what_was_projected() -> None:
    source = published(1.1)
    top = levels.of(source, OPTIONS)[0]
    whole = levels.panel_of(source, top)
    assert set(whole.projected) == set(source.projected)
    for period, exposure in source.projected.items():
        np.testing.assert_allclose(whole.projected[period].sum(), exposure.sum())


def test_the_standard_bank_forecasts_counts_beside_two_that_forecast_rates() -> None:
    source = published(1.1)
    members = bank.members(source, EngineOptions(groups=("service",)))
    rates = {m.name for m in members if m.options.get("rate") is not False}
    assert rates == {"naive", "demographic", "pooled_rate"}
    named = bank.members(source, EngineOptions(methods={"naive": {}, "drift": {}}))
    assert [m.options.get("rate") for m in named] == [None, True]


def test_counts_follow_what_is_projected_beyond_the_trend_of_the_exposure() -> None:
    source = published(1.1)
    members = bank.members(source, EngineOptions(groups=("service",)))
    past = exposures.at(replace(source, projected={}), 8, 3)
    assert past.exposure is not None
    paths = bank.points(members, bank.fit(past, members), 3)
    np.testing.assert_allclose(bank.carried(paths, members, past), paths)
    told = past.exposure.copy()
    told[:, 8:] *= 1.5
    moved = bank.carried(paths, members, replace(past, exposure=told))
    for name, was, now in zip([m.name for m in members], paths, moved, strict=True):
        own = name in ("naive", "demographic", "pooled_rate")
        np.testing.assert_allclose(now, was if own else 1.5 * was)


def test_an_exposure_that_ends_or_is_zero_moves_nothing() -> None:
    exposure = np.array([[10.0, 11.0, 12.0, 0.0], [5.0, 5.0, 5.0, np.nan]])
    np.testing.assert_allclose(exposures.beyond_trend(exposure[:, :3], 3, 2), 1.0)
    np.testing.assert_allclose(exposures.beyond_trend(exposure, 3, 2)[:, 1], 1.0)
    assert np.isfinite(exposures.beyond_trend(exposure, 3, 2)).all()
    assert (exposures.beyond_trend(exposure, 3, 2) == 1.0).all()

"""The season of quarters: shares of positive series, sums of others, none where it is noise."""

from __future__ import annotations

import numpy as np
import pytest
from support.panels import panel

from forecast.methods import State, _season, _working, naive

FACTOR = np.array([0.8, 1.1, 1.3, 0.8 * 1.1 * 1.3]) ** np.array([1, 1, 1, -1])
ADDED = np.array([-9.0, 4, 7, -2])
POSITIVE, ANY = np.array([True]), np.array([False])


def test_a_series_that_has_doubled_has_twice_the_season() -> None:
    level = 100 * 2 ** (np.arange(24) / 12)
    values = (level * np.tile(FACTOR, 6))[None]
    found = naive.point(naive.fit(panel(values, quarters=True)), 8)
    np.testing.assert_allclose(found[0], level[-1] * np.tile(FACTOR, 2), rtol=1e-9)


@pytest.mark.parametrize("lift", [-400.0, 0.0, 90.0], ids=["negative", "with a zero", "positive"])
def test_a_season_that_does_not_grow_with_the_series_is_added(lift: float) -> None:
    values = (lift + 9 + 3 * np.arange(24) + np.tile(ADDED, 6))[None]
    found = naive.point(naive.fit(panel(values, quarters=True)), 4)
    np.testing.assert_allclose(found[0], lift + 9 + 3 * 23 + ADDED, atol=1e-9)


def test_a_season_that_is_noise_is_mostly_left_out() -> None:
    noise = np.random.default_rng(3).normal(size=(400, 28))
    season, shares = _season.of(100 + noise, np.zeros(400, dtype=np.bool_))
    assert not shares.any()
    assert season.std() < 0.5 * noise.std() / np.sqrt(6)  # a raw mean of six years' deviations
    strong, _ = _season.of(100 + noise + np.tile(5 * ADDED, 7), np.zeros(400, dtype=np.bool_))
    assert np.abs(strong - 5 * ADDED).mean() < 1.0


def test_the_last_years_count_for_more() -> None:
    early, late = np.tile(ADDED, 5), np.tile(2 * ADDED, 5)
    season, _ = _season.of(np.concatenate([early, late])[None], ANY)
    assert (np.abs(season[0]) > 1.5 * np.abs(ADDED)).sum() >= 3
    assert (np.abs(season[0]) < 2 * np.abs(ADDED)).all()


def test_two_years_tell_no_season() -> None:
    season, shares = _season.of(np.tile(FACTOR, 2)[None], POSITIVE)
    assert not season.any()
    assert not shares.any()


def test_unobserved_beginnings_tell_nothing_and_cost_nothing() -> None:
    values = np.tile(100 * FACTOR, 8)
    late = np.where(np.arange(32) < 13, np.nan, values)
    season, shares = _season.of(np.stack([values, late]), np.array([True, True]))
    np.testing.assert_allclose(season[0], season[1], atol=1e-9)
    adjusted = _season.without(np.stack([values, late]), season, shares)
    calm = adjusted[np.isfinite(adjusted)]
    np.testing.assert_allclose(calm, calm[0], rtol=1e-9)


def test_a_version_stored_with_an_added_season_still_answers() -> None:
    values = (1.05 ** np.arange(24) * np.tile(FACTOR, 6))[None]
    work = _working.working(panel(values, quarters=True))
    assert "_shares" in work.back
    back = {k: v for k, v in work.back.items() if k != "_shares"} | {"_season": ADDED[None]}
    old = State({**back, "level": np.array([50.0])}, work.values)
    found = _working.original(old, lambda _, steps: np.full((1, steps), 50.0), 4)
    np.testing.assert_allclose(found[0], 50 + ADDED)

"""Walks: shocks that are found again by their name."""

from __future__ import annotations

import numpy as np
import pytest
from support.panels import social

from forecast.engine import backtest
from forecast.engine.options import EngineOptions
from forecast.engine.walks import Walks

SHAPE = (4, 20_000)


def test_a_walk_has_variance_one_at_every_horizon_and_fades_as_a_random_walk_does() -> None:
    walk = Walks(SHAPE, 1).of("own", "a")
    np.testing.assert_allclose(walk.std(axis=1), 1.0, rtol=0.02)
    together = [float((walk[0] * later).mean()) for later in walk]
    np.testing.assert_allclose(together, [1 / np.sqrt(h) for h in (1, 2, 3, 4)], atol=0.03)


def test_a_walk_is_the_same_whether_it_was_kept_or_is_drawn_again() -> None:
    kept, drawn = Walks(SHAPE, 1, {}), Walks(SHAPE, 1)
    assert kept.of("own", "a") is kept.of("own", "a")
    assert drawn.of("own", "a") is not drawn.of("own", "a")
    for name in (("own", "a"), ("place", 3), ("everyone",)):
        np.testing.assert_array_equal(kept.of(*name), drawn.of(*name))


def test_a_walk_that_many_read_cannot_be_written_to() -> None:
    walk = Walks(SHAPE, 1, {}).of("own", "a")
    with pytest.raises(ValueError, match="read-only"):
        walk += 1


def test_another_name_or_seed_is_another_walk() -> None:
    walks = [
        Walks(SHAPE, 1).of("own", "a"),
        Walks(SHAPE, 1).of("own", "b"),
        Walks(SHAPE, 2).of("own", "a"),
    ]
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert abs(float((walks[first][0] * walks[second][0]).mean())) < 0.03


def test_origins_that_share_their_walks_are_what_each_would_be_alone() -> None:
    panel = social(n=8)
    options = EngineOptions(("service",), horizon=5, origins=2, methods={"naive": {}, "drift": {}})
    known = backtest.lessons(panel, options, 1)
    shared = backtest.origins(panel, options, known)
    assert [origin.draws.shape[1] for origin in shared] == [2, 2]  # no more has come of them
    alone = Walks((options.horizon, backtest.SIZE), 1)
    for origin in shared:
        other = backtest.at_origin(panel, options, known, alone, origin.cut)
        np.testing.assert_array_equal(origin.draws, other.draws[:, :2])
        np.testing.assert_array_equal(origin.quantiles, other.quantiles)
        assert np.isnan(other.actual[:, 2:]).all()

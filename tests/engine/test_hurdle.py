"""Hurdle: how likely a small count is zero, learnt beside what a Poisson count's zeros would be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from support.panels import panel

from forecast.engine import hurdle
from forecast.engine.options import EngineOptions
from forecast.engine.standing import RUN, SIGNS, Standing
from forecast.engine.training import train
from forecast.engine.trials import Trials

Floats = NDArray[np.float64]
LEVEL = np.tile([0.2, 1.0, 3.0], 400)
RUNS = np.repeat([0, RUN], 600)


def counted(actual: Floats, whole: bool = True) -> tuple[Trials, Floats]:
    """Return trials (o, n, 1) of counts at known means, and the means as forecasts."""
    shape = actual.shape[:2]
    stand = Standing(
        np.ones(shape), np.zeros((*shape, SIGNS)), np.zeros(shape), np.full(shape, whole),
        np.broadcast_to(RUNS, shape), np.full(shape, 20.0),
    )  # fmt: skip
    centre = np.broadcast_to(LEVEL[:, None], actual.shape)
    cuts = tuple(range(10, 10 + len(actual)))
    return Trials(cuts, ("a",), centre[:, None], actual, actual, stand), centre


def chances(found: Floats) -> Floats:
    """Return (3, 2) chances of a zero at the three means, without and with a run of zeros."""
    rows = [
        hurdle.of_rare(found, np.array([[m], [m]]), np.array([0, RUN]))[:, 0] for m in LEVEL[:3]
    ]
    return np.array(rows)


def test_poisson_counts_are_zero_as_often_as_poisson_says() -> None:
    drawn = np.random.default_rng(1).poisson(LEVEL[:, None], (4, len(LEVEL), 1)).astype(float)
    found = chances(hurdle.rarity(*counted(drawn)))
    assert found == pytest.approx(np.exp(-LEVEL[:3])[:, None] * [[1, 1]], abs=0.06)


def test_zeros_beyond_poissons_and_after_runs_are_learnt() -> None:
    rng = np.random.default_rng(2)
    drawn = rng.poisson(LEVEL[:, None] + 0.5, (4, len(LEVEL), 1)).astype(float)
    drawn[rng.random(drawn.shape) < np.where(RUNS == RUN, 0.8, 0.3)[:, None]] = 0
    found = chances(hurdle.rarity(*counted(drawn)))
    shares = [
        [(drawn[:, (m == LEVEL) & (run == RUNS)] == 0).mean() for run in (0, RUN)]
        for m in LEVEL[:3]
    ]
    assert found == pytest.approx(np.array(shares), abs=0.07)
    assert (np.diff(found, axis=1) > 0).all()
    assert (np.diff(found, axis=0) < 0).all()


def test_without_trials_of_small_counts_poisson_is_believed() -> None:
    large = counted(np.zeros((2, len(LEVEL), 1)), whole=False)
    unseen = counted(np.full((2, len(LEVEL), 1), np.nan))
    for trials, centre in (large, unseen):
        found = chances(hurdle.rarity(trials, centre))
        assert found == pytest.approx(np.exp(-LEVEL[:3] - hurdle.LEAST)[:, None] * [[1, 1]])


def test_few_trials_move_the_belief_little_and_many_much() -> None:
    few, many = np.full((2, 1, len(LEVEL), 1), np.nan)
    few[0, :9], many[:] = 0.0, 0.0
    started, moved, settled = (
        chances(f) for f in (hurdle.POISSON, *(hurdle.rarity(*counted(a)) for a in (few, many)))
    )
    assert (started < moved).all()
    assert (moved < settled).all()
    assert settled.min() > 0.9


def test_more_trials_than_are_needed_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = np.random.default_rng(3).poisson(LEVEL[:, None], (8, len(LEVEL), 1)).astype(float)
    every = chances(hurdle.rarity(*counted(drawn)))
    monkeypatch.setattr(hurdle, "ROWS", 1000)
    assert chances(hurdle.rarity(*counted(drawn))) == pytest.approx(every, abs=0.05)


def test_a_small_count_is_zero_up_to_its_chance_and_one_at_least_above() -> None:
    values = np.random.default_rng(4).poisson(np.repeat([0.6, 40.0], 40)[:, None], (80, 12))
    fitted = train(panel(values.astype(float)), EngineOptions(horizon=2, origins=3), 1)
    view = fitted.outlook()
    few, levels = view.whole, np.linspace(0.05, 0.95, 19)
    found = fitted.quantiles(tuple(levels))
    assert few.tolist() == [True] * 40 + [False] * 40
    assert ((found[few] == 0) == (levels <= view.zero[few, :, None])).all()
    assert (view.zero[~few] == 0).all()
    assert (found[~few] % 1 != 0).any()
    drawn = fitted.draws(2, 4000, 1)
    assert (drawn[few] == 0).mean(axis=2) == pytest.approx(view.zero[few], abs=0.03)
    assert view.zero[few].mean() == pytest.approx(np.exp(-0.6), abs=0.1)


def test_the_mean_of_a_count_that_is_often_zero_and_did_not_close_is_above_zero() -> None:
    values = np.random.default_rng(5).poisson(0.4, (60, 12)).astype(float)
    values[:, -1] = 1.0
    fitted = train(panel(values), EngineOptions(horizon=1, origins=3), 1)
    assert (fitted.quantiles((0.5,)) == 0).mean() > 0.5
    assert (fitted.mean() > 0).all()


def test_the_mean_is_zero_where_the_median_is_and_the_groups_sum_hardly_feels_it() -> None:
    rate = np.repeat([0.2, 9.0], 30)[:, None]
    values = np.random.default_rng(5).poisson(rate, (60, 12)).astype(float)
    values[:, -1] = np.maximum(values[:, -1], 1.0)
    keys = pd.DataFrame({"area": [str(k) for k in range(60)], "service": ["a"] * 60})
    fits = []
    for service in (["a"] * 60, ["a"] * 30 + ["b"] * 30):
        source = replace(panel(values), keys=keys.assign(service=service))
        options = EngineOptions(horizon=1, origins=3, groups=("service",))
        fits.append(train(source, options, 1))
    together, apart = fits
    rare = (together.quantiles((0.5,))[..., 0] == 0)[:30]
    assert rare.any()
    assert (together.mean()[:30][rare] == 0).all()  # beside many that are larger
    assert (apart.mean() > 0).all()  # a group of nothing but rare events
    lost = together.mean().sum() / (apart.mean()[:30].sum() + together.mean()[30:].sum())
    assert lost > 0.9

"""Drivers: one that acts is found and used, one that does not is refused, none sees the future."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from forecast.engine import drivers, elasticity, storage, trying
from forecast.engine.backtest import backtest
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Trained
from forecast.engine.training import train
from forecast.panel import Driver, Panel

Floats = NDArray[np.float64]
AREAS, YEARS, HORIZON, TRUE = 40, 15, 3, -0.5
OPTIONS = EngineOptions(
    groups=("service",), levels=("region",), horizon=HORIZON, origins=3,
    methods={"naive": {}, "drift": {}, "pooled_growth": {}},
)  # fmt: skip


def wander(rng: np.random.Generator, trend: float = 0.0) -> Floats:
    """Return the log of a driver by area and year, one year longer than the panel."""
    own = rng.normal(0, trend, (AREAS, 1)) * np.arange(YEARS + 1)
    return np.asarray(own + rng.normal(0, 0.1, (AREAS, YEARS + 1)).cumsum(axis=1))


def made(rate: Floats, driver: Floats, seed: int) -> Panel:
    """Return counts of two services at log rates, with a driver that acts a year later.

    Column t of the driver is what is known a year before year t: at an origin one year ahead.
    """
    rng = np.random.default_rng([seed, 1])
    people = np.exp(rng.normal(10.5, 0.7, (AREAS, 1))) * np.ones(YEARS + HORIZON)
    drawn = [rng.poisson(0.05 * people[:, :YEARS] * np.exp(r)) for r in (rate, 0 * rate)]
    years = tuple(str(2010 + t) for t in range(YEARS))
    known = {years[t - 1]: driver[:, : t + 1] for t in range(1, YEARS + 1)}
    area = [str(101 + k) for k in range(AREAS)]
    keys = pd.DataFrame({
        "area": area * 2, "region": [f"08{1 + k % 5}" for k in range(AREAS)] * 2,
        "service": ["driven"] * AREAS + ["other"] * AREAS,
    })  # fmt: skip
    codes = np.tile(np.arange(AREAS), 2)
    return Panel(
        np.concatenate(drawn).astype(float), keys, years, np.concatenate([people] * 2),
        "counted", drivers={"stays": Driver(codes, known)},
    )  # fmt: skip


@cache
def driven(seed: int = 1) -> Panel:
    """Return a panel in which the driver acts on the first service alone."""
    rng = np.random.default_rng(seed)
    driver = wander(rng)
    noise = rng.normal(0, 0.03, (AREAS, YEARS)).cumsum(axis=1)
    return made(TRUE * driver[:, :YEARS] + noise, driver, seed)


def undriven(seed: int, trend: float = 0.0) -> Panel:
    """Return a panel that the driver does not act on, whose areas may trend as the driver's."""
    rng = np.random.default_rng([seed, 2])
    driver = wander(rng, trend)
    slope = (driver[:, -1:] - driver[:, :1]) / YEARS if trend else np.zeros((AREAS, 1))
    noise = rng.normal(0, 0.03, (AREAS, YEARS)).cumsum(axis=1)
    return made(TRUE * slope * np.arange(YEARS) + noise, driver, seed)


@cache
def trained() -> Trained:
    return train(driven(), OPTIONS, 1)


def finding(panel: Panel) -> pd.DataFrame:
    return drivers.learn(panel, OPTIONS, trying.run(panel, OPTIONS).series).table()


def test_a_driver_that_acts_is_admitted_and_its_elasticity_recovered() -> None:
    table = trained().drivers.set_index("group")
    row = table.loc["driven"]
    assert row["finding"] == "admitted"
    assert row["elasticity"] == pytest.approx(TRUE, abs=0.06)
    assert row["lower"] > 0
    assert table.loc["other", "finding"] in ("no_gain", "no_effect")


def test_an_admitted_driver_makes_past_forecasts_better_and_moves_the_coming_one() -> None:
    without = train(replace(driven(), drivers={}), OPTIONS, 1)
    for level, fall in (("municipality", 0.9), ("region", 0.95)):
        ours, theirs = (_mase(t, level) for t in (trained(), without))
        assert ours < fall * theirs
    moved = trained().points(HORIZON)["combination"] / without.points(HORIZON)["combination"]
    own = driven().keys["service"] == "driven"
    last = np.diff(driven().drivers["stays"].known["2024"], axis=1)[:, -1]
    assert np.corrcoef(np.log(moved[own, 0]), last)[0, 1] < -0.9


def test_the_members_and_so_the_benchmark_are_scored_as_they_are() -> None:
    without = train(replace(driven(), drivers={}), OPTIONS, 1)
    for name in ("naive", "drift", "pooled_growth"):
        ours, theirs = (t.scores[t.scores["method"] == name]["value"] for t in (trained(), without))
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("trend", [0.0, 0.05])
def test_noise_and_mere_trends_alongside_are_refused(trend: float) -> None:
    found = [finding(undriven(seed, trend))["finding"] for seed in range(20)]
    admitted = sum((f == "admitted").any() for f in found)
    assert admitted <= 1, "at most one seed in twenty may be taken in"


def test_a_refused_driver_changes_no_byte() -> None:
    source = undriven(3)
    with_, without = (train(p, OPTIONS, 5) for p in (source, replace(source, drivers={})))
    assert not (with_.drivers["finding"] == "admitted").any()
    assert with_.simulate(3, 50, 1).values.tobytes() == without.simulate(3, 50, 1).values.tobytes()
    pd.testing.assert_frame_equal(with_.scores, without.scores)
    pd.testing.assert_frame_equal(with_.backtest, without.backtest)


def test_noise_in_values_and_driver_after_an_origin_changes_no_bit() -> None:
    source, cut = driven(), 13
    rng = np.random.default_rng(9)
    values = source.values.copy()
    values[:, cut:] = rng.uniform(1, 1e4, values[:, cut:].shape)
    old = source.drivers["stays"]
    known = {
        p: x if p in source.periods[:cut] else rng.normal(0, 5, x.shape)
        for p, x in old.known.items()
    }
    later = replace(source, values=values, drivers={"stays": replace(old, known=known)})
    options = replace(OPTIONS, origins=6)
    tables = [backtest(p, options, 1).table for p in (source, later)]
    chosen = [t[t["origin"] == source.periods[cut - 1]]["value"].to_numpy() for t in tables]
    assert len(chosen[0])
    np.testing.assert_array_equal(chosen[0], chosen[1])
    moved = [
        drivers.learn(p, options, trying.run(p, options).series).moves(cut) for p in (source, later)
    ]
    assert moved[0] is not None, "the driver must be at work at that origin, or nothing is tested"


def test_quarters_are_compared_with_the_same_quarter_a_year_before() -> None:
    rng = np.random.default_rng(4)
    count, people = 32, np.full((AREAS, 40), 1e6)
    driver = rng.normal(0, 0.05, (AREAS, count + 4)).cumsum(axis=1)
    season = np.tile([0.0, 0.3, -0.2, 0.1], count // 4)
    values = 0.01 * people[:, :count] * np.exp(TRUE * driver[:, :count] + season)
    lines = tuple(f"{2015 + k // 4}Q{k % 4 + 1}" for k in range(count))
    keys = driven().keys.iloc[:AREAS]
    source = Panel(values, keys, lines, people, "counted")
    cells = elasticity.Cells(np.zeros(AREAS, dtype=np.intp), np.arange(AREAS), (1, AREAS))
    slope, error = elasticity.learn(source, driver, cells, 4)
    assert slope[0] == pytest.approx(TRUE, abs=1e-6)
    assert error[0] < 1e-6
    ahead = elasticity.ahead(driver, count, 8, 4)
    np.testing.assert_allclose(ahead[:, :4], driver[:, count:] - driver[:, [count - 1]])


def test_a_driver_known_by_region_moves_its_municipalities_alike() -> None:
    source = driven()
    by_region = np.array([int(r[-1]) - 1 for r in source.keys["region"]])
    known = {p: x[:5] for p, x in source.drivers["stays"].known.items()}
    asked = replace(source, drivers={"stays": Driver(by_region, known)})
    effect = drivers.learn(asked, OPTIONS, trying.run(asked, OPTIONS).series).effects["stays"]
    assert effect.move.shape[1:3] == (2, 5)
    spread = effect.cells.spread(effect.move[-1])
    for region in range(5):
        assert len(np.unique(spread[by_region == region, 0])) <= 2  # one a service


def test_what_is_not_out_follows_the_drivers_own_fading_drift() -> None:
    known = np.array([[0.0, 0.1, 0.2, 0.3, np.nan]])
    move = elasticity.ahead(known, 3, 3, 1)
    np.testing.assert_allclose(move, [[0.1, 0.1 + 0.08, 0.1 + 0.08 + 0.064]])
    assert not elasticity.ahead(np.full((1, 5), np.nan), 3, 3, 1).any()


def test_the_slope_agrees_with_dummy_variable_least_squares() -> None:
    source = driven()
    known = source.drivers["stays"].known["2024"]
    cells = elasticity.cells(source.drivers["stays"], np.repeat([0, 1], AREAS))
    slope, error = elasticity.learn(source, known, cells, 1)
    values, people = source.values[:AREAS], source.exposure
    assert people is not None
    y = np.diff(np.log(values / people[:AREAS, :YEARS]), axis=1).ravel()
    x = np.diff(known[:, :YEARS], axis=1).ravel()
    area, year = np.divmod(np.arange(len(y)), YEARS - 1)
    dummies = [area == a for a in range(AREAS)] + [year == t for t in range(1, YEARS - 1)]
    weight = np.sqrt(values[:, :-1].ravel() / (values[:, :-1].ravel() + elasticity.NOISE))
    design = np.column_stack([x, *dummies]) * weight[:, None]
    beta, *_ = np.linalg.lstsq(design, y * weight, rcond=None)
    assert slope[0] == pytest.approx(beta[0], rel=1e-6)
    left = y * weight - design @ beta
    free = len(y) - np.linalg.matrix_rank(design) + 1
    spread = np.linalg.inv(design.T @ design)[0, 0]
    assert error[0] == pytest.approx(np.sqrt(left @ left / free * spread), rel=0.05)


def test_a_saved_model_keeps_what_its_drivers_do(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    storage.save(trained(), folder)
    again = storage.load(folder)
    assert (
        again.simulate(3, 20, 1).values.tobytes() == trained().simulate(3, 20, 1).values.tobytes()
    )
    pd.testing.assert_frame_equal(again.drivers, trained().drivers)


def _mase(model: Trained, level: str) -> float:
    s = model.scores
    own = s[(s["method"] == "combination") & (s["metric"] == "mase") & (s["horizon"] == 1)]
    return float(own[(own["level"] == level) & (own["size_class"] == "all")]["value"].iloc[0])

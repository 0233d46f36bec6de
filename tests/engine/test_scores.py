"""Scores: members with intervals of their own, and skill whose interval draws municipalities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from support.panels import panel, social

from forecast.engine import scores
from forecast.engine.alone import FEWEST, Past
from forecast.engine.backtest import backtest
from forecast.engine.options import EngineOptions

OPTIONS = EngineOptions(
    groups=("service",), levels=("region",), horizon=3, origins=3,
    methods={"naive": {}, "demographic": {}, "drift": {}},
)  # fmt: skip
LEVELS = (0.25, 0.5, 0.75)


def test_a_members_interval_is_its_earlier_errors_in_units_of_each_series_change() -> None:
    rng = np.random.default_rng(1)
    said, actual = rng.normal(50, 5, (4, 2, 10, 2)), rng.normal(50, 5, (4, 10, 2))
    scale = rng.uniform(1, 3, (4, 10))
    past = Past((5, 6, 7, 8), said, actual, scale, np.full((4, 10), -np.inf))
    for member in range(2):
        found = past.quantiles(member, (8, 7), LEVELS)
        assert found.shape == (2, 10, 2, 3)
        one = (actual[:2, :, 0] - said[:2, member, :, 0]) / scale[:2]
        two = (actual[:1, :, 1] - said[:1, member, :, 1]) / scale[:1]  # of 5: 7 is known, 8 not
        for h, errors in enumerate((one, two)):
            expected = said[2, member, :, h, None] + scale[2][:, None] * np.quantile(errors, LEVELS)
            np.testing.assert_allclose(found[1, :, h], expected)


def test_a_horizon_that_nobody_has_seen_takes_the_longest_by_the_root() -> None:
    said, actual = np.zeros((2, 1, FEWEST, 3)), np.zeros((2, FEWEST, 3))
    actual[0, :, 0] = np.arange(FEWEST)
    past = Past((5, 6), said, actual, np.ones((2, FEWEST)), np.full((2, FEWEST), -np.inf))
    found = past.quantiles(0, (6,), (0.5,))[0, 0, :, 0]
    np.testing.assert_allclose(found, (FEWEST - 1) / 2 * np.sqrt([1, 2, 3]))
    assert np.isnan(past.quantiles(0, (5,), (0.5,))).all()


def test_no_interval_of_a_count_goes_below_zero_nor_rests_on_a_few_errors() -> None:
    few = FEWEST - 1
    actual = np.zeros((2, FEWEST, 1))
    actual[0] = -9.0
    ones, floor = np.ones((2, FEWEST)), np.zeros((2, FEWEST))
    whole = Past((5, 6), np.ones((2, 1, FEWEST, 1)), actual, ones, floor)
    assert whole.quantiles(0, (6,), LEVELS).min() == 0.0
    part = Past((5, 6), np.ones((2, 1, few, 1)), actual[:, :few], ones[:, :few], floor[:, :few])
    assert np.isnan(part.quantiles(0, (6,), LEVELS)).all()


def test_every_member_has_pinball_and_coverage_beside_the_combination() -> None:
    found = backtest(social(n=60), OPTIONS, 1).scores
    whole = found[(found["horizon"] == 0) & (found["size_class"] == "all")]
    own = whole[whole["level"] == "municipality"].pivot(
        index="method", columns="metric", values="value"
    )
    asked = ["mase", "wape", "bias", "pinball", "msis", "coverage50", "coverage80", "coverage95"]
    members = ["naive", "demographic", "drift", "combination"]
    assert np.isfinite(own.loc[members, asked].to_numpy(dtype=float)).all()
    assert (own.loc[members, "coverage50"] < own.loc[members, "coverage95"]).all()
    assert (whole.groupby(["method", "level", "metric"]).size() == 1).all()


def test_members_of_a_short_panel_have_intervals_from_what_was_known_then() -> None:
    source = social(n=60, t=10)
    found = backtest(source, replace(OPTIONS, origins=5), 1).scores
    whole = found[(found["horizon"] == 0) & (found["level"] == "municipality")]
    naive = whole[(whole["method"] == "naive") & (whole["metric"] == "pinball")]
    assert naive["value"].notna().tolist() == [True]


def test_the_intervals_of_a_random_walk_alone_hold_what_they_say() -> None:
    values = 500 + np.random.default_rng(2).normal(0, 5, (200, 16)).cumsum(axis=1)
    options = EngineOptions(horizon=2, origins=3, methods={"naive": {}})
    found = backtest(panel(values), options, 1).scores
    whole = found[(found["horizon"] == 0) & (found["size_class"] == "all")]
    naive = whole[whole["method"] == "naive"].set_index("metric")["value"]
    assert naive["coverage50"] == pytest.approx(0.5, abs=0.05)
    assert naive["coverage80"] == pytest.approx(0.8, abs=0.05)
    assert naive["coverage95"] == pytest.approx(0.95, abs=0.03)


def test_the_interval_of_a_skill_draws_municipalities_with_all_their_series() -> None:
    rng = np.random.default_rng(3)
    theirs = rng.uniform(1, 2, (2, 30, 1))
    ours = theirs * np.exp(rng.normal(-0.05, 0.4, (1, 30, 1)))
    once = scores.paired_skill(ours, theirs, np.arange(30), 1)
    ours, theirs = (np.repeat(x, 4, axis=1) for x in (ours, theirs))
    together = scores.paired_skill(ours, theirs, np.repeat(np.arange(30), 4), 1)
    apart = scores.paired_skill(ours, theirs, np.arange(120), 1)
    np.testing.assert_allclose(together, once)
    assert apart[0] == pytest.approx(once[0])
    assert apart[2] - apart[1] < 0.7 * (once[2] - once[1])  # four copies are no four municipalities


def test_few_municipalities_give_no_interval_however_many_series_they_have() -> None:
    errors = np.random.default_rng(4).uniform(1, 2, (2, 40, 1))
    unit = np.repeat(np.arange(scores.FEWEST - 1), 10)
    skill, low, high = scores.paired_skill(0.9 * errors, errors, unit, 1)
    assert skill == pytest.approx(0.1)
    assert np.isnan([low, high]).all()


def test_a_panels_skill_is_drawn_by_area_and_its_regions_by_region() -> None:
    source = social(n=24)  # twelve areas with two services each
    found = backtest(source, OPTIONS, 1).scores
    skill = found[(found["metric"] == "skill_vs_benchmark") & (found["size_class"] == "all")]
    whole = skill[skill["horizon"] == 0].set_index("level")
    assert whole.loc["municipality", ["lower", "upper"]].notna().all()
    assert whole.loc["region", ["lower", "upper"]].isna().all()  # three regions, two services each
    one = replace(source, keys=source.keys.assign(area=[f"{k:03d}" for k in range(24)]))
    other = backtest(one, OPTIONS, 1).scores
    pick = (other["metric"] == "skill_vs_benchmark") & (other["level"] == "municipality")
    assert not np.allclose(other.loc[pick, "lower"], skill_rows(found), equal_nan=True)


def skill_rows(found: pd.DataFrame) -> pd.Series:
    pick = (found["metric"] == "skill_vs_benchmark") & (found["level"] == "municipality")
    return found.loc[pick, "lower"]


def test_a_level_of_one_series_each_is_scored_in_the_order_of_its_sums() -> None:
    source = social(n=24)
    order = np.random.default_rng(5).permutation(12)
    keys = source.keys.iloc[order].assign(region=[f"{9 - k:02d}" for k in range(12)])
    mixed = replace(
        source, values=source.values[order], keys=keys.reset_index(drop=True), exposure=None
    )
    options = replace(OPTIONS, methods={"naive": {}, "drift": {}})
    found = backtest(mixed, options, 1).scores
    rows = found[(found["metric"] == "mase") & (found["method"] == "naive")]
    rows = rows[(rows["horizon"] == 0) & (rows["size_class"] == "all")]
    mase = rows.set_index("level")["value"]
    assert mase["region"] == pytest.approx(mase["municipality"])
    levels_with = set(found.loc[found["metric"] == "ratio_vs_bottom_up", "level"])
    assert levels_with <= {"municipality"}

"""A registered jump in level is taken out of history and not taken for growth."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.engine import breaks, exposures, levels, storage
from forecast.engine.backtest import backtest
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Trained
from forecast.engine.training import train
from forecast.panel import Panel, Shift

AREAS, YEARS, HORIZON, FIRST, SIZE = 40, 14, 3, 9, 1.3
OPTIONS = EngineOptions(groups=("service",), levels=("region",), horizon=HORIZON, origins=4)


def smooth(seed: int = 1) -> Panel:
    """Return counts that grow by 2 % a year in 40 areas, without any jump."""
    rng = np.random.default_rng(seed)
    people = np.exp(rng.normal(11, 0.5, (AREAS, 1))) * 1.005 ** np.arange(YEARS + HORIZON)
    path = 0.02 * np.arange(YEARS) + rng.normal(0, 0.02, (AREAS, YEARS)).cumsum(axis=1)
    values = rng.poisson(0.03 * people[:, :YEARS] * np.exp(path)).astype(float)
    keys = pd.DataFrame({
        "area": [str(101 + k) for k in range(AREAS)],
        "region": [f"08{1 + k % 5}" for k in range(AREAS)], "service": "s85",
    })  # fmt: skip
    return Panel(values, keys, tuple(str(2010 + t) for t in range(YEARS)), people, "counted")


def jumped(registered: bool) -> Panel:
    """Return the same counts, 30 % more from 2019 on, with or without a word in the register."""
    source = smooth()
    values = source.values.copy()
    values[:, FIRST:] *= SIZE
    codes = np.zeros(AREAS, dtype=np.intp)
    shift = Shift("law", FIRST, codes, ("s85",))
    return replace(source, values=values, breaks=(shift,) if registered else ())


@cache
def trained(kind: str) -> Trained:
    made = {"smooth": smooth(), "told": jumped(True), "untold": jumped(False)}
    return train(made[kind], OPTIONS, 1)


def medians(kind: str) -> np.ndarray:
    return trained(kind).quantiles((0.5,))[..., 0]


def test_forecasts_with_the_jump_registered_are_those_without_a_jump() -> None:
    away = np.log(medians("told") / (SIZE * medians("smooth")))
    lost = np.log(medians("untold") / (SIZE * medians("smooth")))
    assert abs(np.median(away)) < 0.01
    assert np.median(np.abs(away)) < 0.015
    assert np.median(np.abs(away)) < 0.5 * np.median(np.abs(lost))


def test_intervals_are_not_widened_by_a_registered_jump() -> None:
    told, untold, plain = (_width(k) for k in ("told", "untold", "smooth"))
    assert told / plain == pytest.approx(1, abs=0.25)
    assert untold / plain > 1.3


def test_the_jump_is_measured_within_its_uncertainty() -> None:
    table = breaks.table(jumped(True))
    assert list(table["break"]) == ["law"]
    assert list(table["period"]) == ["2019"]
    assert table["jump"].iloc[0] == pytest.approx(SIZE - 1, abs=0.02)


def test_where_there_is_no_jump_a_word_in_the_register_changes_next_to_nothing() -> None:
    source = replace(smooth(), breaks=jumped(True).breaks)
    assert abs(breaks.table(source)["jump"].iloc[0]) < 0.015


def test_history_is_kept_as_observed_and_the_model_is_read_back(tmp_path: Path) -> None:
    model = trained("told")
    np.testing.assert_array_equal(model.panel.values, jumped(True).values)
    storage.save(model, tmp_path)
    again = storage.load(tmp_path)
    assert again.simulate(2, 20, 1).values.tobytes() == model.simulate(2, 20, 1).values.tobytes()


def test_an_origin_before_the_jump_knows_nothing_of_it_and_is_not_judged_across_it() -> None:
    source = jumped(True)
    past = exposures.at(source, FIRST, 1)
    np.testing.assert_array_equal(past.values, source.values[:, :FIRST])
    table = backtest(source, replace(OPTIONS, origins=8), 1).table
    early = table[table["origin"].astype(int) < 2010 + FIRST]
    assert len(early)
    assert (early["period"].astype(int) < 2010 + FIRST).all()


def test_noise_after_an_origin_changes_no_bit_though_the_jump_is_measured_there() -> None:
    source, cut = jumped(True), FIRST + 2
    values = source.values.copy()
    values[:, cut:] = np.random.default_rng(3).uniform(1, 1e5, values[:, cut:].shape)
    options = replace(OPTIONS, origins=5)
    tables = [backtest(p, options, 1).table for p in (source, replace(source, values=values))]
    said = [t[t["origin"] == source.periods[cut - 1]]["value"].to_numpy() for t in tables]
    assert len(said[0])
    np.testing.assert_array_equal(said[0], said[1])


def test_a_jump_in_a_part_of_a_sum_blanks_the_sum_before_it() -> None:
    source = jumped(True)
    some = np.where(source.keys["region"] == "081", 0, -1).astype(np.intp)
    source = replace(source, breaks=(replace(source.breaks[0], codes=some),))
    nation, region = (levels.panel_of(source, x) for x in levels.of(source, OPTIONS))
    assert np.isnan(nation.values[:, :FIRST]).all()
    np.testing.assert_array_equal(nation.breaks[0].codes, [-1])
    assert np.isfinite(region.values).all()
    np.testing.assert_array_equal(region.breaks[0].codes, [0, -1, -1, -1, -1])


def test_small_counts_stay_whole_numbers() -> None:
    source = jumped(True)
    few = replace(source, values=np.round(source.values / 500))
    now = exposures.at(few, YEARS, 1)
    assert (now.values % 1 == 0).all()


def _width(kind: str) -> float:
    low, high = np.moveaxis(trained(kind).quantiles((0.1, 0.9)), -1, 0)
    return float(np.median((high - low) / medians(kind)))

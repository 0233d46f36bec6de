"""The engine as a whole: what must hold for any panel."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.panels import panel, social

from forecast.engine import (
    bank,
    calibration,
    exposures,
    hurdle,
    levels,
    reconciliation,
    standing,
    storage,
    trials,
    weights,
)
from forecast.engine.backtest import backtest
from forecast.engine.options import EngineOptions
from forecast.engine.trained import Trained
from forecast.engine.training import train
from forecast.errors import MethodError, RegistryError

OPTIONS = EngineOptions(
    groups=("service",), levels=("region",), horizon=3, origins=3, additive=("area", "region")
)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(social(), OPTIONS, 7)


def test_the_draws_of_a_sum_are_the_sum_of_the_draws(trained: Trained) -> None:
    draws = trained.simulate(3, 50, 1)
    whole = draws.sum(["service"]).values
    parts = draws.sum(["service", "region"])
    again = np.zeros_like(whole)
    np.add.at(again, parts.keys.groupby("service").ngroup().to_numpy(), parts.values)
    np.testing.assert_allclose(again, whole, rtol=1e-6)


def test_what_is_saved_simulates_the_same_bytes_in_a_fresh_process(
    trained: Trained, tmp_path: Path
) -> None:
    storage.save(trained, tmp_path / "model")
    here = trained.simulate(3, 20, 5).values.tobytes()
    code = (
        "import sys, hashlib; from pathlib import Path; "
        "from forecast.engine import storage; "
        "t = storage.load(Path(sys.argv[1])); "
        "print(hashlib.sha256(t.simulate(3, 20, 5).values.tobytes()).hexdigest())"
    )
    from hashlib import sha256

    out = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "model")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert out.stdout.strip() == sha256(here).hexdigest()
    assert not list((tmp_path / "model").glob("*.pkl"))


def test_a_damaged_or_hostile_model_is_refused(trained: Trained, tmp_path: Path) -> None:
    storage.save(trained, tmp_path)
    plain = (tmp_path / "model.json").read_text()
    (tmp_path / "model.json").write_text(plain.replace('"naive"', '"os"'))
    with pytest.raises(RegistryError, match="not installed"):
        storage.load(tmp_path)
    (tmp_path / "model.json").write_text(plain)
    np.savez(tmp_path / "arrays.npz", values=np.array([object()], dtype=object))
    with pytest.raises(RegistryError, match="damaged"):
        storage.load(tmp_path)


def test_noise_after_the_origin_changes_no_bit_of_a_past_forecast() -> None:
    whole = social(t=12)
    noisy = replace(whole, values=whole.values.copy(), exposure=whole.exposure)
    assert whole.exposure is not None
    later = whole.exposure.copy()
    later[:, 10:] *= 3.0
    noisy.values[:, 10:] = np.random.default_rng(1).normal(1e5, 1e5, (len(noisy.values), 2))
    noisy = replace(noisy, exposure=later)
    first, second = (backtest(p, OPTIONS, 1).table for p in (whole, noisy))
    keep = ["2017", "2018", "2019"]
    columns = ["area", "service", "origin", "period", "quantile", "value"]
    pairs = [t[t["origin"].isin(keep) & t["period"].isin(keep)][columns] for t in (first, second)]
    assert len(pairs[0]) > 0
    # the youngest trials are judged by today's length only, so nothing later enters
    first, second = (p.reset_index(drop=True) for p in pairs)
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_the_order_of_series_means_nothing(trained: Trained) -> None:
    source = social()
    order = np.random.default_rng(3).permutation(len(source.keys))
    assert source.exposure is not None
    mixed = replace(
        source, values=source.values[order], exposure=source.exposure[order],
        keys=source.keys.iloc[order].reset_index(drop=True),
    )  # fmt: skip
    other = train(mixed, OPTIONS, 7).quantiles((0.1, 0.5, 0.9))
    np.testing.assert_allclose(other, trained.quantiles((0.1, 0.5, 0.9))[order], rtol=1e-5)


def test_weights_are_shares_and_scores_hold_what_reports_need(trained: Trained) -> None:
    sums = trained.weights.groupby("band")["weight"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert (trained.weights["weight"] >= 0).all()
    assert {"combination", "bottom_up", "naive", "demographic"} <= set(trained.scores["method"])
    assert {"municipality", "region", "nation"} == set(trained.scores["level"])
    assert {"mase", "wape", "bias", "pinball", "msis", "coverage80", "skill_vs_benchmark"} <= set(
        trained.scores["metric"]
    )
    assert trained.shrinkage["own_share"].between(0, 1).all()


def test_intervals_cover_what_they_promise_where_errors_are_alike() -> None:
    rng = np.random.default_rng(4)
    values = 200 + rng.normal(0, 5, (150, 18)).cumsum(axis=1)
    scores = backtest(panel(values), EngineOptions(horizon=3, origins=4), 1).scores
    one = scores[(scores["horizon"] == 0) & (scores["size_class"] == "all")]
    found = one[one["method"] == "combination"].set_index("metric")["value"]
    assert 0.74 < found["coverage80"] < 0.86
    assert 0.92 < found["coverage95"] < 0.98


def test_counts_of_few_years_are_tried_from_counting_years_only() -> None:
    values = np.full((4, 16), np.nan)
    counted = [0, 2, 4, 6, 8, 10, 13, 15]
    values[:, counted] = np.random.default_rng(5).poisson(40, (4, 8))
    source = panel(values)
    assert set(trials.cuts(source, EngineOptions(horizon=6))) <= {c + 1 for c in counted}
    found = train(source, EngineOptions(horizon=6, origins=3), 1).quantiles((0.5,))
    assert np.isfinite(found).all()


def test_a_series_that_closed_most_likely_stays_closed() -> None:
    values = np.random.default_rng(6).poisson(9, (60, 12)).astype(float)
    values[:20, 5:] = 0.0
    options = EngineOptions(horizon=2, origins=3)
    found = train(panel(values), options, 1)
    assert (found.quantiles((0.5,))[:20] == 0).all()
    assert (found.quantiles((0.5,))[20:] > 0).all()
    chance = found.learnt.zero[0, 3]
    assert (chance > 0.9).all()


def test_weights_go_to_the_member_that_was_right() -> None:
    rng = np.random.default_rng(7)
    trend = np.arange(16) * rng.uniform(3, 9, (80, 1)) + 50 + rng.normal(0, 0.5, (80, 16))
    options = EngineOptions(horizon=2, methods={"naive": {}, "drift": {}})
    members = train(panel(trend), options, 1).weights
    assert members.loc[members["method"] == "drift", "weight"].min() > 0.9


def test_least_squares_on_the_simplex_is_exact_on_a_known_case() -> None:
    found = weights.simplex_least_squares(np.eye(3), np.array([0.7, 0.5, -2.0]))
    np.testing.assert_allclose(found, [0.6, 0.4, 0.0], atol=1e-5)


def test_the_spread_grows_with_the_horizon_and_quantiles_with_the_level(trained: Trained) -> None:
    spread = trained.outlook().spread
    assert (np.diff(trained.learnt.calibration.growth) >= 0).all()
    assert (spread > 0).all()
    quantiles = trained.quantiles((0.025, 0.1, 0.5, 0.9, 0.975))
    assert (np.diff(quantiles, axis=2) >= 0).all()


def test_exposure_after_the_origin_is_projected_not_read() -> None:
    source = social()
    past = exposures.at(source, 8, 3)
    assert past.exposure is not None
    assert source.exposure is not None
    assert past.exposure.shape[1] == 11
    np.testing.assert_allclose(past.exposure[:, 8:], source.exposure[:, 8:11], rtol=0.01)
    np.testing.assert_array_equal(past.exposure[:, :8], source.exposure[:, :8])


def test_reconciled_series_meet_a_certain_sum() -> None:
    above = reconciliation.Above(np.zeros(3, dtype=np.intp), np.array([[60.0]]), np.array([[1e-9]]))
    centre, spread = np.array([[10.0], [20], [20]]), np.array([[1.0], [2], [2]])
    found = reconciliation.pulled(centre, spread, [above], np.zeros(3, dtype=np.intp), np.zeros(1))
    np.testing.assert_allclose(found.sum(), 60.0)
    np.testing.assert_allclose(found[:, 0], [10 + 10 / 9, 20 + 40 / 9, 20 + 40 / 9])


def test_reconciling_with_an_all_zero_series_stays_finite() -> None:
    source = social()
    source.values[0] = 0.0
    found = train(source, OPTIONS, 1).simulate(3, 20, 1).values
    assert np.isfinite(found).all()
    assert (found >= 0).all()


def test_sums_over_holes_take_the_nearest_value() -> None:
    source = panel(np.array([[1.0, np.nan, 3, 4], [np.nan, 2, 2, np.nan]]))
    np.testing.assert_allclose(levels.whole(source.values), [[1, 2, 3, 4], [2, 2, 2, 2]])


def test_a_run_of_zeros_without_evidence_says_half_and_half() -> None:
    source = panel(np.ones((5, 8)))
    options = EngineOptions(horizon=2, methods={"naive": {}})
    from forecast.engine import trying

    chance = hurdle.learn(trying.run(source, options).series, np.zeros(5, dtype=np.intp))
    assert (chance[:, 0] == 0).all()
    assert (chance[:, 1:] == 0.5).all()


def test_few_independent_errors_widen_the_tails() -> None:
    few, many = calibration._doubt(4.0), calibration._doubt(1000.0)
    assert few[0] > 1.3
    assert abs(many[0] - 1) < 0.01


def test_a_horizon_never_tried_takes_the_shape_of_the_longest_that_was() -> None:
    unit = np.random.default_rng(4).exponential(1.0, (5, 40, 6)) - 0.7
    unit[:, :, 3:] = np.nan
    shapes = calibration._shapes(unit)
    np.testing.assert_array_equal(shapes[4:], np.stack([shapes[3]] * 2))
    assert shapes[5, -2] > -1.5 * shapes[5, 1]  # skewed, as the errors are
    np.testing.assert_array_equal(calibration._shapes(unit * np.nan), [calibration.USUAL] * 6)


def test_a_horizon_that_was_not_learnt_is_refused(trained: Trained) -> None:
    with pytest.raises(MethodError, match="horizon 9"):
        trained.simulate(9, 10, 1)
    with pytest.raises(MethodError, match=r"scale 'lgo'.*did you mean log"):
        EngineOptions(scale="lgo")


def test_a_panel_without_any_value_is_refused_in_a_sentence() -> None:
    with pytest.raises(MethodError, match="nothing to train on"):
        train(panel(np.full((2, 5), np.nan)), EngineOptions(), 1)


def test_standard_stands_for_the_whole_bank_beside_what_is_named() -> None:
    source = social()
    options = EngineOptions(methods={"standard": {}, "pooled_arima": {"scale": "log"}})
    names = [m.name for m in bank.members(source, options)]
    assert set(bank.standard(source, options)) < set(names)
    assert names[-1] == "pooled_arima"
    assert "pooled_rate" in names


def test_a_slow_method_is_a_member_only_where_series_are_few() -> None:
    source = social()
    options = EngineOptions(
        groups=("service",), levels=("region",),
        methods={"naive": {}, "prophet": {"levels": ["nation"]}},
    )  # fmt: skip
    assert [m.name for m in bank.members(source, options)] == ["naive"]
    top = levels.of(source, options)[0]
    sums = levels.panel_of(source, top)
    assert [m.name for m in bank.members(sums, options, "nation")] == ["naive", "prophet"]
    assert [m.name for m in bank.members(sums, options, "region")] == ["naive"]


def test_a_named_member_that_cannot_take_part_is_told_with_its_reason() -> None:
    source = social()
    slow = {"naive": {}, "prophet": {"levels": ["region"]}, "ets": {}}
    options = EngineOptions(groups=("service",), levels=("region",), methods=slow)
    assert bank.left_out(source, options) == {"ets": "too_many"}
    regions = levels.panel_of(source, levels.of(source, options)[1])
    assert bank.left_out(regions, options, "region") == {}
    many = panel(np.ones((bank.MANY + 1, 8)))
    assert bank.left_out(many, options, "region") == {"prophet": "too_many", "ets": "too_many"}
    assert [m.name for m in bank.members(many, options, "region")] == ["naive"]
    bare = EngineOptions(methods={"naive": {}, "demographic": {}})
    assert bank.left_out(panel(np.ones((3, 8))), bare) == {"demographic": "no_exposure"}


def test_what_reconciling_does_to_the_series_is_scored_with_its_interval() -> None:
    found = train(social(n=48), OPTIONS, 7).scores
    rows = found[found["metric"] == "ratio_vs_bottom_up"]
    assert set(rows["level"]) == {"municipality"}
    row = rows[(rows["horizon"] == 0) & (rows["size_class"] == "all")].iloc[0]
    assert row["lower"] <= row["value"] <= row["upper"]
    assert row["value"] <= 1.01
    mase = found[(found["metric"] == "mase") & (found["level"] == "municipality")]
    mase = mase[(mase["horizon"] == 0) & (mase["size_class"] == "all")].set_index("method")
    value = mase["value"]
    assert row["value"] == pytest.approx(value["combination"] / value["bottom_up"], rel=1e-9)
    alone = train(social(), replace(OPTIONS, levels=()), 7).scores
    assert "bottom_up" not in set(alone["method"])
    assert "ratio_vs_bottom_up" not in set(alone["metric"])


def test_a_season_is_no_sign_of_noise() -> None:
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1, (20, 28)).cumsum(axis=1)
    season = np.tile([0.0, 30, -10, -20], 7)
    plain = standing.of(panel(200 + noise, quarters=True))
    seasonal = standing.of(panel(200 + noise + season, quarters=True))
    assert (seasonal.scale < 1.5 * plain.scale).all()
    np.testing.assert_allclose(seasonal.signs[:, 0], plain.signs[:, 0], atol=0.5)


def test_zeros_are_on_the_scale_of_a_count_and_not_of_a_seasons_dust() -> None:
    rng = np.random.default_rng(6)
    counts = rng.poisson(40 + np.tile([0.0, 9, -4, -5], 7), (20, 28)).astype(float)
    counts[3] = 0
    counts[4, :25] = np.nan
    counts[4, 25:] = 0
    found = standing.of(panel(counts, quarters=True)).scale
    smallest = counts[counts > 0].min()
    assert found[3] == found[4] == 0.5 * smallest


def test_the_mean_is_that_of_the_middle_half() -> None:
    source = social()
    fitted = train(source, OPTIONS, 1)
    middle = fitted.quantiles((0.25, 0.75))
    found = fitted.mean()
    assert (found >= middle[..., 0]).all()
    assert (found <= middle[..., 1]).all()


def test_a_series_likely_to_stay_at_zero_has_the_mean_zero() -> None:
    values = np.random.default_rng(6).poisson(60, (60, 12)).astype(float)
    values[:20, 5:] = 0.0
    found = train(panel(values), EngineOptions(horizon=2, origins=3), 1)
    assert (found.mean()[:20] == 0).all()
    assert (found.mean()[20:] > 0).all()


def test_a_group_is_combined_by_weights_of_its_own(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    rise = np.repeat([1.0, 0.0], 40)[:, None]
    values = 500 + np.arange(16) * 20 * rise + rng.normal(0, 1, (80, 16))
    keys = pd.DataFrame({"area": [f"{k}" for k in range(80)], "service": ["a"] * 40 + ["b"] * 40})
    source = replace(panel(values), keys=keys)
    methods: dict[str, dict[str, object]] = {"naive": {}, "drift": {}, "mean_reversion": {}}
    options = EngineOptions(groups=("service",), horizon=2, methods=methods)
    model = train(source, options, 1)
    drift = model.learnt.weight[:, :, 1]
    assert drift[0].min() > 0.9
    assert drift[1].max() < 0.5
    typical = model.weights[model.weights["method"] == "drift"].iloc[0]["weight"]
    assert typical == pytest.approx(drift[:, 0].mean())
    storage.save(model, tmp_path)
    np.testing.assert_array_equal(storage.load(tmp_path).mean(), model.mean())


def test_draws_of_a_small_count_are_whole_and_have_its_quantiles() -> None:
    rng = np.random.default_rng(6)
    source = panel(rng.poisson(4.0, (30, 14)).astype(np.float64))
    fitted = train(source, EngineOptions(horizon=2, origins=3), 1)
    draws = fitted.simulate(2, 4000, 1).values
    assert (draws % 1 == 0).all()
    found = np.quantile(draws, (0.1, 0.5, 0.9), axis=2)
    assert np.abs(np.moveaxis(found, 0, 2) - fitted.quantiles((0.1, 0.5, 0.9))).max() <= 1


def test_a_panel_too_short_to_be_tried_has_empty_tables_with_their_columns(tmp_path: Path) -> None:
    short = panel(np.array([[3.0, 4.0, 5.0]]))
    model = train(short, EngineOptions(horizon=2, origins=1, methods={"naive": {}}), 1)
    assert model.backtest.empty
    assert {"origin", "period", "method", "quantile", "value", "actual"} <= set(model.backtest)
    storage.save(model, tmp_path)
    assert set(storage.load(tmp_path).backtest) == set(model.backtest)


def test_bias_and_skewness_of_past_errors_are_believed_in_part() -> None:
    own = np.array([-2.0, 1.0, 6.0])
    np.testing.assert_allclose(calibration._believed(own, 1.0, 1.0), own)
    np.testing.assert_allclose(calibration._believed(own, 0.0, 0.0), [-4.0, 0.0, 4.0])
    np.testing.assert_allclose(calibration._believed(own, 0.5, 0.5), [-3.0, 0.5, 5.0])

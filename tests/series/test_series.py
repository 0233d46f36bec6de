"""`forecast series`: anyone's panel in, quantiles out, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecast.cli.series import command
from forecast.errors import DataError, ForecastError
from forecast.series import forecast_frame, repeated_sums


def _long(values: dict[str, list[float]], ds: list[object]) -> pd.DataFrame:
    rows = [(k, t, y) for k, v in values.items() for t, y in zip(ds[-len(v) :], v, strict=True)]
    return pd.DataFrame(rows, columns=["unique_id", "ds", "y"])


def _value(out: pd.DataFrame, name: str, ds: object, quantile: float) -> float:
    hit = out[(out["unique_id"] == name) & (out["ds"] == ds) & (out["quantile"] == quantile)]
    return float(hit["value"].iloc[0])


SHAPES: dict[str, dict[str, list[float]]] = {
    "one series": {"a": [3.0, 5, 4, 6, 7, 8]},
    "three points": {"a": [3.0, 5, 4]},
    "three points with a gap": {"a": [3.0, 5, np.nan, 4]},
    "three points far apart": {"a": [3.0, np.nan, np.nan, 5, np.nan, np.nan, 4]},
    "one point among others": {"a": [3.0], "b": [4.0, 5, 6, 7]},
    "constant": {"a": [5.0] * 8, "b": [2.0] * 8},
    "zeros": {"a": [0.0] * 8},
    "negative": {"a": [-3.0, -1, 2, -5, 4, 1]},
    "huge and tiny": {"a": [1e12, 1.1e12, 1.2e12, 1.3e12], "b": [1e-9, 2e-9, 2e-9, 3e-9]},
    "gaps": {"a": [3.0, np.nan, 5, np.nan, 7, 8]},
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_of_series_is_answered(name: str) -> None:
    frame = _long(SHAPES[name], list(range(2010, 2020)))
    out = forecast_frame(frame, horizon=2, quantiles=(0.1, 0.5, 0.9))
    assert len(out) == len(SHAPES[name]) * 2 * 4
    assert np.isfinite(out["value"]).all()
    wide = out.pivot_table(index=["unique_id", "ds"], columns="quantile", values="value")
    assert (wide[0.1] <= wide[0.9]).all()


@pytest.mark.parametrize(
    ("ds", "expected"),
    [
        ([2019, 2020, 2021, 2022], 2023),
        ([7, 8, 9, 10], 11),
        (["2023Q2", "2023Q3", "2023Q4", "2024Q1"], "2024Q2"),
        (["2021-12-31", "2022-12-31", "2023-12-31", "2024-12-31"], "2025-12-31"),
        (["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31"], "2024-03-31"),
    ],
)
def test_time_comes_back_in_the_form_it_came_in(ds: list[object], expected: object) -> None:
    out = forecast_frame(_long({"a": [1.0, 2, 3, 4]}, ds), horizon=1)
    assert set(out["ds"]) == {expected}


def test_each_series_is_forecast_from_its_own_end() -> None:
    frame = pd.concat(
        [
            _long({"a": [1.0, 2, 3, 4]}, [2017, 2018, 2019, 2020]),
            _long({"b": [5.0, 6, 7]}, [2015, 2016, 2017]),
        ]
    )
    out = forecast_frame(frame, horizon=2)
    assert set(out.loc[out["unique_id"] == "a", "ds"]) == {2021, 2022}
    assert set(out.loc[out["unique_id"] == "b", "ds"]) == {2018, 2019}


def _panel(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(24):
        level = rng.uniform(20, 400)
        for t in range(2010, 2021):
            level *= np.exp(0.03 + 0.08 * rng.normal())
            row = (f"s{k:02d}", t, round(level), "ab"[k % 2], f"r{k % 3}", 1000.0 + 10 * (t - 2010))
            rows.append(row)
    return pd.DataFrame(rows, columns=["unique_id", "ds", "y", "kind", "region", "people"])


def test_sums_are_named_by_their_columns_and_means_add_up() -> None:
    out = forecast_frame(_panel(), horizon=3, groups=["kind"], levels=["region"])
    mean = out[out["quantile"].isna()]
    top = mean[mean["unique_id"] == "kind=a"].set_index("ds")["value"]
    regions = mean[mean["unique_id"].str.match(r"kind=a\|region=r\d$")].groupby("ds")["value"].sum()
    parts = mean[mean["unique_id"].isin([f"s{k:02d}" for k in range(0, 24, 2)])]
    np.testing.assert_allclose(regions, top, rtol=1e-9)
    np.testing.assert_allclose(parts.groupby("ds")["value"].sum(), top, rtol=1e-9)


def _named(out: pd.DataFrame, name: str) -> pd.DataFrame:
    return out[out["unique_id"] == name].drop(columns="unique_id").reset_index(drop=True)


def test_a_sum_that_is_another_has_its_numbers_under_both_names_and_is_told() -> None:
    frame = _panel().assign(place="all of it")
    frame.loc[frame["unique_id"] == "s05", "region"] = "alone"
    asked = {"groups": ["kind"], "levels": ["place", "region"]}
    same = dict(repeated_sums(frame, **asked))
    assert same == {
        "kind=a|place=all of it": "kind=a",
        "kind=b|place=all of it": "kind=b",
        "kind=b|place=all of it|region=alone": "s05",
    }
    out = forecast_frame(frame, horizon=2, **asked)  # type: ignore[arg-type]  # keywords by name
    assert {"kind=a|place=all of it|region=r0", *same, *same.values()} <= set(out["unique_id"])
    for name, other in same.items():
        pd.testing.assert_frame_equal(_named(out, name), _named(out, other))
    assert repeated_sums(_panel(), groups=["kind"], levels=["region"]) == []
    assert repeated_sums(frame) == []


def test_the_command_tells_of_a_sum_that_is_another(tmp_path: Path) -> None:
    _panel().assign(region="only").to_csv(tmp_path / "in.csv", index=False)
    asked = [str(tmp_path / "in.csv"), "--horizon", "1", "--levels", "region"]
    result = CliRunner().invoke(command, asked, catch_exceptions=False)
    assert result.stderr == (
        "note: region=only is total by construction; it stands under both names\n"
    )
    assert "region=only,2021,0.5," in result.stdout


def test_a_sum_is_surer_than_its_parts_and_less_sure_than_if_they_were_independent() -> None:
    out = forecast_frame(_panel(), horizon=1, levels=["region"], quantiles=(0.1, 0.9))
    wide = out.pivot_table(index="unique_id", columns="quantile", values="value")
    width = wide[0.9] - wide[0.1]
    parts = width[width.index.str.startswith("s")]
    assert np.sqrt((parts**2).sum()) < width["total"] < parts.sum()


def test_future_exposure_moves_the_forecast() -> None:
    frame = _panel()
    ahead = frame[frame["ds"] == 2020].assign(ds=2021, y=np.nan)
    same, double = (
        forecast_frame(pd.concat([frame, ahead.assign(people=p)]), horizon=1, exposure="people")
        for p in (1110.0, 2220.0)
    )
    ratio = _value(double, "s03", 2021, 0.5) / _value(same, "s03", 2021, 0.5)
    assert 1.3 < ratio <= 2.05


def test_rows_in_any_order_give_the_same_bytes() -> None:
    frame = _panel()
    mixed = frame.sample(frac=1, random_state=3)
    first, second = (forecast_frame(f, horizon=2, levels=["region"]) for f in (frame, mixed))
    assert first.to_csv(index=False) == second.to_csv(index=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"y": ["1", "x", "3"]}, "row 3 .* holds 'x'"),
        ({"y": [1.0, np.inf, 3.0]}, "row 3 .* holds 'inf'"),
        ({"ds": [2019, 2019, 2021]}, "rows 2 and 3 are both a at 2019"),
        ({"ds": ["2019", "soon", "2021"]}, "row 3 holds 'soon'"),
        ({"ds": ["2019-01-01", "2019-01-02", "2019-01-03"]}, "1 days apart"),
        ({"y": [np.nan, np.nan, np.nan]}, "a has no value of y"),
        ({"unique_id": ["a", None, "a"]}, "unique_id: row 3 is empty"),
    ],
)
def test_bad_input_is_one_sentence_with_its_row(change: dict[str, list[object]], said: str) -> None:
    frame = _long({"a": [1.0, 2, 3]}, [2019, 2020, 2021]).astype({"ds": object, "y": object})
    with pytest.raises(DataError, match=said):
        forecast_frame(frame.assign(**change), horizon=1)  # type: ignore[arg-type]  # wrong on purpose


def test_a_missing_column_is_named_with_the_nearest() -> None:
    frame = _long({"a": [1.0, 2, 3]}, [2019, 2020, 2021]).rename(
        columns={"unique_id": "unique_ids"}
    )
    with pytest.raises(DataError, match="'unique_id' is missing; did you mean unique_ids"):
        forecast_frame(frame, horizon=1)
    with pytest.raises(DataError, match="'knd' is missing; did you mean kind"):
        forecast_frame(_panel(), horizon=1, groups=["knd"])


def test_the_command_writes_what_the_function_returns(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    _panel().to_csv(source, index=False)
    asked = [
        str(source),
        "--horizon",
        "2",
        "--groups",
        "kind",
        "--quantiles",
        "0.5",
        "--out",
        str(out),
    ]
    result = CliRunner().invoke(command, asked, catch_exceptions=False)
    assert result.output.strip() == str(out)
    written = pd.read_parquet(out)
    assert list(written.columns) == ["unique_id", "ds", "quantile", "value"]
    assert len(written) == 24 * 2 * 2


@pytest.mark.parametrize(
    "content", [b"", b"unique_id,ds\n", b"\xff\xfe\x00bad", b"unique_id,ds,y, y\na,2020,1,2\n"]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.csv").write_bytes(content)
    result = CliRunner().invoke(command, [str(tmp_path / "in.csv"), "--horizon", "1"])
    assert isinstance(result.exception, ForecastError)


def test_a_name_that_cannot_be_written_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    asked = [str(tmp_path / "nothere.csv"), "--horizon", "1", "--out", str(tmp_path / "out.json")]
    result = CliRunner().invoke(command, asked)
    assert isinstance(result.exception, ForecastError)
    assert "out.json: expected a name that ends in .csv or .parquet" in str(result.exception)


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    _panel().to_csv(source, index=False)
    before = source.read_bytes()
    (tmp_path / "link.csv").symlink_to(source)
    for name in ("in.csv", "link.csv", "../" + tmp_path.name + "/in.csv"):
        asked = [str(source), "--horizon", "1", "--out", str(tmp_path / name)]
        result = CliRunner().invoke(command, asked)
        assert isinstance(result.exception, ForecastError)
        assert "is the file that is read; name another" in str(result.exception)
    assert source.read_bytes() == before


def test_two_figures_are_too_few_however_far_apart() -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": [2013, 2020], "y": [1.0, 2]})
    with pytest.raises(DataError, match="spans 8 periods, with figures in 2 of them; expected at"):
        forecast_frame(frame, horizon=1)


def test_a_panel_too_short_to_try_anything_out_is_refused_in_a_sentence() -> None:
    short = pd.DataFrame({"unique_id": ["a", "a", "b"], "ds": [2023, 2024, 2024], "y": [1.0, 2, 3]})
    with pytest.raises(DataError, match="longest series spans 2 periods; expected at least 3"):
        forecast_frame(short, horizon=2)


def test_a_quantile_outside_0_to_1_is_refused() -> None:
    with pytest.raises(DataError, match=r"quantile 2\.0: expected levels between 0 and 1"):
        forecast_frame(_panel(), horizon=1, quantiles=(0.5, 2.0))


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.assign(region="only"),
        lambda f: f[~((f["unique_id"] == "s03") & (f["ds"] < 2019))],
        lambda f: f[~((f["unique_id"] == "s03") & (f["ds"] > 2015))],
        lambda f: f.assign(people=f["people"].where(f["unique_id"] != "s03", 0.0)),
        lambda f: f.assign(people=f["people"].where(f["ds"] != 2016)),
        lambda f: f.assign(region=f["unique_id"]),
    ],
    ids=["one area", "late", "ended", "nobody there", "a year without exposure", "own regions"],
)
def test_odd_levels_and_exposures_are_answered_and_sums_are_those_of_their_series(
    change: Callable[[pd.DataFrame], pd.DataFrame],
) -> None:
    out = forecast_frame(change(_panel()), horizon=2, levels=["region"], exposure="people")
    assert np.isfinite(out["value"]).all()
    mean = out[out["quantile"].isna()].groupby("unique_id")["value"].sum()
    parts = mean[mean.index.str.startswith("s")].sum()
    assert mean["total"] == pytest.approx(parts)
    assert mean[mean.index.str.startswith("region=")].sum() == pytest.approx(parts)

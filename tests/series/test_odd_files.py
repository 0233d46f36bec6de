"""Tables as databases, spreadsheets and other programs leave them, answered or refused in words."""

from __future__ import annotations

import uuid
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecast.cli.series import command
from forecast.errors import DataError
from forecast.series import forecast_frame, layout, numbers, seriesfile

YEARS = [2015, 2016, 2017, 2018, 2019, 2020]
FIGURES = [3.0, 5, 4, 6, 7, 8]


def _frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": "a", "ds": YEARS, "y": FIGURES, **columns})


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        (pd.array([1, None, 3], dtype="Int64"), [1, np.nan, 3]),
        (pd.array([1.5, None, 3], dtype="Float64"), [1.5, np.nan, 3]),
        (pd.array([True, False, None], dtype="boolean"), [1, 0, np.nan]),
        (pd.array([1.5, np.nan, 3], dtype="float32"), [1.5, np.nan, 3]),
        ([Decimal("1.300"), None, Decimal("2.500")], [1.3, np.nan, 2.5]),
        (pd.Categorical(["1", "2", None]), [1, 2, np.nan]),
        (["1,5e-05", "2,0", ""], [1.5e-05, 2, np.nan]),
        ([1e-300, -1e-310, 2.0], [0, 0, 2]),
    ],
)
def test_figures_of_every_kind_of_column_are_read(y: object, expected: list[float]) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": [1, 2, 3], "y": y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(numbers.read(frame, "y"), expected)


@pytest.mark.parametrize(
    ("ds", "expected"),
    [
        (pd.period_range("2015Q1", periods=6, freq="Q"), "2016Q3"),
        (pd.period_range("2015", periods=6, freq="Y"), 2021),
        (pd.Categorical(pd.date_range("2015-12-31", periods=6, freq="YE")), "2021-12-31"),
        (pd.Categorical(YEARS), 2021),
        ([f"{year}.0" for year in YEARS], 2021),
    ],
)
def test_times_of_every_kind_of_column_come_back(ds: object, expected: object) -> None:
    out = forecast_frame(_frame(ds=ds), horizon=1)["ds"].iloc[0]
    assert (f"{out:%Y-%m-%d}" if isinstance(out, pd.Timestamp) else out) == expected


@pytest.mark.parametrize(
    ("ds", "row"),
    [
        ([*YEARS[:4], None, 2020], 6),
        (pd.Categorical([2015, None, *YEARS[2:]]), 3),
        ([*(str(year) for year in YEARS[:5]), " "], 7),
        (pd.DatetimeIndex(["2015-12-31", None, *(f"{y}-12-31" for y in YEARS[2:])]), 3),
    ],
)
def test_a_row_without_time_is_named(ds: object, row: int) -> None:
    with pytest.raises(DataError, match=f"ds: row {row} is empty; expected in every row a year"):
        forecast_frame(_frame(ds=ds), horizon=1)


def _file(folder: Path, text: str) -> Path:
    path = folder / "in.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _rows(ending: str = "", head: str = "unique_id,ds,y", name: str = "a") -> str:
    rows = [f"{name},{t},{y:g}{ending}" for t, y in zip(YEARS, FIGURES, strict=True)]
    return "\n".join([head, *rows]) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        _rows(","),
        _rows(",", "unique_id,ds,y,"),
        _rows(",", "unique_id,ds,y,") + ",,,\n,,,\n",
        _rows() + ",,\n,,\n",
        _rows() + "\n\n",
    ],
)
def test_empty_fields_and_rows_at_the_end_are_no_cells(tmp_path: Path, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = seriesfile.read(_file(tmp_path, text))
    plain = seriesfile.read(_file(tmp_path, _rows()))
    pd.testing.assert_frame_equal(table[list(plain)], plain, check_dtype=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_rows(",5"), "row 2: 4 fields where 3 were expected; .* a decimal comma"),
        (_rows() + "a,2021,3,5\n", "row 8: 4 fields where 3 were expected"),
        (_rows() + 'a,2021,"3\n', "the quotation marks do not close"),
        (_rows() + "a\0,2021,3\n", "holds zero bytes"),
    ],
)
def test_fields_that_would_be_read_as_others_are_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(DataError, match=said) as raised:
        seriesfile.read(_file(tmp_path, text))
    assert "\n" not in str(raised.value)


def test_names_are_text_whatever_they_look_like(tmp_path: Path) -> None:
    path = _file(tmp_path, _rows(",084,None", "unique_id,ds,y,region,kind", "NA"))
    asked = [str(path), "--horizon", "1", "--levels", "region,kind", "--quantiles", "0.5"]
    out = CliRunner().invoke(command, asked).stdout
    first = [line.split(",")[0] for line in out.splitlines()[1::2]]
    assert first == ["NA", "total", "region=084", "region=084|kind=None"]


def test_a_heading_may_be_na_or_missing(tmp_path: Path) -> None:
    table = seriesfile.read(_file(tmp_path, _rows(",084,7,x", "unique_id,ds,y,NA,,")), ("NA",))
    assert list(table)[:4] == ["unique_id", "ds", "y", "NA"]
    assert set(table["NA"]) == {"084"}


@pytest.mark.parametrize("kept", [False, True])  # as columns too
@pytest.mark.parametrize("index", [["unique_id"], ["unique_id", "ds"]])
def test_names_that_a_parquet_file_keeps_as_its_index_are_columns(
    tmp_path: Path, index: list[str], kept: bool
) -> None:
    path = tmp_path / "in.parquet"
    _frame().set_index(index, drop=not kept).to_parquet(path)
    table = seriesfile.read(path)
    pd.testing.assert_frame_equal(table[list(_frame())], _frame(), check_dtype=False)


def test_names_are_said_on_one_line_and_cut() -> None:
    for name in ("line\nbreak", "x" * 3000, "\x1b[31mred"):
        with pytest.raises(DataError) as raised:
            forecast_frame(_frame(unique_id=name, y=np.nan), horizon=1)
        assert str(raised.value).isprintable()
        assert len(str(raised.value)) < 200


def test_identifiers_that_are_bytes_and_no_text_are_refused() -> None:
    with pytest.raises(DataError, match="unique_id holds bytes that are no text"):
        forecast_frame(_frame(unique_id=uuid.UUID(int=2**127 + 0xA9).bytes), horizon=1)


@pytest.mark.parametrize("size", [1e-60, 1e60])
def test_a_population_of_no_size_that_people_have_is_refused(size: float) -> None:
    with pytest.raises(DataError, match=r"expected a population, zero or between 1e-50 and 1e\+50"):
        forecast_frame(_frame(people=size), horizon=1, exposure="people")


def test_a_series_without_the_population_that_was_asked_for_is_told(tmp_path: Path) -> None:
    rows = "".join(
        f"{name},{t},{y:g},{people}\n"
        for name, people in (("a", "500"), ("b", ""), ("c", "0"))
        for t, y in zip(YEARS, FIGURES, strict=True)
    )
    path = _file(tmp_path, f"unique_id,ds,y,people\n{rows}")
    done = CliRunner().invoke(command, [str(path), "--horizon", "1", "--exposure", "people"])
    assert done.exit_code == 0
    assert "note: people is empty or zero in every row of b and 1 more; forecast" in done.stderr
    assert not CliRunner().invoke(command, [str(path), "--horizon", "1"]).stderr


def test_what_is_smaller_than_any_figure_is_zero_and_no_trouble_to_others() -> None:
    def answers(small: float) -> pd.DataFrame:
        panel = pd.concat([_frame(y=[y * small for y in FIGURES]), _frame(unique_id="b")])
        return forecast_frame(panel, horizon=2, levels=("unique_id",))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pd.testing.assert_frame_equal(answers(1e-310), answers(0.0))


def test_a_season_of_thousands_raises_no_warning() -> None:
    quarters = [f"{2010 + k // 4}Q{k % 4 + 1}" for k in range(24)]
    rng = np.random.default_rng(1)
    y = rng.normal(0, 500, 24) + np.tile([5000.0, -4000, 2500, -3500], 6)
    panel = pd.DataFrame({"unique_id": "a", "ds": quarters, "y": y})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = forecast_frame(panel, horizon=4, quantiles=(0.5,))
    assert list(np.sign(out["value"][::2])) == [1, -1, 1, -1]


def test_nothing_is_read_into_a_frame_that_is_handed_in() -> None:
    frame = _frame(ds=pd.Categorical(YEARS))
    before = frame.copy()
    layout.lay_out(frame, layout.Ask(1))
    pd.testing.assert_frame_equal(frame, before)

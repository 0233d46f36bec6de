"""Files as others write them, Danish numbers or financial years; else a sentence says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.errors import DataError
from forecast.series import forecast_frame, numbers, seriesfile

YEARS = range(2015, 2023)


def _file(folder: Path, figures: list[str], mark: str = ";") -> pd.DataFrame:
    """A file of one series as `seriesfile` reads it."""
    rows = [mark.join(("001", str(y), text)) for y, text in zip(YEARS, figures, strict=False)]
    path = folder / "in.csv"
    path.write_text("\n".join([mark.join(("unique_id", " ds", "y ")), *rows]) + "\n", "utf-8-sig")
    return seriesfile.read(path)


@pytest.mark.parametrize(
    ("figures", "mark", "expected"),
    [
        (["100,5", "99", ""], ";", [100.5, 99, np.nan]),
        (["1.100,5", "990", "1.234.567"], ";", [1100.5, 990, 1234567]),
        (["1 100", "990", "-2\u00a0000,25"], ";", [1100, 990, -2000.25]),
        (["100.5", "99.125", "7"], ";", [100.5, 99.125, 7]),
        (["0.125", "0.250", "1.375"], ";", [0.125, 0.25, 1.375]),
        (["100.125", "99.125"], ",", [100.125, 99.125]),
        (["100,5", "99.5"], "\t", "'100,5'"),
        (["100.300", "99.125"], ";", r"'100\.300', which may be 100300"),
        (["100,300", "99,125"], "\t", "'100,300'; expected a number"),
        (["100", "12%"], ";", "row 3 .*'12%'; expected a number"),
        (["100", "1e302"], ",", r"row 3 .*'1e\+302'; expected a number"),
    ],
)
def test_figures_are_read_as_they_were_meant_or_refused(
    tmp_path: Path, figures: list[str], mark: str, expected: list[float] | str
) -> None:
    frame = _file(tmp_path, figures, mark)
    assert set(frame["unique_id"]) == {"001"}
    if isinstance(expected, str):
        with pytest.raises(DataError, match=expected):
            numbers.read(frame, "y")
    else:
        np.testing.assert_array_equal(numbers.read(frame, "y"), expected)


def test_a_danish_file_and_a_plain_one_are_forecast_alike(tmp_path: Path) -> None:
    figures = [1000 + 7.5 * k + k**2 for k in range(8)]
    plain = _file(tmp_path, [f"{y:.1f}" for y in figures], ",")
    danish = _file(tmp_path, [f"{y:,.1f}".translate(str.maketrans(",.", ".,")) for y in figures])
    assert danish["y"].iloc[1] == "1.008,5"
    pd.testing.assert_frame_equal(
        forecast_frame(plain, horizon=2), forecast_frame(danish, horizon=2)
    )


@pytest.mark.parametrize(
    ("ds", "expected"),
    [
        (["2019/20", "2020/21", "2021/22", "2022/23"], "2023/24"),
        (["1996-97", "1997-98", "1998-99", "1999-00"], "2000-01"),
        (["2019/2020", "2020/2021", "2021/2022", "2022/2023"], "2023/2024"),
        (["Q2 2023", "Q3 2023", "Q4 2023", "Q1 2024"], "Q2 2024"),
        (["2023k2", "2023k3", "2023k4", "2024k1"], "2024k2"),
        (["2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1"], "2024-Q2"),
        (["2021K1", "2022K1", "2023K1", "2024K1"], "2025K1"),  # a count every January
        (["31-12-2019", "31-12-2020", "31-12-2021", "31-12-2022"], "31-12-2023"),
        (["31.03.2023", "30.06.2023", "30.09.2023", "31.12.2023"], "31.03.2024"),
        (["2023-03", "2023-06", "2023-09", "2023-12"], "2024-03"),
        (["2019-12-31T00:00Z", "2020-12-31T00:00Z", "2021-12-31T00:00Z"], "2022-12-31"),
    ],
)
def test_more_forms_of_time_come_back_as_they_came(ds: list[str], expected: str) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": ds, "y": range(1, len(ds) + 1)})
    assert set(forecast_frame(frame, horizon=1)["ds"]) == {expected}


@pytest.mark.parametrize("ds", ["2019/21", "12/31/2019", "31-02-2019", "2019M12"])
def test_a_time_that_is_none_of_them_is_named(ds: str) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": [ds] * 3, "y": [1, 2, 3]})
    with pytest.raises(DataError, match=f"ds: row 2 holds '{ds}'; expected in every row a year"):
        forecast_frame(frame, horizon=1)


@pytest.mark.parametrize(
    ("ds", "frequency", "said"),
    [
        ([2019, 2020, 2021], "Q", "row 2 holds 2019, a year, but frequency Q was named"),
        (["2019", "2020", "2021"], "Q", "row 2 holds 2019, a year"),
        (["2019/20", "2020/21", "2021/22"], "Q", "row 2 holds 2019/20, a year"),
        (["2019-12-31", "2020-12-31", "2021-12-31"], "Q", "row 2 holds 2019-12-31, a year"),
        (["2019Q1", "2019Q2", "2019Q3"], "Y", "row 2 holds 2019Q1, a quarter, but frequency Y"),
        ([201911, 201912, 202001], None, "row 2 holds 201911, which reads as a month; write it as"),
        ([20193, 20194, 20201], None, "row 2 holds 20193, which reads as a quarter"),
        ([20191231, 20201231, 20211231], None, "row 2 holds 20191231; expected a year"),
        ([45291, 45657, 46022], None, "45291, a spreadsheet's number for the date 2023-12-31"),
        (["2019-12-31", "2020-12-30", "2021"], None, "row 4 holds '2021'; expected in every row"),
        (["2019-12-31", "2020-12", "2021-12"], None, "row 3 holds '2020-12'; expected in every"),
        (["9997-12-31", "9998-12-31", "9999-12-31"], None, "beyond the year 9999"),
    ],
)
def test_years_are_no_quarters_and_packed_times_no_integers(
    ds: list[object], frequency: str | None, said: str
) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": ds, "y": [1, 2, 3]})
    with pytest.raises(DataError, match=said):
        forecast_frame(frame, horizon=1, frequency=frequency)


@pytest.mark.parametrize(
    ("ds", "frequency", "expected"),
    [
        ([1, 2, 3], "Q", 4),
        ([45291, 45292, 45293], "Y", 45294),
        (["20191231", "2020-12-31", "20211231"], "Y", "2022-12-31"),
        ([20191, 20192, 20193], "Q", 20194),
        ([2019, 2020, 2021], "Y", 2022),
        (["2019-03-31", "2019-06-30", "2019-12-31"], "Q", "2020-03-31"),
        (["2019K1", "2020K1", "2021K1"], "Y", "2022K1"),
        (["2019K1", "2020K1", "2021K1"], "Q", "2021K2"),
    ],
)
def test_a_frequency_that_agrees_with_the_times_is_taken(
    ds: list[object], frequency: str, expected: object
) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": ds, "y": [1, 2, 3]})
    assert set(forecast_frame(frame, horizon=1, frequency=frequency)["ds"]) == {expected}


@pytest.mark.parametrize(
    ("population", "said"),
    [([10, -5, 10, 10], "row 3 .* holds '-5'; expected a population"), ([0] * 4, "in every row")],
)
def test_a_population_that_is_none_is_refused(population: list[int], said: str) -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": [1, 2, 3, 4], "y": 1.0, "people": population})
    with pytest.raises(DataError, match=said):
        forecast_frame(frame, horizon=1, exposure="people")


def test_a_level_is_named_once() -> None:
    frame = pd.DataFrame({"unique_id": "a", "ds": [1, 2, 3], "y": 1.0, "region": "b"})
    with pytest.raises(DataError, match="level 'region' is named twice"):
        forecast_frame(frame, horizon=1, levels=["region", "region"])

"""Periods: codes, quarters, dates, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast import periods
from forecast.errors import DataError


def test_a_year_runs_from_january_to_december() -> None:
    year = periods.parse("2024")
    assert (year.frequency, year.start, year.end) == ("A", date(2024, 1, 1), date(2024, 12, 31))


def test_a_danish_quarter_is_the_same_as_an_english_one() -> None:
    assert periods.parse("2024K1") == periods.parse("2024Q1")
    assert periods.parse("2024Q1").end == date(2024, 3, 31)


def test_a_count_on_a_date_is_no_year() -> None:
    count = periods.parse("2022-02-07")
    assert (count.frequency, count.year, count.start) == ("D", 2022, count.end)


@pytest.mark.parametrize(
    "text", ["", "24", "2024Q5", "2024-13-01", "2024M01", "i går", "2023-02-29"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="period"):
        periods.parse(text)


@given(st.integers(1900, 2200), st.integers(1, 4), st.integers(-400, 400))
def test_shifting_back_and_forth_returns(year: int, quarter: int, steps: int) -> None:
    code = f"{year}Q{quarter}"
    assert periods.shift(periods.shift(code, steps), -steps) == code


def test_a_span_has_no_holes() -> None:
    assert periods.span("2023Q3", "2024Q2") == ("2023Q3", "2023Q4", "2024Q1", "2024Q2")
    assert periods.span("2019", "2021") == ("2019", "2020", "2021")

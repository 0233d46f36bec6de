"""Numbers mean what whoever wrote them meant, or are refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.sources import _numbers


def danish(value: float) -> str:
    return f"{value:,.1f}".translate(str.maketrans(",.", ".,"))


FIGURES = st.lists(
    st.integers(-(10**9), 10**9).map(lambda tenths: tenths / 10), min_size=2, max_size=20
).filter(lambda values: any(v % 1 for v in values))


@given(FIGURES)
def test_both_ways_of_writing_are_read_alike(values: list[float]) -> None:
    as_danish = _numbers.parse([danish(v) for v in values], whole=False)
    as_english = _numbers.parse([f"{v:,.1f}" for v in values], whole=False)
    assert as_danish.values == as_english.values == values


@given(st.lists(st.integers(1000, 10**9), min_size=1, max_size=20))
def test_thousands_of_whole_numbers_are_read_in_either_way(values: list[int]) -> None:
    for sign in ".,":
        texts = [f"{v:,}".replace(",", sign) for v in values]
        assert _numbers.parse(texts, whole=True).values == values


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 234,5", 1234.5), ("1\u00a0234", 1234.0), ("−3,5", -3.5), ("+2", 2.0), ("12 %", 12.0),
     ("4,5 mio. kr.", 4.5), ("1'234", 1234.0)],
)  # fmt: skip
def test_signs_and_spaces(text: str, value: float) -> None:
    assert _numbers.parse([text], whole=False).values == [value]


def test_numbers_of_a_workbook_need_no_reading() -> None:
    found = _numbers.parse([1234, 2.5, None, "3,5"], whole=False)
    assert found.values[:2] == [1234.0, 2.5]
    assert math.isnan(found.values[2])
    assert found.values[3] == 3.5
    assert found.statuses == ["observed", "observed", "not_reported", "observed"]


def test_the_user_may_say_which_sign() -> None:
    assert _numbers.parse(["1.234"], whole=False, decimal=".").values == [1.234]
    assert _numbers.parse(["1.234"], whole=False, decimal=",").values == [1234.0]
    with pytest.raises(_numbers.CellError, match="may be a thousand"):
        _numbers.parse(["1.234"], whole=False)
    with pytest.raises(_numbers.CellError, match="mix thousands signs"):
        _numbers.parse(["1.234", "1,234"], whole=True)


def test_the_place_of_a_bad_cell_is_kept() -> None:
    with pytest.raises(_numbers.CellError, match=r"'n\.b\.' is no number") as error:
        _numbers.parse(["1", "2", "n.b."], whole=False)
    assert error.value.place == 2

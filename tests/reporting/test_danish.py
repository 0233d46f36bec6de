from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.reporting import danish


@pytest.mark.parametrize(
    ("value", "decimals", "da", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (45870.5, 0, "45.871", "45,871"),  # as spreadsheets round, not to the even one
        (0.125, 2, "0,13", "0.13"),
        (-1234567, 0, "−1.234.567", "−1,234,567"),
        (math.nan, 1, "–", "–"),
        (math.inf, 0, "–", "–"),
        (0, 2, "0,00", "0.00"),
    ],
)
def test_number(value: float, decimals: int, da: str, en: str) -> None:
    assert danish.number(value, decimals) == da
    assert danish.number(value, decimals, "en") == en


def test_signed_shows_a_plus_only_above_zero_as_rounded() -> None:
    assert danish.signed(3.14, 1) == "+3,1"
    assert danish.signed(0.04, 1) == "0,0"
    assert danish.signed(-3.14, 1) == "−3,1"


def read_back(text: str, language: str) -> float:
    """Read a number as a reader of the language does."""
    plain = text.replace(danish.MINUS, "-").replace("+", "").replace(danish.NBSP, "")
    if language == "da":
        plain = plain.replace(".", "").replace(",", ".")
    return float(plain.replace(",", ""))


@given(st.floats(-1e9, 1e9), st.integers(0, 3), st.sampled_from(["da", "en"]))
def test_what_is_written_is_read_back(value: float, decimals: int, language: str) -> None:
    text = danish.signed(value, decimals, language)
    assert read_back(text, language) == pytest.approx(value, abs=0.5 * 10**-decimals + 1e-6)


def test_dates_and_periods() -> None:
    assert danish.date("2026-05-01").replace(danish.NBSP, " ") == "1. maj 2026"
    assert danish.date("2026-05-01", "en").replace(danish.NBSP, " ") == "1 May 2026"
    assert danish.date("soon") == "soon"
    assert danish.period("2024Q4") == "4. kvartal 2024"
    assert danish.period("2024") == "2024"


def test_names_sort_as_in_danish() -> None:
    names = ["Åbenrå", "Aabenraa", "Ærø", "Ølstykke", "Zone", "Odense", "Aarhus", "Albertslund"]
    expected = ["Albertslund", "Odense", "Zone", "Ærø", "Ølstykke", "Aabenraa", "Åbenrå", "Aarhus"]
    assert danish.ordered(names) == expected


def test_listing() -> None:
    assert danish.listing(["a", "b", "c"]) == "a, b og c"
    assert danish.listing(["a", "b"], "en") == "a and b"
    assert danish.listing([]) == ""


def test_a_paragraph_sign_its_number_and_its_letter_stay_on_one_line() -> None:
    assert danish.firm("§ 117 a Støtte efter § 117 a") == (
        "§\u00a0117\u00a0a Støtte efter §\u00a0117\u00a0a"
    )
    assert danish.firm("§§ 82 a-b og § 85 borgere") == "§§\u00a082\u00a0a-b og §\u00a085 borgere"

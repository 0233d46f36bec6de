"""Periods as codes: a year `2024`, a quarter `2024Q1`, or a count on a date `2022-02-07`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from forecast.errors import DataError

YEARS = (1900, 2100)  # in which a figure can lie
_YEAR = re.compile(r"(\d{4})")
_QUARTER = re.compile(r"(\d{4})[QK]([1-4])")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Period:
    """A stretch of time, or a counting date, with its first and last day."""

    code: str
    frequency: str  # "A" year, "Q" quarter, "D" a count on a date
    start: date
    end: date

    @property
    def year(self) -> int:
        """The calendar year the period lies in."""
        return self.start.year


def parse(code: str) -> Period:
    """Read a period code.

    Raises:
        DataError: the text is none of the three forms.
    """
    text = str(code).strip()
    if m := _YEAR.fullmatch(text):
        year = int(m[1])
        return Period(text, "A", date(year, 1, 1), date(year, 12, 31))
    if m := _QUARTER.fullmatch(text):
        year, quarter = int(m[1]), int(m[2])
        last = calendar.monthrange(year, 3 * quarter)[1]
        start, end = date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, last)
        return Period(f"{year}Q{quarter}", "Q", start, end)
    if _DATE.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise DataError(f"period {text!r}: there is no such date") from None
        return Period(text, "D", day, day)
    raise DataError(
        f"period {text!r} is not a year (2024), a quarter (2024Q1) or a date (2022-02-07)"
    )


def year_of(code: str) -> int:
    """Return the calendar year of a period code."""
    return parse(code).year


def ordinal(code: str) -> int:
    """Return the position of a year or a quarter on its own regular time line."""
    period = parse(code)
    if period.frequency == "Q":
        return 4 * period.year + int(period.code[-1]) - 1
    return period.year


def shift(code: str, steps: int) -> str:
    """Return the period that lies some steps of its own frequency later."""
    return from_ordinal(ordinal(code) + steps, parse(code).frequency)


def from_ordinal(position: int, frequency: str) -> str:
    """Return the code at a position on the time line of a frequency (`A` or `Q`)."""
    return f"{position // 4}Q{position % 4 + 1}" if frequency == "Q" else f"{position:04d}"


def span(first: str, last: str) -> tuple[str, ...]:
    """Return all periods from first to last, both included."""
    frequency = "Q" if parse(first).frequency == "Q" else "A"
    return tuple(from_ordinal(p, frequency) for p in range(ordinal(first), ordinal(last) + 1))


def per_year(frequency: str) -> int:
    """Return how many periods of a frequency make a year."""
    return 4 if frequency == "Q" else 1

"""Time line: whatever stands in a column `ds`, as positions on a regular line and back."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
FREQUENCIES = ("Y", "Q")
QUARTER = r"(\d{4})[- ]?[QK]([1-4])"
FINE = 80  # days: dates that typically lie closer than this are no quarters
FAR = 1_000_000  # positions beyond this are no years and no steps


@dataclass(frozen=True)
class Timeline:
    """How `ds` maps to positions.

    Attributes:
        kind: `integer`, `quarter` (text such as 2024Q1), `date` (text) or `stamp`.
        frequency: `A` or `Q`.
    """

    kind: str
    frequency: str

    @property
    def months(self) -> int:
        """How many months a step is."""
        return 3 if self.frequency == "Q" else 12


def read(ds: pd.Series, frequency: str | None) -> tuple[Timeline, Ints]:
    """Recognise a column of times and return each row's position.

    Args:
        ds: years, quarters, dates or plain integers.
        frequency: `Y`, `Q`, or None to tell from the data.

    Raises:
        DataError: a row is none of these, or dates lie closer than the frequency allows.
    """
    import pandas as pd

    if frequency not in (None, *FREQUENCIES):
        raise DataError(f"frequency {frequency!r} is neither Y nor Q")
    if pd.api.types.is_datetime64_any_dtype(ds):
        return _dates(ds, "stamp", frequency)
    numbers = pd.to_numeric(ds, errors="coerce")
    if numbers.notna().all():
        return _integers(numbers, frequency)
    text = ds.astype(str).str.strip()
    if text.str.fullmatch(QUARTER).all():
        found = text.str.extract(QUARTER).astype("int64")
        return Timeline("quarter", "Q"), (4 * found[0] + found[1] - 1).to_numpy()
    stamps = pd.to_datetime(text, errors="coerce", format="ISO8601")
    if stamps.isna().any():
        row = int(np.flatnonzero(stamps.isna().to_numpy())[0])
        raise DataError(
            f"ds: row {row + 2} holds {ds.iloc[row]!r}; expected in every row a year (2024), a "
            "quarter (2024Q1), a date (2024-12-31) or a plain integer"
        )
    return _dates(stamps, "date", frequency)


def _integers(numbers: pd.Series, frequency: str | None) -> tuple[Timeline, Ints]:
    wrong = (numbers % 1 != 0) | (numbers.abs() > FAR)
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise DataError(f"ds: row {row + 2} holds {numbers.iloc[row]}; expected a whole number")
    place = np.asarray(numbers, dtype=np.int64)
    return Timeline("integer", "Q" if frequency == "Q" else "A"), place


def _dates(stamps: pd.Series, kind: str, frequency: str | None) -> tuple[Timeline, Ints]:
    if stamps.isna().any():
        row = int(np.flatnonzero(stamps.isna().to_numpy())[0])
        raise DataError(f"ds: row {row + 2} is empty; expected a date")
    days = np.unique(stamps.to_numpy().astype("datetime64[D]").astype(np.int64))
    typical = float(np.median(np.diff(days))) if len(days) > 1 else 365.0
    if frequency is None and typical < FINE:
        raise DataError(
            f"ds: dates lie {typical:.0f} days apart; expected years or quarters: add up to one of "
            "them first (or name one with --frequency)"
        )
    quarterly = frequency == "Q" or (frequency is None and typical < 200)
    line = Timeline(kind, "Q" if quarterly else "A")
    position = stamps.dt.year * 12 + stamps.dt.month - 1
    return line, np.asarray(position // line.months, dtype=np.int64)


def later(line: Timeline, last: Any, steps: int) -> Any:
    """Return the time some steps after a `ds` value, in the same form."""
    if line.kind == "integer":
        return int(last) + steps
    if line.kind == "quarter":
        text = str(last).strip()
        position = 4 * int(text[:4]) + int(text[-1]) - 1 + steps
        return f"{position // 4}Q{position % 4 + 1}"
    day = date.fromisoformat(str(last)[:10])
    moved = _months_later(day, line.months * steps)
    return np.datetime64(moved, "us") if line.kind == "stamp" else moved.isoformat()


def _months_later(day: date, months: int) -> date:
    """Move a date by months; the last day of a month stays one."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    length = calendar.monthrange(year, month)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, length if at_end else min(day.day, length))

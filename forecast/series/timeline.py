"""Time line: whatever stands in a column `ds`, as positions on a regular line and back."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Ints = NDArray[np.int64]
FREQUENCIES = ("Y", "Q")
FORMS = (
    "in every row a year (2024 or 2024/25), a quarter (2024Q1), a date (2024-12-31) or a plain "
    "integer"
)
QUARTER = r"(?i)(?P<year>\d{4})(?P<sign>[- ]?[QK])(?P<quarter>[1-4])"
TURNED = r"(?i)(?P<sign>[QK])(?P<quarter>[1-4])(?P<space>[- ]?)(?P<year>\d{4})"  # Q1 2024
SPAN = r"(\d{4})[/-](\d{4}|\d{2})"  # 2014/15, a financial or school year
DAY = r"\d{4}-?\d{2}-?\d{2}.*"  # 2024-12-31, 20241231, either with a time of day
SERIAL = (20_000, 60_000)  # a spreadsheet's numbers for the days from 1954 to 2064
MONTH = r"\d{4}-\d{2}"  # 2024-12: a date without its day
DANISH = r"(\d{2})[-.](\d{2})[-.](\d{4})"  # 31-12-2024
YEARLY = 300  # days: dates of which no two lie closer are years
FINE = 80  # days: dates that typically lie closer than this are no quarters
YEARS = (1800, 2200)  # whole numbers between these are years, not steps
LAST = date.max.year
FAR = 1_000_000  # positions beyond this are no years and no steps


@dataclass(frozen=True)
class Timeline:
    """How `ds` maps to positions.

    Attributes:
        kind: `integer`, `quarter` (text such as 2024Q1), `span` (2014/15), `date` (text),
            `month` (2024-12), `danish` (31-12-2024) or `stamp`.
        frequency: `A` or `Q`.
    """

    kind: str
    frequency: str

    @property
    def months(self) -> int:
        """How many months a step is."""
        return 3 if self.frequency == "Q" else 12


def plain(ds: pd.Series) -> pd.Series:
    """Return periods and categories as what they stand for: 2024Q1, 2024, 2024-12-31."""
    import pandas as pd

    if isinstance(ds.dtype, pd.CategoricalDtype):
        ds = ds.astype(ds.cat.categories.dtype if ds.notna().all() else object)
    return ds.astype(str).where(ds.notna()) if isinstance(ds.dtype, pd.PeriodDtype) else ds


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
    empty = (ds.isna() | (ds.astype(str).str.strip() == "")).to_numpy()
    if empty.any():
        raise DataError(f"ds: row {int(empty.argmax()) + 2} is empty; expected {FORMS}")
    if pd.api.types.is_datetime64_any_dtype(ds):
        return _dates(ds, "stamp", frequency)
    numbers = pd.to_numeric(ds, errors="coerce")
    if numbers.notna().all():
        return _integers(numbers, frequency)
    return _texts(ds.astype(str).str.strip(), frequency)


def _texts(text: pd.Series, frequency: str | None) -> tuple[Timeline, Ints]:
    import pandas as pd

    turned = text.str.replace(TURNED, r"\g<year>Q\g<quarter>", regex=True)
    if turned.str.fullmatch(QUARTER).all():
        return _quarters(turned, text.iloc[0], frequency)
    if _spans(text):
        _agree(frequency, "Y", text.iloc[0])
        return Timeline("span", "A"), np.asarray(text.str[:4], dtype=np.int64)
    kind = "danish" if text.str.fullmatch(DANISH).all() else "date"
    form = "ISO8601" if kind == "date" else "%d-%m-%Y"
    dots = text if kind == "date" else text.str.replace(".", "-", regex=False)
    stamps = pd.to_datetime(dots, errors="coerce", format=form)
    whole = text.str.fullmatch(MONTH).all() or kind == "danish" or text.str.fullmatch(DAY)
    wrong = stamps.isna().to_numpy()
    if not wrong.any():  # a date here and a year there
        wrong = ~np.broadcast_to(whole, len(text))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DataError(f"ds: row {row + 2} holds {text.iloc[row]!r}; expected {FORMS}")
    return _dates(stamps, "month" if text.str.fullmatch(MONTH).all() else kind, frequency)


def _quarters(text: pd.Series, first: str, frequency: str | None) -> tuple[Timeline, Ints]:
    """Read quarters; where each year has the same one, as a count every January has, years."""
    found = text.str.extract(QUARTER)
    year, quarter = (np.asarray(found[c], dtype=np.int64) for c in ("year", "quarter"))
    if frequency != "Q" and len(np.unique(quarter)) == 1 and len(np.unique(year)) > 1:
        return Timeline("quarter", "A"), year
    _agree(frequency, "Q", first)
    return Timeline("quarter", "Q"), 4 * year + quarter - 1


def _spans(text: pd.Series) -> bool:
    """Tell whether every row is a year that ends in the next one, such as 2014/15."""
    if not text.str.fullmatch(SPAN).all():
        return False
    years = text.str.extract(SPAN).astype("int64")
    return bool(((years[1] - years[0] - 1) % 100 == 0).all())


def _integers(numbers: pd.Series, frequency: str | None) -> tuple[Timeline, Ints]:
    wrong = (numbers % 1 != 0) | (numbers.abs() > FAR)
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise DataError(
            f"ds: row {row + 2} holds {numbers.iloc[row]}; expected a year, or any whole number up "
            f"to {FAR} (write a date as 2024-12-31)"
        )
    place = np.asarray(numbers, dtype=np.int64)
    _refuse_packed(place)
    if ((place >= YEARS[0]) & (place <= YEARS[1])).all():
        _agree(frequency, "Y", int(place[0]))
    return Timeline("integer", "Q" if frequency == "Q" else "A"), place


def _refuse_packed(place: Ints) -> None:
    """Refuse 202403 and 20241: read as plain integers, each year would begin with a long gap."""
    for base, last, what in ((100, 12, "a month"), (10, 4, "a quarter")):
        year, part = place // base, place % base
        inside = (year >= YEARS[0]) & (year <= YEARS[1]) & (part >= 1) & (part <= last)
        if inside.all() and len(np.unique(year)) > 1:
            form = "2024-03" if base == 100 else "2024Q1"
            raise DataError(
                f"ds: row 2 holds {place[0]}, which reads as {what}; write it as {form}"
            )
    steps = np.diff(np.unique(place))
    if len(steps) and steps.min() >= 28 and SERIAL[0] <= place.min() <= place.max() <= SERIAL[1]:
        day = date(1899, 12, 30) + timedelta(days=int(place[0]))
        raise DataError(
            f"ds: row 2 holds {place[0]}, a spreadsheet's number for the date {day}; format the "
            "column as text or date"
        )


def _agree(frequency: str | None, found: str, first: object) -> None:
    """Refuse years where quarters were asked for, and quarters where years were."""
    if frequency in (None, found):
        return
    what, do = (
        ("a year", "write quarters as 2024Q1, or leave the frequency out to forecast years")
        if found == "Y"
        else ("a quarter", "add quarters up to years, or leave the frequency out")
    )
    raise DataError(f"ds: row 2 holds {first}, {what}, but frequency {frequency} was named; {do}")


def _dates(stamps: pd.Series, kind: str, frequency: str | None) -> tuple[Timeline, Ints]:
    stamps = stamps.dt.tz_localize(None)
    days = np.unique(stamps.to_numpy().astype("datetime64[D]").astype(np.int64))
    typical = float(np.median(np.diff(days))) if len(days) > 1 else 365.0
    if frequency is None and typical < FINE:
        raise DataError(
            f"ds: dates lie {typical:.0f} days apart; expected years or quarters: add up to one of "
            "them first (or name one with --frequency)"
        )
    if len(days) > 1 and np.diff(days).min() > YEARLY:
        _agree(frequency, "Y", f"{stamps.iloc[0]:%Y-%m-%d}")
    quarterly = frequency == "Q" or (frequency is None and typical < 200)
    line = Timeline(kind, "Q" if quarterly else "A")
    position = stamps.dt.year * 12 + stamps.dt.month - 1
    return line, np.asarray(position // line.months, dtype=np.int64)


def later(line: Timeline, last: Any, steps: int) -> Any:
    """Return the time some steps after a `ds` value, in the same form."""
    if line.kind == "integer":
        return int(float(last)) + steps  # 2024, and 2024.0 of a column with gaps
    text = str(last).strip()
    if line.kind == "quarter":
        return _quarters_later(text, steps * line.months // 3)
    if line.kind == "span":
        year, tail = int(text[:4]) + steps, len(text) - 5
        return f"{year}{text[4]}{str(year + 1)[-tail:]}"
    moved = _months_later(_day(line, text), line.months * steps)
    if line.kind == "danish":
        return f"{moved:%d}{text[2]}{moved:%m}{text[5]}{moved.year:04d}"
    if line.kind == "month":
        return moved.isoformat()[:7]
    return np.datetime64(moved, "us") if line.kind == "stamp" else moved.isoformat()


def _quarters_later(text: str, steps: int) -> str:
    """Move a quarter, written as it was: 2024K1, 2024-Q1, Q1 2024."""

    def moved(found: re.Match[str]) -> str:
        parts = found.groupdict()
        year, place = divmod(4 * int(parts["year"]) + int(parts["quarter"]) - 1 + steps, 4)
        if "space" in parts:
            return f"{parts['sign']}{place + 1}{parts['space']}{year}"
        return f"{year}{parts['sign']}{place + 1}"

    return re.sub(QUARTER if text[0].isdigit() else TURNED, moved, text)


def _day(line: Timeline, text: str) -> date:
    if line.kind == "danish":
        return date(int(text[6:]), int(text[3:5]), int(text[:2]))
    return date.fromisoformat(f"{text}-01" if line.kind == "month" else text[:10])


def _months_later(day: date, months: int) -> date:
    """Move a date by months; the last day of a month stays one."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    if year > LAST:
        raise DataError(f"ds: the forecast would reach beyond the year {LAST}; shorten --horizon")
    length = calendar.monthrange(year, month)[1]
    at_end = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, length if at_end else min(day.day, length))

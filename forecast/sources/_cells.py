"""Cells: areas, periods, ages and codes as people write them, in the long frame's own form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from forecast import areas, periods
from forecast.errors import DataError

TOTALS = (
    "i alt", "ialt", "total", "totalt", "sum", "samlet", "alle", "all", "in total",
    "alder i alt", "age, total", "alle aldre", "all ages",
)  # fmt: skip
_SERIALS = (36526, 73050)  # 2000-01-01 to 2099-12-31, as Excel counts days
_CODE = re.compile(r"0*(\d{1,3})(?:\.0)?(?:\s+\D.*)?")
_REGION = re.compile(r"10(8[1-5])")
_QUARTERS = (
    re.compile(r"(?P<year>\d{4})\s*[QKqk](?P<quarter>[1-4])"),
    re.compile(r"[QKqk](?P<quarter>[1-4])[\s-]*(?P<year>\d{4})"),
    re.compile(r"(?P<quarter>[1-4])\.?\s*(?:kvartal|kvt\.?|quarter)\s*(?P<year>\d{4})", re.I),
)
_MONTH = re.compile(r"(\d{4})\s*[Mm-](\d{2})")
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_OLDER = re.compile(r"(\d+)\s*(?:\+|-|år og (?:derover|over|ældre)|years? and over)", re.IGNORECASE)
_AGES = re.compile(r"(\d+)\s*[-–]\s*(\d+)(?:\s*-?\s*(?:år|årige|years?))?", re.IGNORECASE)
_AGE = re.compile(r"(\d+)\s*-?\s*(?:år|årige|years?)?", re.IGNORECASE)


def is_total(cell: Any) -> bool:
    """Return whether a cell says that its row is a sum of others."""
    return text(cell).casefold().strip(" .:") in TOTALS


def filled(row: Iterable[Any]) -> bool:
    """Return whether any cell of a row holds something."""
    return any(cell is not None and str(cell).strip() for cell in row)


def text(cell: Any) -> str:
    """Return a cell as text; a whole number has no decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def area(cell: Any) -> str:
    """Return the code of an area given by code or name.

    Raises:
        DataError: there is no such area; a merged municipality's sentence names today's.
    """
    written = text(cell)
    if not written:
        raise DataError("the area is blank; expected a code such as 751 or a name")
    if region := _REGION.fullmatch(written):
        return f"0{region[1]}"
    if code := _CODE.fullmatch(written):
        return _known(code[1].zfill(3), written)
    return areas.find(written).code


def _known(code: str, written: str) -> str:
    if code not in set(areas.table()["code"]):
        raise DataError(
            f"there is no area {written!r}; expected a code such as 751, 081 or 000 "
            "(municipalities have had three digits since 2007)"
        )
    return code


def period(cell: Any, frequency: str) -> str:
    """Return a period code of a year, a quarter or a date.

    Raises:
        DataError: the cell is none, or is a date or a spreadsheet's day number in its place.
    """
    if isinstance(cell, datetime | date):
        return _dated(cell, frequency)
    written = text(cell)
    if written.isdigit() and len(written) == 5 and _SERIALS[0] <= int(written) <= _SERIALS[1]:
        day = date(1899, 12, 30) + timedelta(days=int(written))
        raise DataError(
            f"period {written} is a spreadsheet's number for the date {day}; format the column "
            "as text, such as 2024"
        )
    for form in _QUARTERS:
        if found := form.fullmatch(written):
            return f"{found['year']}Q{found['quarter']}"
    if frequency == "D":
        written = _as_day(written)
    return periods.parse(written).code


def _dated(cell: date, frequency: str) -> str:
    day = cell.date() if isinstance(cell, datetime) else cell
    if frequency == "D":
        return day.isoformat()
    raise DataError(
        f"period is the date {day}; expected {'a year' if frequency == 'A' else 'a quarter'} "
        f"such as {day.year if frequency == 'A' else f'{day.year}Q1'}: format the column as text"
    )


def _as_day(written: str) -> str:
    if month := _MONTH.fullmatch(written):
        return f"{month[1]}-{month[2]}-01"
    if day := _DAY.fullmatch(written):
        return f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}"
    return written


def age(cell: Any) -> str:
    """Return an age as `17`, `0-17` or `18+`; text that is none of these stays as it is."""
    written = text(cell)
    if found := _OLDER.fullmatch(written):
        return f"{found[1]}+"
    if found := _AGES.fullmatch(written):
        return f"{int(found[1])}-{int(found[2])}"
    found = _AGE.fullmatch(written)
    return str(int(found[1])) if found else written


def day(cell: Any) -> str:
    """Return a date of publication as ISO text.

    Raises:
        DataError: it is no date.
    """
    if isinstance(cell, datetime | date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    written = _as_day(text(cell))
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise DataError(f"published is {written!r}; expected a date such as 2025-05-23") from None

"""Numbers as people write them: Danish or English signs, marks for what is not there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forecast.frames import NOT_APPLICABLE, NOT_REPORTED, OBSERVED, PROVISIONAL, SUPPRESSED

DANISH, ENGLISH = ",", "."
MARKS = {
    "": NOT_REPORTED,
    "..": NOT_REPORTED,
    ".": NOT_APPLICABLE,
    "x": SUPPRESSED,
    "*": SUPPRESSED,
    "n/a": NOT_APPLICABLE,
    "na": NOT_REPORTED,
    "nan": NOT_REPORTED,
}
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f']+")
_PLAIN = re.compile(r"[-+−]?\d+")
_POINT = re.compile(r"[-+−]?\d+\.\d+")
_COMMA = re.compile(r"[-+−]?\d+,\d+")
_DANISH = re.compile(r"[-+−]?\d{1,3}(\.\d{3})+(,\d+)?")
_ENGLISH = re.compile(r"[-+−]?\d{1,3}(,\d{3})+(\.\d+)?")
_BELOW = re.compile(r"(<|under|færre end)\s*\d+", re.IGNORECASE)
_UNIT = re.compile(
    r"(%|pct\.?|t\.?\s*kr\.?|mio\.?(\s*kr\.?)?|mia\.?(\s*kr\.?)?|kr\.?|dkk)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Formula:
    """A spreadsheet cell that holds a formula and no stored result."""

    text: str


class CellError(ValueError):
    """A cell cannot be read; `place` is its position in the column."""

    def __init__(self, place: int, found: str) -> None:
        """Keep the place for the sentence that names the row."""
        super().__init__(found)
        self.place = place


@dataclass(frozen=True)
class Figures:
    """A column of figures: values with NaN where the status is not observed, and their unit."""

    values: list[float]
    statuses: list[str]
    unit: str = ""


def parse(
    cells: Sequence[object], whole: bool, decimal: str = "", marks: Mapping[str, str] | None = None
) -> Figures:
    """Read a column of figures.

    Args:
        cells: text, numbers or nothing, as a file had them.
        whole: whether whole numbers are expected, so that `1.234` can only be a thousand.
        decimal: `,` or `.` where the user says which; otherwise the column decides.
        marks: what text in place of a figure means, beside the usual marks.

    Raises:
        CellError: a cell is no number, or the column mixes decimal signs or units.
    """
    known = MARKS | {k.casefold(): v for k, v in (marks or {}).items()}
    texts = [_text(cell, place) for place, cell in enumerate(cells)]
    unit = _one_unit(texts)
    bare = [None if t is None else _UNIT.sub("", t.strip()).strip() for t in texts]
    sign = decimal or _decimal(bare, whole)
    values: list[float] = []
    statuses: list[str] = []
    for place, (cell, text) in enumerate(zip(cells, bare, strict=True)):
        value, status = _one(cell, text, known, (place, sign))
        values.append(value)
        statuses.append(status)
    return Figures(values, statuses, unit)


def _text(cell: object, place: int) -> str | None:
    """Return a cell's text; None for a number, which needs no reading."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        raise CellError(
            place, f"the formula {cell.text!r} has no stored result; open the file in a "
            "spreadsheet program and save it, or paste values"
        )  # fmt: skip
    if isinstance(cell, bool):
        raise CellError(place, f"{cell} is no number; expected a figure")
    if isinstance(cell, datetime | date):
        raise CellError(
            place, f"the date {cell:%Y-%m-%d} stands where a figure is expected; the spreadsheet "
            "may have turned a number into a date"
        )  # fmt: skip
    if isinstance(cell, int | float):
        return None
    return str(cell)


def _one(
    cell: object, text: str | None, marks: Mapping[str, str], at: tuple[int, str]
) -> tuple[float, str]:
    place, sign = at
    if text is None:
        value = float(cell)  # type: ignore[arg-type]  # _text left only numbers
        return (value, OBSERVED) if not math.isnan(value) else (math.nan, NOT_REPORTED)
    if text.casefold() in marks:
        return math.nan, marks[text.casefold()]
    if _BELOW.fullmatch(text):
        return math.nan, SUPPRESSED
    status = PROVISIONAL if text.endswith("*") else OBSERVED
    number = _number(_SPACES.sub("", text.rstrip("*")), sign)
    if number is None:
        raise CellError(place, f"{text!r} is no number; expected a figure such as {_example(sign)}")
    return number, status


def _number(text: str, sign: str) -> float | None:
    shapes = (_PLAIN, _COMMA, _DANISH) if sign == DANISH else (_PLAIN, _POINT, _ENGLISH)
    if not any(shape.fullmatch(text) for shape in shapes):
        return None
    thousands = ENGLISH if sign == DANISH else DANISH
    return float(text.replace(thousands, "").replace(DANISH, ".").replace("−", "-"))


def _decimal(texts: Sequence[str | None], whole: bool) -> str:
    """Return the column's decimal sign; a column that has both is refused."""
    seen: dict[str, tuple[int, str]] = {}
    grouped: dict[str, tuple[int, str]] = {}
    for place, text in enumerate(texts):
        if text:
            bare = _SPACES.sub("", text.rstrip("*"))
            certain, likely = _signs(bare)
            seen.setdefault(certain, (place, text))
            grouped.setdefault(likely, (place, text))
    if DANISH in seen and ENGLISH in seen:
        place, text = max(seen[DANISH], seen[ENGLISH])
        other = min(seen[DANISH], seen[ENGLISH])[1]
        raise CellError(
            place, f"{text!r} and {other!r} have different decimal signs; expected one of them in "
            "the whole column"
        )  # fmt: skip
    for sign in (DANISH, ENGLISH):
        if sign in seen:
            return sign
    return _grouped(grouped, whole)


def _grouped(grouped: Mapping[str, tuple[int, str]], whole: bool) -> str:
    """Decide for a column in which all signs stand before three digits, such as `1.234`."""
    if DANISH in grouped and ENGLISH in grouped:
        place, text = grouped[ENGLISH]
        raise CellError(place, f"{text!r} and {grouped[DANISH][1]!r} mix thousands signs; use one")
    point, comma = grouped.get(ENGLISH), grouped.get(DANISH)
    if whole:  # a count has no decimals, so the sign can only be a thousand
        return DANISH if point else ENGLISH
    if point or comma:
        place, text = point or comma or (0, "")
        raise CellError(
            place, f"{text!r} may be a thousand or have three decimals; say which with "
            "--decimal , or --decimal ."
        )  # fmt: skip
    return DANISH


def _signs(text: str) -> tuple[str, str]:
    """Return the decimal sign that a text proves, and the sign it has before three digits."""
    danish, english = _DANISH.fullmatch(text), _ENGLISH.fullmatch(text)
    if danish and not _POINT.fullmatch(text):
        return DANISH, ""
    if english and not _COMMA.fullmatch(text):
        return ENGLISH, ""
    if danish:
        return "", ENGLISH
    if english:
        return "", DANISH
    if _COMMA.fullmatch(text):
        return DANISH, ""
    return (ENGLISH, "") if _POINT.fullmatch(text) else ("", "")


def _one_unit(texts: Sequence[str | None]) -> str:
    """Return the unit that figures carry; two in one column, such as kr. and mio. kr., refuse."""
    units: dict[str, tuple[int, str]] = {}
    written = ""
    for place, text in enumerate(texts):
        found = _UNIT.search(text.strip()) if text else None
        if found:
            unit = found[0].casefold().replace(".", "").replace(" ", "")
            units.setdefault(unit, (place, text or ""))
            written = written or found[0]
    if len(units) > 1:
        (_, first), (place, second) = sorted(units.values())[:2]
        raise CellError(
            place, f"{second!r} and {first!r} have different units; expected one unit in the "
            "whole column"
        )  # fmt: skip
    return written


def _example(sign: str) -> str:
    return "1234,5" if sign == DANISH else "1234.5"

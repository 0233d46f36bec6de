"""Numbers, dates and names as Danes write them, and as English readers do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date as Date  # noqa: N812  # `date` is the function below
from decimal import ROUND_HALF_UP, Context, Decimal

NBSP = "\u00a0"
MINUS = "\u2212"
MISSING = "–"
_HALF_UP = Context(prec=400, rounding=ROUND_HALF_UP)  # digits enough for any number

_MONTHS = {
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_ALPHABET = {letter: chr(0x7B + i) for i, letter in enumerate("æøå")}
_SPOKEN_Å = re.compile(r"\baa", re.IGNORECASE)


def number(value: float, decimals: int = 0, language: str = "da") -> str:
    """Return a number with the language's separators; NaN is a dash, minus a real minus sign.

    A half is rounded up, as spreadsheets round it, so that a workbook shows what a page says.
    """
    if not math.isfinite(value):
        return MISSING
    exact = Decimal(repr(abs(float(value))))
    text = f"{exact.quantize(Decimal(1).scaleb(-decimals), context=_HALF_UP):,f}"
    negative = value < 0 and any(c in "123456789" for c in text)
    if language == "da":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if negative else text


def signed(value: float, decimals: int = 0, language: str = "da") -> str:
    """Return a change: with a plus sign where it is above zero as rounded."""
    text = number(value, decimals, language)
    rises = value > 0 and any(c in "123456789" for c in text)
    return f"+{text}" if rises else text


def date(iso: str, language: str = "da") -> str:
    """Return a date in words: 1. maj 2026; what is no ISO date is returned as it is."""
    try:
        day = Date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    month = _MONTHS[language].split()[day.month - 1]
    stop = "." if language == "da" else ""
    return f"{day.day}{stop}{NBSP}{month}{NBSP}{day.year}"


def period(code: str, language: str = "da") -> str:
    """Return a period as readers write it: a year, 4. kvartal 2024, or a date."""
    if m := re.fullmatch(r"(\d{4})Q([1-4])", code):
        return f"{m[2]}. kvartal {m[1]}" if language == "da" else f"Q{m[2]} {m[1]}"
    return date(code, language) if code.count("-") == 2 else code


def listing(items: Sequence[str], language: str = "da") -> str:
    """Return names as a list in a sentence: a, b og c."""
    if len(items) < 2:
        return "".join(items)
    joint = " og " if language == "da" else " and "
    return ", ".join(items[:-1]) + joint + items[-1]


def firm(text: str) -> str:
    """Return text in which a paragraph sign stays on the line of its number and letter."""
    signs = text.replace("§ ", f"§{NBSP}")
    return re.sub(rf"(§{NBSP}\d+) ([a-z])\b", rf"\1{NBSP}\2", signs)


def collation(name: str) -> tuple[str, str]:
    """Return the sort key of a Danish name: … z æ ø å, and Aa at a word's start sorts as å."""
    lower = _SPOKEN_Å.sub("å", name).lower()
    return "".join(_ALPHABET.get(c, c) for c in lower), name


def ordered(names: Iterable[str]) -> list[str]:
    """Return names in Danish alphabetical order."""
    return sorted(names, key=collation)

"""Widths of a table's columns in points, by the letters of Arial: no word or number is broken."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from forecast.reporting.document import Table, plain
from forecast.reporting.wording import Wording
from forecast.writers import _flat

PAGE = 504.5  # points between the margins
PADDING = 5.0  # points beside a text in its cell
INDENT = 8.0  # points that words right of numbers keep from them
SIZE, SMALL = 7.5, 7.0  # points of letters; tables of more than WIDE columns have small ones
WIDE = 9
WIDEST = 200.0  # points that a column is given for the sake of its whole text
LONGEST = 150.0  # points; what is longer is no word any more
_PLAIN = {
    19: "'", 22: "ijl", 28: "!,./:;I[\\]ft· ", 33: "()-`r", 35: '"', 39: "*", 50: "Jcksvxyz",
    55: "÷", 58: "+<=>~−×", 61: "FTZø", 67: "&ABEKPSVXYÅ", 72: "CDHNRUw", 78: "GOQØ", 83: "Mm",
    89: "%æ", 94: "W", 100: "Æ…", 102: "@",
}  # fmt: skip
_BOLD = {
    24: "'", 28: ",./I\\ijl· ", 33: "!()-:;[]`ft", 39: "*r", 47: '"', 50: "z", 55: "÷",
    58: "+<=>~−×", 61: "?FLTZbdghnopquøü", 67: "EPSVXY", 72: "&ABCDHKNRUÅ", 78: "GOQwØ", 83: "M",
    89: "%mæ", 94: "W", 98: "@", 100: "Æ…",
}  # fmt: skip
_USUAL = 56  # hundredths of a letter's size: digits, most small letters
_EMS = [{s: n for n, signs in table.items() for s in signs} for table in (_PLAIN, _BOLD)]


class Layout(NamedTuple):
    """How wide the columns of a table are, in points, and how large its letters."""

    widths: tuple[float, ...]
    size: float

    def lines(self, texts: Sequence[str], bold: bool = False) -> int:
        """Return how many lines the texts of a row take."""
        pairs = zip(texts, self.widths, strict=False)
        return max((_lines(t, width - PADDING, self.size, bold) for t, width in pairs), default=1)


@lru_cache(maxsize=8192)  # tables say the same words many times
def measure(text: str, size: float, bold: bool = False) -> float:
    """Return how long a text is on a line, in points."""
    ems = _EMS[bold]
    return size * sum(ems.get(sign, _USUAL) for sign in text.replace("\u00a0", " ")) / 100


def layout(table: Table, words: Wording) -> Layout:
    """Return the columns of a table: numbers alike, text by its longest cell, no word broken."""
    size = SMALL if len(table.columns) > WIDE else SIZE
    rows = [row for row in table.rows if row.kind != "group"]
    least, wanted = [], []
    for i, column in enumerate(table.columns):
        title = plain(column.title)
        cells = [
            (_flat.cell_text(row.cells[i], column, words), row.kind == "total") for row in rows
        ]
        apart = INDENT if i and not column.form and table.columns[i - 1].form else 0.0
        needed = max(_word(text, size, bold) for text, bold in [(title, True), *cells])
        least.append(needed + PADDING + apart)
        whole = max((measure(text, size, bold) for text, bold in cells), default=0.0)
        wanted.append(0.0 if column.form else min(whole + PADDING + apart, WIDEST))
    numbers = [n for n, column in zip(least, table.columns, strict=True) if column.form]
    alike = max(numbers, default=0.0)
    wanted = [max(w or alike, n) for w, n in zip(wanted, least, strict=True)]
    return Layout(tuple(_shared(least, wanted)), size)


def _shared(least: list[float], wanted: list[float]) -> list[float]:
    """Share the page: what is wanted and more, or what is needed and as much more as there is."""
    low, high = sum(least), sum(wanted)
    if high <= PAGE or low >= PAGE:
        of = wanted if high <= PAGE else least
        return [n * PAGE / sum(of) for n in of]
    part = (PAGE - low) / (high - low)
    return [n + part * (w - n) for n, w in zip(least, wanted, strict=True)]


def _word(text: str, size: float, bold: bool) -> float:
    """Return the length of the longest word, up to one that is none any more."""
    return min(max((measure(w, size, bold) for w in text.split(" ")), default=0.0), LONGEST)


def _lines(text: str, room: float, size: float, bold: bool) -> int:
    """Return on how many lines words stand in a room; a word longer than it takes several."""
    count, used, space = 1, 0.0, measure(" ", size, bold)
    for word in text.split(" "):
        long = measure(word, size, bold)
        if used and used + space + long > room:
            count, used = count + 1, 0.0
        used += long + (space if used else 0.0)
        if used > room:
            count, used = count + int(used // room), used % room
    return count

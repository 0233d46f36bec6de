"""Names of sheets: short words in the report's language that a spreadsheet takes."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count

from forecast.reporting.document import Table, plain
from forecast.reporting.wording import Wording

LONGEST = 31  # characters that Excel takes
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_RESERVED = "history"  # Excel keeps this name, in any case of letters, for itself


def name(table: Table, words: Wording, taken: Collection[str]) -> str:
    """Return the name of a table's sheet: its own words, else what its caption begins with."""
    series = re.fullmatch(r"(.+)_(\d+)", table.name)
    key, number = (series[1], series[2]) if series else (table.name, "")
    if words.has(f"sheet.{key}"):
        return free(f"{words.text(f'sheet.{key}')} {number}", taken)
    return free(table.caption.partition(":")[0], taken)


def free(wanted: str, taken: Collection[str]) -> str:
    """Return a name as Excel takes it, with a number where another sheet has it already."""
    text = " ".join(_FORBIDDEN.sub(" ", plain(wanted)).split()).strip("' ") or "-"
    used = {other.casefold() for other in (*taken, _RESERVED)}
    candidates = (_cut(text, f" {n}" if n > 1 else "") for n in count(1))
    return next(c for c in candidates if c.casefold() not in used)


def _cut(text: str, end: str) -> str:
    """Return text with an ending, cut between words where the two are too long."""
    room = LONGEST - len(end)
    if len(text) > room:
        space = text.rfind(" ", 0, room + 1)
        text = text[: space if space > 0 else room].rstrip(" ,;-–(')")
    return text + end

"""Tables as a terminal shows them: as wide as they need, wrapped or split where it is narrower."""

from __future__ import annotations

import math
import re
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

Cells = Sequence[str]

_NUMBER = re.compile(r"([+−-]?[\d.,]+\s?%?|–|\.\.|)")
_GAP = 2
_LEAST = 24  # characters that a column of words keeps, if it has as many


def printed(rows: Sequence[Cells], *, headed: bool = True, indent: int = 0, keys: int = 1) -> None:
    """Print rows as a table; the first `keys` columns say what a row is."""
    for line in columned(rows, headed=headed, indent=indent, keys=keys):
        click.echo(line)


def columned(
    rows: Sequence[Cells], *, headed: bool = True, indent: int = 0, keys: int = 1
) -> Iterator[str]:
    """Yield rows as lines no longer than the terminal's, columns of numbers to the right.

    Where they are too long, words wrap; where that is not enough, columns go on below, behind the
    first ones again. Into a file or a pipe, a line is as long as it needs to be.
    """
    room = _room() - indent
    right = _numeric(rows, headed)
    widths = _widths(rows, right, room)
    for i, block in enumerate(_blocks(widths, keys, room)):
        yield from [""] if i else []
        for n, row in enumerate(rows):
            for line in _lines([(row[c], widths[c], right[c]) for c in block], headed and n == 0):
                yield f"{' ' * indent}{line}".rstrip()


def word(value: object, none: str = "–") -> str:
    """Return a value as a reader writes it: yes or no, a list with commas, `none` for none."""
    if isinstance(value, list | tuple):
        return ", ".join(word(part, none) for part in value) or none
    plain = value.item() if hasattr(value, "item") else value  # numpy's own kinds
    if plain is None or plain != plain:  # NaN alone is not itself
        return none
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return str(plain)


def of_frame(frame: pd.DataFrame, shown: Callable[[float], str], none: str = "–") -> list[Cells]:
    """Return a frame's heading and rows as texts; `none` for what is not known."""

    def text(value: object) -> str:
        if isinstance(value, float) and not math.isnan(value):
            return shown(value)
        return word(value, none)

    body = frame.astype(object).itertuples(index=False, name=None)
    return [[str(c) for c in frame.columns], *([text(v) for v in row] for row in body)]


def _room() -> int:
    """Return how many characters a line may have: the terminal's, or what COLUMNS says of it."""
    seen = sys.stdout is not None and sys.stdout.isatty()  # a closed one is none at all
    return shutil.get_terminal_size().columns if seen else sys.maxsize


def _numeric(rows: Sequence[Cells], headed: bool) -> list[bool]:
    columns = range(len(rows[0]))
    return [n > 0 and all(_NUMBER.fullmatch(row[n]) for row in rows[headed:]) for n in columns]


def _widths(rows: Sequence[Cells], right: Sequence[bool], room: int) -> list[int]:
    """Return how wide columns are: as their longest cell, narrower where words can wrap."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(right))]
    for n in sorted(range(len(widths)), key=lambda n: (not right[n], -widths[n])):
        if (over := _whole(widths) - room) <= 0:
            break
        words = [len(word) for row in rows for word in row[n].split()]
        body = [len(row[n]) for row in rows[1:]] if right[n] else [min(_LEAST, widths[n])]
        widths[n] = max(widths[n] - over, *words, *body, 0)
    return widths


def _whole(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _blocks(widths: Sequence[int], keys: int, room: int) -> Iterator[list[int]]:
    """Yield the columns that stand beside each other, each time with the first ones."""
    first = list(range(min(keys, len(widths))))
    block = list(first)
    for n in range(len(first), len(widths)):
        if block != first and _whole([widths[c] for c in (*block, n)]) > room:
            yield block
            block = list(first)
        block.append(n)
    yield block


def _lines(cells: Sequence[tuple[str, int, bool]], heading: bool) -> Iterator[str]:
    """Yield the lines of one row; a heading stands on its bottom line, all else on its top."""
    columns = [
        textwrap.wrap(text, width or 1, break_on_hyphens=False) or [""] for text, width, _ in cells
    ]
    high = max(map(len, columns))
    for k in range(high):
        at = [k - (high - len(c) if heading else 0) for c in columns]
        parts = [c[i] if 0 <= i < len(c) else "" for c, i in zip(columns, at, strict=True)]
        yield (" " * _GAP).join(
            part.rjust(width) if right else part.ljust(width)
            for part, (_, width, right) in zip(parts, cells, strict=True)
        )

"""A report as plain values with all numbers displayed: what PDF and DOCX are set from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forecast.reporting import figures
from forecast.reporting.document import (
    FORMS,
    Block,
    Calculator,
    Cell,
    Column,
    Figure,
    Paragraph,
    Report,
    Section,
    Table,
    form_of,
    number_of,
    plain,
)
from forecast.reporting.figures import size
from forecast.reporting.wording import Wording
from forecast.writers._together import introduces

POINTS, ACROSS_PAGE = 0.64, 490  # of a drawing's pixel; the widest drawing
LONGEST = 8000  # characters of an alternative text
LINE = 14  # letters of text that a column's share of 1 holds
WIDEST = 2.6  # share of a column for the sake of its whole text
WIDE, SMALLER = 9, 0.85  # columns from which headings are set smaller, and how wide: bold
ACROSS = 105  # letters across a page, and SPACE for the distance between columns
SPACE = 1.5
LONGEST_WORD = 24
ROUNDS = 3  # in which a column that grows for a word takes from the others


def sections(report: Report, words: Wording) -> list[dict[str, Any]]:
    """Return the sections with captions numbered as in HTML."""
    numbers: dict[int, int] = {}
    for i, item in enumerate(report.tables):
        numbers[id(item)] = i + 1
    for i, figure in enumerate(report.figures):
        numbers[id(figure)] = i + 1
    return [
        {
            "title": plain(section.title),
            "blocks": _blocks(section, words, numbers),
        }
        for section in report.told
    ]


def _blocks(section: Section, words: Wording, numbers: dict[int, int]) -> list[dict[str, Any]]:
    shown = tuple(b for b in section.blocks if not isinstance(b, Calculator))
    return [
        {**_block(block, words, numbers.get(id(block), 0), i), "kept": introduces(shown, i)}
        for i, block in enumerate(shown)
    ]


def _block(block: Block, words: Wording, number: int, place: int) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        text = plain(block.text)
        return {"kind": "paragraph", "style": block.style, "text": text, "first": place == 0}
    if isinstance(block, Figure):
        svg = figures.draw(block)
        width, height = size(svg)
        caption = f"{words.text('report.figure', n=str(number))}. {plain(block.caption)}"
        shape = {"svg": svg, "width": min(width * POINTS, ACROSS_PAGE), "ratio": height / width}
        return {"kind": "figure", "caption": caption, "alt": _short(plain(block.alt)), **shape}
    assert isinstance(block, Table)
    caption = f"{words.text('report.table', n=str(number))}. {plain(block.caption)}"
    return {
        "kind": "table",
        "caption": caption,
        "columns": [
            {"title": plain(c.title), "number": bool(c.form), "share": share}
            for c, share in zip(block.columns, shares(block, words), strict=True)
        ],
        "rows": [
            {
                "kind": row.kind,
                "cells": [cell_text(c, block.columns[i], words) for i, c in enumerate(row.cells)],
            }
            for row in block.rows
        ],
        "notes": [plain(note) for note in block.notes],
    }


def _short(text: str) -> str:
    """Return an alternative text that a PDF can hold: 32,767 bytes, two a character."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def shares(table: Table, words: Wording) -> list[float]:
    """Return how the columns share the width: numbers alike, text by its longest cell.

    No column is so narrow that a word or a number is cut, in the table or in its heading.
    """
    lines = [row for row in table.rows if row.kind != "group"]
    heading = SMALLER if len(table.columns) > WIDE else 1.0
    found, least = [], []
    for i, column in enumerate(table.columns):
        cells = [cell_text(row.cells[i], column, words) for row in lines]
        whole = 0 if column.form else max(map(len, cells), default=0)
        found.append(min(max(whole / LINE, 1.0), WIDEST))
        least.append(max(heading * _word([column.title]), _word(cells)) + SPACE)
    for _ in range(ROUNDS):
        total = sum(found)
        found = [max(f, n / ACROSS * total) for f, n in zip(found, least, strict=True)]
    return found


def _word(texts: Iterable[str]) -> int:
    """Return the signs that no line's end parts, up to a length that is no word's any more."""
    longest = max((len(w) for text in texts for w in text.split(" ")), default=0)
    return min(longest, LONGEST_WORD)


def cell_text(cell: Cell, column: Column, words: Wording) -> str:
    """Return a cell as displayed; the unit stands in the heading but for per cent."""
    if isinstance(cell, str):
        return plain(cell)
    form = form_of(cell, column)
    return words.show(number_of(cell), form, unit=FORMS[form].unit == "%")

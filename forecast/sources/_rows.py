"""Rows: a grid's cells under our column names, without blanks, footnotes and totals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from forecast.errors import DataError
from forecast.sources import _cells
from forecast.sources._grids import Grid
from forecast.sources._layout import AREA_NAMES, Layout
from forecast.sources._workbooks import EXCEL_ERRORS

if TYPE_CHECKING:
    import pandas as pd

_CPR = re.compile(r"(?<!\d)[0-3]\d[01]\d\d{2}-?\d{4}(?!\d)")
EXAMPLES = ("example", "eksempel")  # the row that a template begins with
_PERSONAL = ("cpr", "cprnr", "cpr-nr", "cpr nr", "personnummer", "fornavn", "efternavn", "borger")


def impersonal(grid: Grid, heading: int) -> None:
    """Refuse a file that holds civil registration numbers or a column made for them.

    Raises:
        DataError: with the row, without repeating what stands in it.
    """
    for cell in grid.rows[heading]:
        if _cells.text(cell).casefold() in _PERSONAL:
            raise DataError(
                f"{grid.where}: the column {_cells.text(cell)!r} holds personal data; take it out "
                "and number the rows yourself; nothing was stored"
            )
    for number, row in enumerate(grid.rows[heading + 1 :], start=grid.first + heading + 1):
        if any(isinstance(c, str) and _CPR.search(c) for c in row):
            raise DataError(
                f"{grid.where}, row {number}: a civil registration number stands there; take it "
                "out: only counts and costs without personal data come in; nothing was stored"
            )


def cells(grid: Grid, layout: Layout) -> tuple[pd.DataFrame, list[str]]:
    """Return the grid's cells by our names, one row a figure, and notes on what was left out."""
    import pandas as pd

    kept, skipped = _filled(grid, layout)
    table: dict[str, list[Any]] = {"row": [n for n, _ in kept]}
    for column, place in layout.places.items():
        table[column] = [_at(row, place) for _, row in kept]
    name = _name_place(grid, layout)
    if name is not None and "area" in layout.places:
        table["name"] = [_at(row, name) for _, row in kept]
    frame = pd.DataFrame(table, dtype=object)
    if layout.sideways:
        parts = [
            frame.assign(period=period, value=[_at(row, place) for _, row in kept])
            for period, place in layout.sideways.items()
        ]
        frame = pd.concat(parts, ignore_index=True)
    _no_errors(frame, grid.where)
    notes = [f"{skipped} rows without a figure (notes, examples) were left out"] if skipped else []
    return frame, notes


def parted(frame: pd.DataFrame, dimensions: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows and totals: a row is a total where its area or a dimension says so."""
    import numpy as np

    total = np.zeros(len(frame), dtype=bool)
    for column in (*(["area"] if "area" in frame else []), *dimensions):
        named = {c: _cells.is_total(c) for c in set(map(_cells.text, frame[column]))}
        here = np.array([named[_cells.text(c)] for c in frame[column]], dtype=bool)
        if not here.all():
            total |= here
    return frame[~total].reset_index(drop=True), frame[total].reset_index(drop=True)


def _filled(grid: Grid, layout: Layout) -> tuple[list[tuple[int, list[Any]]], int]:
    """Return rows that have a figure or a key, with their numbers; others are notes."""
    from_row = layout.heading + 1
    places = [*layout.places.values(), *layout.sideways.values()]
    kept, skipped = [], 0
    for number, row in enumerate(grid.rows[from_row:], start=grid.first + from_row):
        filled = [p for p in range(len(row)) if _cells.text(row[p])]
        if not filled:
            continue
        example = _cells.text(row[filled[0]]).casefold().startswith(EXAMPLES)
        if example or (len(filled) == 1 and len(places) > 2 and len(row) > 2):
            skipped += 1
            continue
        kept.append((number, row))
    if not kept:
        raise DataError(f"{grid.where}: there is a heading but no rows; nothing was stored")
    return kept, skipped


def _at(row: list[Any], place: int) -> Any:
    return row[place] if place < len(row) else None


def _name_place(grid: Grid, layout: Layout) -> int | None:
    """Return the column of municipalities' names beside the one of their codes."""
    heads = [_cells.text(c).casefold() for c in grid.rows[layout.heading]]
    used = {*layout.places.values(), *layout.sideways.values()}
    return next((i for i, h in enumerate(heads) if h in AREA_NAMES and i not in used), None)


def _no_errors(frame: pd.DataFrame, where: str) -> None:
    for column in frame:
        for row, cell in zip(frame["row"], frame[column], strict=True):
            if isinstance(cell, str) and cell in EXCEL_ERRORS:
                raise DataError(
                    f"{where}, row {row}: the spreadsheet's error {cell} stands in {column}; mend "
                    "the formula; nothing was stored"
                )

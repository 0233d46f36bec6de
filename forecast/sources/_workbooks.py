"""Workbooks: the cells of an XLSX file, neither more of them than there are nor a bomb."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path
from typing import Any

from forecast.errors import DataError
from forecast.sources import _cells
from forecast.sources._numbers import Formula

LARGEST = 400 * 1024 * 1024  # bytes of a file, and of what a workbook unpacks to
FAR = 1_000_000  # cells up to the last filled one, blank ones among them
SPARSE = 50  # of more than FAR cells one in so many must be filled; blank ones cost a fiftieth
MERGED = 100_000  # cells; a heading is merged over some, a sheet merged whole takes all memory
_RANGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([^"']*)""")
INFLATED = 200  # a spreadsheet shrinks 5 to 20 times, a bomb a thousand times and more
EXCEL_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!")


def read(path: Path, wanted: str) -> tuple[list[list[Any]], str]:
    """Return the rows of a workbook's sheet, and what sentences call it.

    Args:
        path: the file.
        wanted: name of the sheet; empty where only one holds data.

    Raises:
        DataError: the file is damaged or no workbook, unpacks to too much, or has no such sheet.
    """
    _no_bomb(path)
    book, formulas = _books(path)
    name = _sheet(path, wanted, book)
    last, wide = _reach(path, formulas[name])
    rows: list[list[Any]] = [[None] * wide for _ in range(last)]
    for (row, column), written in formulas[name]._cells.items():
        if row <= last and column <= wide:
            rows[row - 1][column - 1] = _cell(book[name]._cells[row, column], written)
    for merged in book[name].merged_cells.ranges:
        _spread(rows, merged)
    while rows and not _cells.filled(rows[-1]):
        rows.pop()
    return rows, f"{path.name} [{name}]" if len(book.sheetnames) > 1 else path.name


def _books(path: Path) -> tuple[Any, Any]:
    """Return the workbook with its stored results, and with its formulas."""
    import openpyxl

    try:
        merged = _merged(path)
        if merged <= MERGED:
            with path.open("rb") as file:
                book = openpyxl.load_workbook(file, data_only=True)
            with path.open("rb") as file:
                return book, openpyxl.load_workbook(file)
    except Exception as error:  # openpyxl lets errors of zip, XML and its own parts through
        raise DataError(
            f"{path.name} cannot be read as XLSX ({type(error).__name__}); open it in a "
            "spreadsheet program and save it again"
        ) from None
    raise DataError(
        f"{path.name} merges {merged} cells; undo the merging of whole rows or columns and save "
        "it again"
    )


def _merged(path: Path) -> int:
    """Return how many cells are merged, which are too many to be made to be counted."""
    from openpyxl.worksheet.cell_range import CellRange

    count = 0
    with zipfile.ZipFile(path) as archive:
        for name in (n for n in archive.namelist() if n.startswith("xl/worksheets/")):
            for found in _RANGE.finditer(archive.read(name)):
                size = CellRange(html.unescape(found[1].decode())).size
                count += size["rows"] * size["columns"]
    return count


def _no_bomb(path: Path) -> None:
    """Refuse what unpacks to far more than a spreadsheet does, before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise DataError(
            f"{path.name} is not an XLSX file or was cut off in the download; get it again"
        ) from None
    unpacked = sum(i.file_size for i in inside)
    packed = max(sum(i.compress_size for i in inside), 1)
    if unpacked > LARGEST or (unpacked > 50_000_000 and unpacked / packed > INFLATED):
        raise DataError(
            f"{path.name} would unpack to {unpacked / 1e6:.0f} MB, {unpacked / packed:.0f} times "
            "its size; it is refused as no ordinary spreadsheet"
        )
    if not any(i.filename.startswith("xl/") for i in inside):
        raise DataError(f"{path.name} is a zip archive without a workbook; expected XLSX")


def _reach(path: Path, sheet: Any) -> tuple[int, int]:
    """Return the last row and column that hold something; formatted blanks may reach further."""
    filled = [(c.row, c.column) for c in sheet._cells.values() if c.value is not None]
    rows, columns = (max((place[i] for place in filled), default=1) for i in (0, 1))
    if rows * columns > max(FAR, SPARSE * len(filled)):
        raise DataError(
            f"{path.name} has a cell far from all others: {len(filled)} are filled, the last of "
            f"them in row {rows} or column {columns}; clear it, or save the table as CSV"
        )
    return rows, columns


def _sheet(path: Path, wanted: str, book: Any) -> str:
    names = list(book.sheetnames)
    if wanted and wanted not in names:
        raise DataError(f"{path.name} has no sheet {wanted!r}; it has {', '.join(names)}")
    if wanted and not _of_cells(book[wanted]):
        raise DataError(f"{path.name}: the sheet {wanted!r} is a chart; name a sheet of cells")
    if wanted:
        return wanted
    filled = [n for n in names if _of_cells(book[n]) and _any_cell(book[n])]
    data = [n for n in filled if n.casefold() not in ("data dictionary", "ordbog", "readme")]
    if len(data) > 1:
        raise DataError(
            f"{path.name} has {len(data)} sheets ({', '.join(data)}); say which with --sheet"
        )
    if not data:
        raise DataError(f"{path.name} is empty; expected a heading and rows; nothing was stored")
    return str(data[0])


def _of_cells(sheet: Any) -> bool:
    return hasattr(sheet, "iter_rows")


def _any_cell(sheet: Any) -> bool:
    return any(_cells.filled([cell.value]) for cell in sheet._cells.values())


def _cell(shown: Any, written: Any) -> Any:
    """Return a cell's stored result; a percentage becomes what one reads, with its sign."""
    formula = isinstance(written.value, str) and written.data_type == "f"
    if formula and shown.value is None:
        return Formula(str(written.value))
    if isinstance(shown.value, str):
        return shown.value.strip()
    number = isinstance(shown.value, int | float) and not isinstance(shown.value, bool)
    if number and "%" in (shown.number_format or ""):
        return f"{round(shown.value * 100, 9):.12g} %".replace(".", ",")
    return shown.value


def _spread(rows: list[list[Any]], merged: Any) -> None:
    """Repeat a merged cell's text over its range; a figure stays where it is, counted once."""
    if merged.min_row > len(rows) or merged.min_col > len(rows[0]):
        return  # blank, and beyond all that is filled
    value = rows[merged.min_row - 1][merged.min_col - 1]
    if not isinstance(value, str):
        return
    for row in rows[merged.min_row - 1 : merged.max_row]:
        last = min(merged.max_col, len(row))
        row[merged.min_col - 1 : last] = [value] * (last - merged.min_col + 1)

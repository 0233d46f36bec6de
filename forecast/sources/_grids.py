"""Grids: the cells of a CSV, XLSX or Parquet file as they stand, before anything is understood."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.errors import DataError
from forecast.sources._numbers import Formula

LARGEST = 400 * 1024 * 1024
INFLATED = 200  # a spreadsheet shrinks 5 to 20 times, a bomb a thousand times and more
MOJIBAKE = ("Ã¸", "Ã¥", "Ã¦", "Ã˜", "Ã…", "Ã†", "\ufffd")
EXCEL_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!")


@dataclass(frozen=True)
class Grid:
    """Rows of cells; row i stands in line `first + i` of the file."""

    rows: list[list[Any]]
    where: str
    first: int = 1


def read(path: Path, sheet: str = "") -> Grid:
    """Read a file's cells.

    Raises:
        DataError: the file is missing, a folder, empty, too large, of another kind than its name
            says, or cut off.
    """
    _there(path)
    kind = path.suffix.casefold()
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".xlsx": _xlsx, ".xlsm": _xlsx}
    if kind == ".parquet":
        grid = _parquet(path)
    elif kind in readers:
        grid = readers[kind](path, sheet)
    else:
        raise DataError(
            f"{path.name}: files of kind {kind or 'without an ending'} are not read; expected "
            ".csv, .xlsx or .parquet" + (" (save the .xls as .xlsx)" if kind == ".xls" else "")
        )
    if not any(_filled(row) for row in grid.rows):
        raise DataError(f"{path.name} is empty; expected a heading and rows; nothing was stored")
    return grid


def _there(path: Path) -> None:
    if path.is_dir():
        raise DataError(f"{path} is a folder; name the file in it")
    if not path.is_file():
        raise DataError(f"{path} does not exist; name a .csv, .xlsx or .parquet file")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    if size == 0:
        raise DataError(f"{path.name} is empty (0 bytes); was the download cut off?")
    if size > LARGEST:
        raise DataError(f"{path.name} is {size / 1e6:.0f} MB; expected at most {LARGEST / 1e6:.0f}")


def _filled(row: list[Any]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def _csv(path: Path, _: str) -> Grid:
    text = _decoded(path)
    _no_other_kind(path, text.lstrip()[:1])
    delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise DataError(
            f"{path.name}: the quotation marks do not close ({error}); was the file cut off?"
        ) from None
    _even(path, rows)
    return Grid([[c.strip() for c in row] for row in rows], path.name)


def _no_other_kind(path: Path, first: str) -> None:
    if first == "<":
        raise DataError(
            f"{path.name} is a web page (HTML), not a table; the download may have failed"
        )
    if first in ("{", "["):
        raise DataError(f"{path.name} is JSON, not a table; expected rows and columns")


def _decoded(path: Path) -> str:
    """Return the text, whether UTF-8, UTF-16 or the Windows code page of Danish Excel."""
    raw = path.read_bytes()
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"PAR1", b"\x1f\x8b")):
        raise DataError(
            f"{path.name} is not text although its name ends in {path.suffix}; give it the ending "
            "of what it is (.xlsx, .parquet)"
        )
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _clean(path, text)
    raise DataError(f"{path.name} is in no known encoding; save it as UTF-8 (CSV UTF-8 in Excel)")


def _clean(path: Path, text: str) -> str:
    for line, row in enumerate(text.splitlines(), start=1):
        if "\x00" in row:
            raise DataError(f"{path.name}, row {line}: zero bytes; the file is damaged")
        broken = next((m for m in MOJIBAKE if m in row), "")
        if broken:
            raise DataError(
                f"{path.name}, row {line}: {broken!r} stands where æ, ø or å should; the file was "
                "saved in a wrong encoding: save it again as UTF-8"
            )
    return text


def _delimiter(text: str) -> str:
    head = [line for line in text.splitlines()[:20] if line.strip()]
    if not head:
        return ";"
    scores = {d: sorted(line.count(d) for line in head)[len(head) // 2] for d in ";\t,|"}
    return max(scores, key=lambda d: scores[d])


def _even(path: Path, rows: list[list[str]]) -> None:
    """Refuse rows that are longer than the heading, or one last row that is cut off."""
    widths = [len(row) for row in rows if row]
    # Where as many rows are of one width as of another, the heading is right.
    usual = max(widths, key=widths.count) if widths else 0
    for number, row in enumerate(rows, start=1):
        if len(row) > usual and _filled([*row[usual:]]):
            raise DataError(
                f"{path.name}, row {number}: {len(row)} fields where {usual} were expected; is "
                "there a separator inside a text or number?"
            )
    last = rows[-1] if rows else []
    if usual > 2 and 1 < len(last) < usual:
        raise DataError(
            f"{path.name}, row {len(rows)}: {len(last)} fields where {usual} were expected; the "
            "file ends in the middle of a row, get it again"
        )


def _xlsx(path: Path, sheet: str) -> Grid:
    _no_bomb(path)
    import openpyxl

    try:
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, data_only=True)
        with path.open("rb") as file:
            formulas = openpyxl.load_workbook(file)
    except Exception as error:  # openpyxl lets errors of zip, XML and its own parts through
        raise DataError(
            f"{path.name} cannot be read as XLSX ({type(error).__name__}); open it in a "
            "spreadsheet program and save it again"
        ) from None
    name = _sheet(path, sheet, book)
    pairs = zip(book[name].iter_rows(), formulas[name].iter_rows(), strict=True)
    rows = [[_cell(a, b) for a, b in zip(*pair, strict=True)] for pair in pairs]
    for merged in book[name].merged_cells.ranges:
        _spread(rows, merged)
    while rows and not _filled(rows[-1]):
        rows.pop()
    return Grid(rows, f"{path.name} [{name}]" if len(book.sheetnames) > 1 else path.name)


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


def _sheet(path: Path, wanted: str, book: Any) -> str:
    names = list(book.sheetnames)
    if wanted and wanted not in names:
        raise DataError(f"{path.name} has no sheet {wanted!r}; it has {', '.join(names)}")
    if wanted:
        return wanted
    filled = [n for n in names if hasattr(book[n], "iter_rows") and _any_cell(book[n])]
    data = [n for n in filled if n.casefold() not in ("data dictionary", "ordbog", "readme")]
    if len(data) > 1:
        raise DataError(
            f"{path.name} has {len(data)} sheets ({', '.join(data)}); say which with --sheet"
        )
    if not data:
        raise DataError(f"{path.name} is empty; expected a heading and rows; nothing was stored")
    return str(data[0])


def _any_cell(sheet: Any) -> bool:
    return any(_filled(list(row)) for row in sheet.iter_rows(values_only=True))


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
    value = rows[merged.min_row - 1][merged.min_col - 1]
    if not isinstance(value, str):
        return
    for row in rows[merged.min_row - 1 : merged.max_row]:
        row[merged.min_col - 1 : merged.max_col] = [value] * (merged.max_col - merged.min_col + 1)


def _parquet(path: Path) -> Grid:
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except Exception as error:  # pyarrow raises several kinds for damaged files
        raise DataError(
            f"{path.name} cannot be read as Parquet ({type(error).__name__}); write it again"
        ) from None
    cells = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return Grid([[str(c) for c in frame.columns], *cells], path.name)

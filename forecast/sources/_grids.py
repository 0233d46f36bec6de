"""Grids: the cells of a CSV, XLSX or Parquet file as they stand, before anything is understood."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forecast.errors import DataError
from forecast.sources import _cells, _workbooks
from forecast.sources._workbooks import LARGEST

MOJIBAKE = ("Ã¸", "Ã¥", "Ã¦", "Ã˜", "Ã…", "Ã†", "\ufffd")


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
    if sheet and kind not in (".xlsx", ".xlsm"):
        raise DataError(f"{path.name} is no workbook, so it has no sheet {sheet!r}; leave it out")
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
    if not any(_cells.filled(row) for row in grid.rows):
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


def _xlsx(path: Path, sheet: str) -> Grid:
    return Grid(*_workbooks.read(path, sheet))


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
        if len(row) > usual and _cells.filled(row[usual:]):
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

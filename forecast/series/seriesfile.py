"""Series files: long tables read from and written to CSV or Parquet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import files
from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet")
BLANK = (
    "", "NA", "N/A", "n/a", "<NA>", "#N/A", "#NA", "#N/A N/A", "NULL", "null", "None",
    "NaN", "nan", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
)  # fmt: skip # what programs write where there is no figure; a name may be NA or None
FIELDS = r"Expected (\d+) fields in line (\d+), saw (\d+)"


def read(path: Path, names: Sequence[str] = ("unique_id",)) -> pd.DataFrame:
    """Read a CSV (comma, semicolon or tab, UTF-8) or Parquet table.

    Args:
        path: the file.
        names: columns of a CSV that hold names, not figures: 084 stays 084, and NA stays NA.

    Raises:
        DataError: the file is missing, empty, of another kind, or not what its name says.
    """
    import pandas as pd
    import pyarrow

    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path}: expected a file that ends in .csv or .parquet")
    if not path.is_file():
        raise DataError(f"{path} does not exist; name a CSV or Parquet file")
    try:
        if suffix == ".parquet":
            return _unindexed(pd.read_parquet(path))
        return _table(path, names)
    except pd.errors.EmptyDataError:
        raise DataError(f"{path} is empty; expected a header unique_id,ds,y and rows") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8") from None
    except pd.errors.ParserError as error:
        raise _unparsed(path, str(error)) from None
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as {suffix[1:]}: {error}") from None


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet by its name, whole or not at all.

    Raises:
        DataError: the name ends in neither.
    """
    check_name(path)
    with files.replaced_file(path) as temporary:
        if path.suffix.lower() == ".parquet":
            table.to_parquet(temporary, index=False)
        else:
            table.to_csv(temporary, index=False)


def check_name(path: Path, source: Path | None = None) -> None:
    """Refuse a file that could not or must not be written, before work is done for it.

    Args:
        path: the file to be written.
        source: the file that is read; it is nobody's wish to lose it.

    Raises:
        DataError: the name ends in neither .csv nor .parquet, or is that of the source.
    """
    if source is not None and path.exists() and source.exists() and path.samefile(source):
        raise DataError(f"--out {path} is the file that is read; name another")
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"--out {path}: expected a name that ends in .csv or .parquet")


def _unindexed(table: pd.DataFrame) -> pd.DataFrame:
    """Make columns of a frame's index where it has names: other programs keep unique_id there."""
    named = [name for name in table.index.names if name is not None and name not in table]
    return (table.reset_index(level=named) if named else table).reset_index(drop=True)


def _table(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """Read a CSV; where cells end in no comma, numbers stay text: they may be Danish ones."""
    import pandas as pd

    if b"\0" in path.read_bytes():
        raise DataError(f"{path} holds zero bytes, so it is no CSV text; save it as CSV UTF-8")
    mark = _separator(path)
    text: dict[str, Any] = {"dtype": str, "na_filter": False}
    raw = pd.read_csv(path, sep=mark, header=None, nrows=1, skipinitialspace=True, **text).iloc[0]
    heads = raw[raw != ""].str.strip()
    if heads.duplicated().any():
        twice = heads[heads.duplicated()].iloc[0]
        raise DataError(f"{path}: the heading {twice!r} stands twice; expected it once")
    named = {raw[place]: head in names for place, head in heads.items()}
    bare = [f"Unnamed: {place}" for place in raw.index[raw == ""]]  # as pandas calls them
    ways: dict[str, Any] = {
        "sep": mark,
        "dtype": {head: str for head in named if named[head]} if mark == "," else str,
        "skipinitialspace": True,
        "keep_default_na": False,
        "na_values": {
            head: list(BLANK) if named.get(head) is False else [""] for head in (*bare, *named)
        },
    }
    table = pd.read_csv(path, **ways)
    if not isinstance(table.index, pd.RangeIndex):  # rows have more fields than the heading
        _refuse_fields(path, table)
        table = pd.read_csv(path, index_col=False, usecols=range(table.shape[1]), **ways)
    return _without_tail(table).rename(columns=str.strip)


def _refuse_fields(path: Path, table: pd.DataFrame) -> None:
    """Refuse fields beyond the heading's that hold something, such as decimals after a comma."""
    wide, more = table.shape[1], table.index.nlevels
    filled = table.iloc[:, -more:].notna().any(axis=1).to_numpy()
    if filled.any() and "unique_id" in table.columns.str.strip():
        raise _fields(path, int(filled.argmax()) + 2, wide, wide + more)


def _without_tail(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows without any content at the end, as spreadsheets write them."""
    filled = table.notna().any(axis=1).to_numpy()
    return table.iloc[: len(filled) - int(filled[::-1].argmax())] if filled.any() else table[:0]


def _fields(path: Path, row: int, expected: int, found: int) -> DataError:
    return DataError(
        f"{path}, row {row}: {found} fields where {expected} were expected; is there a separator "
        "inside a text, or a decimal comma in a file of commas?"
    )


def _unparsed(path: Path, said: str) -> DataError:
    """Say in words what the reader of CSV could not do."""
    if fields := re.search(FIELDS, said):
        expected, row, found = (int(part) for part in fields.groups())
        return _fields(path, row, expected, found)
    if "inside string" in said:
        return DataError(f"{path}: the quotation marks do not close; was the file cut off?")
    return DataError(f"{path} cannot be read as CSV: {said.strip()}")


def _separator(path: Path) -> str:
    """Tell a semicolon or tab file, as a Danish spreadsheet writes it, by its header."""
    with path.open(encoding="utf-8", errors="replace") as file:
        header = file.readline()
    return max(",;\t", key=header.count)

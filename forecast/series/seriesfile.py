"""Series files: long tables read from and written to CSV or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from forecast import files
from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".parquet")


def read(path: Path) -> pd.DataFrame:
    """Read a CSV (comma, semicolon or tab, UTF-8) or Parquet table.

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
            return pd.read_parquet(path)
        return _table(path)
    except pd.errors.EmptyDataError:
        raise DataError(f"{path} is empty; expected a header unique_id,ds,y and rows") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text ({error.reason}); save it as UTF-8") from None
    except pd.errors.ParserError as error:
        raise DataError(f"{path} cannot be read as CSV: {error}") from None
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


def _table(path: Path) -> pd.DataFrame:
    """Read a CSV; where cells end in no comma, numbers stay text: they may be Danish ones."""
    import pandas as pd

    mark = _separator(path)
    heads = pd.read_csv(path, sep=mark, header=None, nrows=1, dtype=str).iloc[0].str.strip()
    twice = heads[heads.duplicated() & heads.notna()]
    if len(twice):
        raise DataError(f"{path}: the heading {twice.iloc[0]!r} stands twice; expected it once")
    dtype: Any = {"unique_id": str} if mark == "," else str
    table = pd.read_csv(path, sep=mark, dtype=dtype, skipinitialspace=True)
    return table.rename(columns=str.strip)


def _separator(path: Path) -> str:
    """Tell a semicolon or tab file, as a Danish spreadsheet writes it, by its header."""
    with path.open(encoding="utf-8", errors="replace") as file:
        header = file.readline()
    return max(",;\t", key=header.count)

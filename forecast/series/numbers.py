"""Numbers: a column of figures as spreadsheets write them, Danish ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

DANISH = r"-?(?:\d{1,3}(?:[. \u00a0]\d{3})+|\d+)(?:,\d+)?"  # 1.234.567,8 and 1 234 567,8
THOUSANDS = r"-?[1-9]\d{0,2}(?:\.\d{3})+"  # 100.300: a hundred thousand in Danish, or a hundred
EITHER = r"-?[1-9]\d{0,2}(?:,\d{3})+"  # 100,300: a hundred in Danish, or a hundred thousand
LARGEST = 1e100  # squares and products of larger figures would leave what a computer can hold


def read(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Read a column as numbers; blank cells are not observed.

    Text may have a decimal comma and thousands set off by points or spaces, where all of the
    column agrees and none of it could mean something else.

    Raises:
        DataError: a cell holds text, is infinite or beyond any count, or may be read in two ways.
    """
    import pandas as pd

    given = frame[column].reset_index(drop=True)
    text = given.astype(str).str.strip()
    blank = given.isna() | (text == "")
    typed = pd.api.types.is_numeric_dtype(given)
    numbers = pd.to_numeric(given if typed else text, errors="coerce")
    if not typed:
        written = text[~blank]
        _refuse_thousands(frame, column, written)
        if _danish(written):
            plain = text.str.replace(r"[. \u00a0]", "", regex=True).str.replace(",", ".")
            numbers = pd.to_numeric(plain, errors="coerce")
    wrong = ((numbers.isna() & ~blank) | (numbers.abs() > LARGEST)).to_numpy()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"{_place(frame, column, row)}; expected a number, or nothing where it was not observed"
        )
    return numbers.where(~blank).to_numpy(dtype=np.float64)


def population(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Read the exposure of every row.

    Raises:
        DataError: it is negative somewhere, or nowhere above zero.
    """
    given = read(frame, column)
    if (given < 0).any():
        row = int(np.flatnonzero(given < 0)[0])
        raise DataError(f"{_place(frame, column, row)}; expected a population of zero or more")
    if not (given > 0).any():
        raise DataError(
            f"{column} is empty or zero in every row; expected the population that y refers to"
        )
    return given


def _danish(written: pd.Series) -> bool:
    """Tell whether all of a column is written as in Danish, and some of it only so."""
    if not len(written) or not written.str.fullmatch(DANISH).all():
        return False
    marked = written.str.contains(r"[, \u00a0]")
    return bool((marked & ~written.str.fullmatch(EITHER)).any())


def _refuse_thousands(frame: pd.DataFrame, column: str, written: pd.Series) -> None:
    """Refuse points that may set off thousands or decimals: all have three digits after them."""
    dotted = written[written.str.contains(".", regex=False)]
    if not len(dotted) or written.str.contains(",", regex=False).any():
        return
    if dotted.str.fullmatch(THOUSANDS).all():
        row = int(dotted.index.to_numpy()[0])
        whole = dotted.iloc[0].replace(".", "")
        raise DataError(
            f"{_place(frame, column, row)}, which may be {whole} or a number with decimals; "
            f"write {whole} without points, or the decimals after a comma"
        )


def _place(frame: pd.DataFrame, column: str, row: int) -> str:
    """Say what a cell holds and where."""
    name, time, value = (frame[c].iloc[row] for c in ("unique_id", "ds", column))
    return f"{column}: row {row + 2} ({name}, {time}) holds {str(value)!r}"

"""Numbers: a column of figures as spreadsheets write them, Danish ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

DANISH = r"-?(?:\d{1,3}(?:[. \u00a0]\d{3})+|\d+)(?:,\d+)?(?:[eE][-+]?\d+)?"
THOUSANDS = r"-?[1-9]\d{0,2}(?:\.\d{3})+"  # 100.300: a hundred thousand in Danish, or a hundred
EITHER = r"-?[1-9]\d{0,2}(?:,\d{3})+"  # 100,300: a hundred in Danish, or a hundred thousand
LARGEST = 1e100  # squares and products of larger figures would leave what a computer can hold
PEOPLE = (1e-50, 1e50)  # so that rates and their squares stay within it too
LONGEST = 80  # characters of a name that a sentence repeats
SMALLEST = 1e-100  # likewise of smaller ones, which are rounding left over, and so 0


def read(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Read a column as numbers; blank cells are not observed.

    Text may have a decimal comma and thousands set off by points or spaces, where all of the
    column agrees and none of it could mean something else.

    Raises:
        DataError: a cell holds text, is infinite or beyond any count, or may be read in two ways.
    """
    given = frame[column].reset_index(drop=True)
    if _typed(given):
        blank = given.isna().to_numpy()
        numbers = given.where(~blank, np.nan).to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        text = given.astype(str).str.strip()
        blank = (given.isna() | (text == "")).to_numpy()
        numbers = _written(frame, column, text, blank)
    wrong = (np.isnan(numbers) & ~blank) | (np.abs(numbers) > LARGEST)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise DataError(
            f"{_place(frame, column, row)}; expected a number, or nothing where it was not observed"
        )
    return np.where(np.abs(numbers) < SMALLEST, 0.0, np.where(blank, np.nan, numbers))


def _typed(given: pd.Series) -> bool:
    """Tell whether a column holds numbers, decimal ones of a database among them, and no text."""
    import pandas as pd

    return pd.api.types.is_numeric_dtype(given) or (
        pd.api.types.infer_dtype(given, skipna=True) == "decimal"
    )


def _written(
    frame: pd.DataFrame, column: str, text: pd.Series, blank: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Read text as numbers, NaN where it is none."""
    import pandas as pd

    written = text[~blank]
    _refuse_thousands(frame, column, written)
    if _danish(written):
        text = text.str.replace(r"[. \u00a0]", "", regex=True).str.replace(",", ".")
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)
    return np.where(blank, np.nan, numbers)


def population(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Read the exposure of every row.

    Raises:
        DataError: it is negative or no size of a population somewhere, or nowhere above zero.
    """
    given = read(frame, column)
    if (given < 0).any():
        row = int(np.flatnonzero(given < 0)[0])
        raise DataError(f"{_place(frame, column, row)}; expected a population of zero or more")
    far = (given > 0) & ((given < PEOPLE[0]) | (given > PEOPLE[1]))
    if far.any():
        row = int(np.flatnonzero(far)[0])
        raise DataError(
            f"{_place(frame, column, row)}; expected a population, zero or between {PEOPLE[0]:g} "
            f"and {PEOPLE[1]:g}"
        )
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
    return f"{column}: row {row + 2} ({said(name)}, {time}) holds {str(value)!r}"


def said(name: object) -> str:
    """Return a name as a sentence can hold it: on one line and not endless."""
    text = str(name)
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return short if short.isprintable() else repr(short)

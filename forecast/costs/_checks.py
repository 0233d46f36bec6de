"""Checks of figures that users hand in: one sentence that names the row and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def columns(frame: pd.DataFrame, wanted: tuple[str, ...], what: str) -> None:
    """Refuse a frame that lacks columns."""
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        raise DataError(
            f"{what}: column {', '.join(missing)} missing; expected {', '.join(wanted)}"
        )


def refuse(frame: pd.DataFrame, bad: NDArray[np.bool_], column: str, expected: str) -> None:
    """Raise for the first row that is bad in a column."""
    if bad.any():
        first = int(np.argmax(bad))
        who = f" ({frame['person'].iloc[first]})" if "person" in frame else ""
        raise DataError(
            f"row {first + 1}{who}: {column} is {frame[column].iloc[first]!r}; expected {expected}"
        )


def months(texts: pd.Series) -> NDArray[np.int64]:
    """Return months `2022-03` as numbers counted from year 0.

    Raises:
        DataError: a text is no month.
    """
    import pandas as pd

    codes, names = pd.factorize(texts.astype("str"))
    parts = pd.Series(names, dtype="str").str.extract(r"^(\d{4})-(0[1-9]|1[0-2])$")
    bad = parts[0].isna().to_numpy()[codes]
    if bad.any():
        first = int(np.argmax(bad))
        found = texts.iloc[first]
        raise DataError(f"row {first + 1}: month is {found!r}; expected such as 2022-03")
    years, numbers = (parts[c].astype("int64").to_numpy() for c in (0, 1))
    result: NDArray[np.int64] = (years * 12 + numbers - 1)[codes]
    return result

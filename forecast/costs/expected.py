"""Expected accounts of the current year (forventet regnskab), from what was spent so far.

Months that are booked are known; the rest of the year is as projected. So the interval narrows
as the year goes by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.costs.state import State
from forecast.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class YearToDate:
    """What a municipality has spent on a function so far in a year.

    Attributes:
        area: the municipality.
        function: the account function.
        year: the current year.
        months: how many months are booked, 1 to 12.
        gross: net operating expenditure before refund so far, DKK 1,000, current prices.
    """

    area: str
    function: str
    year: int
    months: int
    gross: float

    def __post_init__(self) -> None:
        """Refuse months that are none, and an amount without end."""
        if not 1 <= self.months <= 12:
            raise DataError(
                f"{self.area} {self.function}: {self.months} months are booked; expected 1 to 12"
            )
        if not np.isfinite(self.gross):
            raise DataError(
                f"{self.area} {self.function}: gross is {self.gross}; expected DKK 1,000"
            )


def apply(state: State, booked: list[YearToDate]) -> State:
    """Return the state in which the booked months of a year are as they were booked.

    Every line of the function is scaled draw by draw, so that booked months and the projected
    rest make the year; later years keep what the model says.

    Raises:
        DataError: the year, area or function is not in the projection.
    """
    factors: dict[tuple[str, str], Floats] = dict(state.factors)
    for entry in booked:
        _check(state, entry)
        function = state.functions()[entry.function]
        row, column = state.base.codes.index(entry.area), state.years.index(entry.year)
        lines = state.lines(function)
        expected = sum(_cell(state.gross(function, line), (row, column)) for line in lines)
        rest = (12 - entry.months) / 12 * np.asarray(expected)
        ratio = np.ones_like(rest)
        np.divide(entry.gross + rest, expected, out=ratio, where=np.asarray(expected) > 0)
        for line in lines:
            shape = (len(state.base.codes), len(state.years), state.size)
            factor = np.broadcast_to(factors.get((entry.function, line), np.ones(1)), shape).copy()
            factor[row, column] *= ratio
            factors[entry.function, line] = factor
    return state.changed(factors=factors)


def _cell(values: Floats, at: tuple[int, int]) -> Floats:
    return np.asarray(values[at[0], at[1]], dtype=np.float64)


def _check(state: State, entry: YearToDate) -> None:
    known: Mapping[str, list[str]] = {
        "area": state.base.codes,
        "function": list(state.functions()),
        "year": [str(year) for year in state.years],
    }
    for name, held in known.items():
        if str(getattr(entry, name)) not in held:
            raise DataError(
                f"year-to-date figures for {name} {getattr(entry, name)}, which the projection "
                f"does not have (it has {', '.join(held[:8])} …)"
            )

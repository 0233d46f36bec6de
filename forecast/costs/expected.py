"""Expected accounts of the current year (forventet regnskab), from what was spent so far.

Months that are booked are known; the rest of the year is as projected. So the interval narrows
as the year goes by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast import areas
from forecast.costs.state import Extra, State
from forecast.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class YearToDate:
    """What a municipality has spent on a function so far in a year.

    Attributes:
        area: the municipality, by code or name.
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


def apply(state: State, booked: Sequence[YearToDate]) -> State:
    """Return the state in which the booked months of a year are as they were booked.

    What is on the function is scaled draw by draw, so that booked months and the projected rest
    make the year; later years keep what the model says.

    Raises:
        DataError: the year, area or function is not in the projection, or one is booked twice.
    """
    keys = [(_area(entry), entry.function, entry.year) for entry in booked]
    twice = [entry for entry, key in zip(booked, keys, strict=True) if keys.count(key) > 1]
    if twice:
        one = twice[0]
        raise DataError(
            f"year-to-date figures of {one.area} {one.function} {one.year} stand twice; keep one"
        )
    for entry in booked:
        _check(state, entry)
        state = _booked(state, entry)
    return state


def _area(entry: YearToDate) -> str:
    return areas.find(entry.area).code


def _booked(state: State, entry: YearToDate) -> State:
    function = state.functions()[entry.function]
    at = state.base.codes.index(_area(entry)), state.years.index(entry.year)
    lines = state.lines(function)
    expected = sum((state.gross(function, line)[at] for line in lines), np.zeros(state.size))
    year = entry.gross + (12 - entry.months) / 12 * expected
    ratio = np.divide(year, expected, out=np.ones(state.size), where=expected > 0)
    factors = dict(state.factors)
    for line in lines:
        old = factors.get((function.code, line), np.ones(1))
        factors[function.code, line] = _scaled(state, old, at, ratio)
    extras = [
        replace(extra, gross=_scaled(state, extra.gross, at, ratio))
        if extra.function == function.code
        else extra
        for extra in state.extras
    ]
    left = year - ratio * expected  # of futures in which nothing was expected
    if left.any():
        real = np.zeros(state.shape)
        real[at] = left / state.index[at[1]]
        extras.append(Extra(function.code, real, state.refunds[function.code]))
    return state.changed(factors=factors, extras=tuple(extras))


def _scaled(state: State, values: Floats, at: tuple[int, int], ratio: Floats) -> Floats:
    """Return (municipalities, years, draws) of which one municipality's year is scaled."""
    found = np.broadcast_to(values, state.shape).copy()
    found[at] *= ratio
    return found


def _check(state: State, entry: YearToDate) -> None:
    known: Mapping[str, list[str]] = {
        "function": list(state.functions()),
        "year": [str(year) for year in state.years],
    }
    for name, held in known.items():
        if str(getattr(entry, name)) not in held:
            raise DataError(
                f"year-to-date figures for {name} {getattr(entry, name)}, which the projection "
                f"does not have (it has {', '.join(held[:8])} …)"
            )
    if _area(entry) not in state.base.codes:
        raise DataError(
            f"year-to-date figures for {entry.area}, which is no municipality; name one"
        )

"""One module a forecasting method: fit a panel, look one path ahead, simulate its futures.

Each module offers `NEEDS`, `fit(panel, **options) -> State`, `point(state, horizon)` and
`simulate(state, horizon, size, rng)`; its file name is its registration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecast.errors import MethodError

Plain = str | int | float | bool | None | list[Any]


@dataclass(frozen=True)
class Needs:
    """What a method asks of a series before it may be given one.

    Attributes:
        minimum: observed periods below which it has nothing of its own to say.
        gaps: whether unobserved periods inside a series are part of its mathematics; where not,
            single gaps are bridged by a straight line on the working scale.
        frequencies: period frequencies that it understands.
        slow: whether it fits one series at a time (milliseconds a series, not microseconds).
        exposure: whether it says nothing without a population.
    """

    minimum: int = 1
    gaps: bool = False
    frequencies: tuple[str, ...] = ("A", "Q")
    slow: bool = False
    exposure: bool = False


@dataclass(frozen=True)
class State:
    """What a fitted method remembers: arrays and plain values only, so it is never pickled."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    values: dict[str, Plain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse arrays that could not be stored without pickle."""
        for name, array in self.arrays.items():
            if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiubUS":
                raise MethodError(f"method state: {name} is not an array of numbers or text")

    def number(self, name: str) -> float:
        """Return a plain value that is a number."""
        return self.numbers(name)[0]

    def numbers(self, name: str) -> list[float]:
        """Return a plain value that is a number or a list of numbers.

        Raises:
            MethodError: it is neither.
        """
        found = self.values[name]
        listed = found if isinstance(found, list) else [found]
        numbers = [float(x) for x in listed if isinstance(x, int | float)]
        if not numbers or len(numbers) < len(listed):
            raise MethodError(f"method state: {name} is {found!r}; expected numbers")
        return numbers

"""Numbers: values that know their bundle rows, and the forms in which they are displayed."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace

HIDDEN = ".."


@dataclass(frozen=True)
class Number:
    """A value with the expression over bundle rows that it comes from.

    Attributes:
        value: in the bundle's own unit; NaN is *not given*.
        ref: such as `cost:12` or `(cost:12-cost:9)`: table and row number of the bundle.
        hidden: protected as a small cell; then there is no value and no reference.
    """

    value: float
    ref: str = ""
    hidden: bool = False

    def __add__(self, other: Number | float) -> Number:
        """Return the sum."""
        return self._joined(other, "+", operator.add)

    def __sub__(self, other: Number | float) -> Number:
        """Return the difference."""
        return self._joined(other, "-", operator.sub)

    def __mul__(self, other: Number | float) -> Number:
        """Return the product."""
        return self._joined(other, "*", operator.mul)

    def __truediv__(self, other: Number | float) -> Number:
        """Return the ratio; over zero it is not given."""
        return self._joined(other, "/", lambda a, b: a / b if b else math.nan)

    def __abs__(self) -> Number:
        """Return the size without sign."""
        if self.hidden or not self.value < 0:
            return self
        return replace(self, value=-self.value, ref=f"(0-{self.ref})")

    @property
    def given(self) -> bool:
        """Whether there is a value to show."""
        return not self.hidden and math.isfinite(self.value)

    def _joined(
        self, other: Number | float, sign: str, act: Callable[[float, float], float]
    ) -> Number:
        right = other if isinstance(other, Number) else Number(float(other), repr(float(other)))
        if self.hidden or right.hidden:
            return PROTECTED
        return Number(act(self.value, right.value), f"({self.ref}{sign}{right.ref})")


PROTECTED = Number(math.nan, "", hidden=True)
MISSING = Number(math.nan)


@dataclass(frozen=True)
class Form:
    """How a number is displayed: a factor, a number of decimals, a unit, whether as a change."""

    factor: float = 1.0
    decimals: int = 0
    unit: str = ""
    signed: bool = False


FORMS: dict[str, Form] = {
    "int": Form(),
    "one": Form(decimals=1),
    "two": Form(decimals=2),
    "three": Form(decimals=3),
    "change": Form(signed=True),
    "change1": Form(decimals=1, signed=True),
    "change2": Form(decimals=2, signed=True),
    "change3": Form(decimals=3, signed=True),
    "mio": Form(1e-3, 1, "mio"),
    "mio0": Form(1e-3, 0, "mio"),
    "mio2": Form(1e-3, 2, "mio"),
    "mioch": Form(1e-3, 1, "mio", signed=True),
    "mio0ch": Form(1e-3, 0, "mio", signed=True),
    "mio2ch": Form(1e-3, 2, "mio", signed=True),
    "mia": Form(1e-6, 2, "mia"),
    "mia1": Form(1e-6, 1, "mia"),
    "miach": Form(1e-6, 2, "mia", signed=True),
    "thousand": Form(1.0, 0, "thousand"),
    "kr": Form(1e3, 0, "kr"),
    "pct": Form(100.0, 0, "%"),
    "pct1": Form(100.0, 1, "%"),
    "pctch": Form(100.0, 1, "%", signed=True),
    "pct2": Form(1.0, 1, "%"),
}

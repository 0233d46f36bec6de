"""Scope: costs of two projections on the same footing, where one alone counts a refund.

Without its thresholds a year's refund of dear cases is left out. Beside a projection that knows
them, net cost would seem to have fallen by a refund that was always going to be paid.
"""

from __future__ import annotations

from dataclasses import dataclass

from forecast.reporting.document import MISSING, PROTECTED, Number
from forecast.reporting.view import View
from forecast.sections import _common

LEFT_OUT = "refund_left_out"  # the projection's own note


@dataclass(frozen=True)
class Pair:
    """Net cost of a year in an earlier projection and in this one.

    Attributes:
        old: as projected earlier; its reference says so.
        new: as projected now.
        refund: of dear cases, as far as one of the two leaves it out.
        only: which of them counts it: `old`, `new`, or "" where they count the same.
    """

    old: Number
    new: Number
    refund: Number = MISSING
    only: str = ""

    @property
    def given(self) -> bool:
        """Whether there is something to compare."""
        return self.old.given and self.new.given

    @property
    def alike(self) -> Pair:
        """The same costs without what only one of the two counts."""
        if self.only == "old":
            return Pair(self.old + self.refund, self.new)
        return Pair(self.old, self.new + self.refund) if self.only else self

    @property
    def alone(self) -> Pair:
        """What only one of the two counts, as it moves net cost; the other has nothing."""
        if self.only == "old":
            return Lone(self.old - self.alike.old, MISSING)
        return Lone(MISSING, self.new - self.alike.new if self.only else MISSING)

    @property
    def change(self) -> Number:
        """Now less earlier; what one of them does not know has none."""
        if self.given:
            return self.new - self.old
        return PROTECTED if self.old.hidden or self.new.hidden else MISSING


class Lone(Pair):
    """What only one of two projections counts: the other has none of it."""

    @property
    def change(self) -> Number:
        """What it adds to the difference."""
        return self.new if self.new.given else Number(0.0, "0") - self.old


def pair(view: View, year: str, function: str = "") -> Pair:
    """Return net cost of a year, in current prices, in the earlier projection and in this one."""
    at = {"price": "current", "function": function}
    old, new = _common.earlier(view.before.cost(year, **at)), view.cost(year, **at)
    only = alone(view, year)
    refund = _refund(view, year, [function] if function else view.functions(), only)
    known = only and (refund.given or refund.hidden)
    return Pair(old, new, refund, only) if known else Pair(old, new)


def alone(view: View, year: str) -> str:
    """Return which of two projections alone counts a year's refund of dear cases, "" neither."""
    left = [_leaves_out(v, year) for v in (view.before, view)]
    return "" if left[0] == left[1] else "new" if left[0] else "old"


def _leaves_out(view: View, year: str) -> bool:
    notes = (n for n in view.meta["notes"] if n["code"] == LEFT_OUT)
    return any(int(year) in note["params"]["years"] for note in notes)


def _refund(view: View, year: str, functions: list[str], only: str) -> Number:
    """Return what is refunded on functions on which one projection has nothing refunded."""
    found = MISSING
    for function in functions if only else ():
        at = {"price": "current", "function": function, "component": "refund"}
        old, new = _common.earlier(view.before.cost(year, **at)), view.cost(year, **at)
        has, lacks = (new, old) if only == "new" else (old, new)
        if has.hidden or lacks.hidden:
            return PROTECTED
        if has.given and has.value and not lacks.value:
            found = found + has if found.given else has
    return found

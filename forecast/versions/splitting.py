"""Split a change into its causes, taken in one after the other; the parts sum to the change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SOFTWARE = "software"

TRIED = 3  # revised figures of a dataset that are undone one by one, unless told otherwise

Value = Callable[[frozenset[str]], "pd.Series[float]"]


@dataclass(frozen=True)
class Wanted:
    """What is to be explained.

    Attributes:
        area: code of the municipality (of a cost also region or nation).
        year: of the forecast; where none is given, the last that both versions forecast, or the
            new bundle's budget year.
        tried: revised figures of each dataset that are undone one by one, at a training each.
    """

    area: str
    year: int | None = None
    tried: int = TRIED


class Split:
    """A change that is split: `terms` by key, what was said `before`, what is said `after`."""

    terms: pd.DataFrame
    before: pd.Series[float]
    after: pd.Series[float]

    @property
    def total(self) -> pd.Series[float]:
        """The terms, summed over the keys."""
        return self.terms.groupby("term", sort=False)["value"].sum()

    @property
    def table(self) -> pd.DataFrame:
        """One row a key: what was said before, each term, and what is said after."""
        return table(self.terms, (self.before, self.after))


def split(
    factors: Sequence[str], value: Value, ends: tuple[pd.Series[float], pd.Series[float]]
) -> pd.DataFrame:
    """Return keys, term, value: what each factor adds by key, `software` being the rest.

    Args:
        factors: in the order in which they are taken in.
        value: the number, worked out with the installed program, some factors new, others old.
        ends: what was said before, and what is said now; the terms sum to the difference.
    """
    import pandas as pd

    at = cache(value)
    # The whole first and the steps after: a step that is the same as an end to a model takes
    # that end's, which knows past origins as they were.
    first, last = at(frozenset()), at(frozenset(factors))
    taken = steps(factors, at)
    taken[SOFTWARE] = less(ends[1], last).add(less(first, ends[0]), fill_value=0.0)
    parts = [part.rename("value").reset_index().assign(term=name) for name, part in taken.items()]
    keys = list(ends[0].index.names)
    return pd.concat(parts, ignore_index=True)[[*keys, "term", "value"]]


def steps(factors: Sequence[str], value: Value) -> dict[str, pd.Series[float]]:
    """Return what each factor adds when it is taken in after the others before it.

    Args:
        factors: in the order in which they are taken in.
        value: the number with some factors new and the others old.
    """
    found: dict[str, pd.Series[float]] = {}
    state: frozenset[str] = frozenset()
    before = value(state)
    for factor in factors:
        state |= {factor}
        after = value(state)
        found[factor], before = less(after, before), after
    return found


def table(terms: pd.DataFrame, ends: tuple[pd.Series[float], pd.Series[float]]) -> pd.DataFrame:
    """Return one row a key: what was said before, each term, and what is said after."""
    keys = list(ends[0].index.names)
    wide = terms.pivot_table(index=keys, columns="term", values="value", sort=False)
    wide.insert(0, "before", ends[0])
    wide["after"] = ends[1]
    return wide.fillna(0.0)


def less(one: pd.Series[float], other: pd.Series[float]) -> pd.Series[float]:
    """Return the difference by key; one that only one of them has counts as 0 in the other."""
    return one.sub(other, fill_value=0.0)

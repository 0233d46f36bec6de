"""Why a forecast changed from one version to the next, in parts that sum to the change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, Any

from forecast import areas, registry
from forecast.errors import RegistryError
from forecast.registry import VersionInfo
from forecast.versions import paired, reproduction, revisions
from forecast.versions.paired import Pair

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace

SOFTWARE = "software"

WORDS = {
    paired.ADDED: "new figures that have come since",
    paired.REVISED: "earlier figures that were revised",
    paired.POPULATION: "another population count or projection",
    paired.PRICES: "another estimate of prices and wages",
    paired.SPEC: "another specification of the model",
    paired.SEED: "another seed of the simulation",
    SOFTWARE: "another program, or other packages",
}

Value = Callable[[frozenset[str]], "pd.Series[float]"]


@dataclass(frozen=True)
class Explanation:
    """A change of a forecast, split into its causes.

    Attributes:
        old: the earlier version.
        new: the later one.
        area: the municipality.
        year: the year forecast.
        terms: series keys, term, value; for each series the terms sum to its change.
        before: what the old version said, by series.
        after: what the new one says.
        cells: the revised figures that matter most: dataset, keys, period, old, new, effect.
        software: what of the program differs, in words.
    """

    old: VersionInfo
    new: VersionInfo
    area: str
    year: int
    terms: pd.DataFrame
    before: pd.Series[float]
    after: pd.Series[float]
    cells: pd.DataFrame
    software: tuple[str, ...]

    @property
    def total(self) -> pd.Series[float]:
        """The terms, summed over the series."""
        return self.terms.groupby("term", sort=False)["value"].sum()

    @property
    def table(self) -> pd.DataFrame:
        """One row a series: what was said before, each term, and what is said after."""
        keys = list(self.before.index.names)
        wide = self.terms.pivot_table(index=keys, columns="term", values="value", sort=False)
        wide.insert(0, "before", self.before)
        wide["after"] = self.after
        return wide.fillna(0.0)

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "old": self.old.reference,
            "new": self.new.reference,
            "area": self.area,
            "year": self.year,
            "before": float(self.before.sum()),
            "after": float(self.after.sum()),
            "terms": self.terms.to_dict("records"),
            "cells": self.cells.astype("object").where(self.cells.notna(), None).to_dict("records"),
            "software": list(self.software),
        }

    @property
    def sentences(self) -> list[str]:
        """The change in words: the whole, then each cause, the largest first."""
        old, new = float(self.before.sum()), float(self.after.sum())
        place = areas.name(self.area)
        found = [
            f"{place}, {self.year}: {self.old.reference} said {old:.4g}, {self.new.reference} "
            f"says {new:.4g}, a change of {new - old:+.4g}"
        ]
        order = self.total.abs().sort_values(ascending=False, kind="stable").index
        found += [f"{WORDS[str(t)]}: {self.total[t]:+.4g}" for t in order if self.total[t] != 0]
        return found


def explain(
    workspace: Workspace,
    old: VersionInfo,
    new: VersionInfo,
    area: str,
    *,
    year: int | None = None,
) -> Explanation:
    """Split the change of a municipality's forecast between two versions into its causes.

    What differs is taken in one after the other, in a fixed order, and the model trained after
    each step; what training again with the installed program changes by itself is `software`.

    Args:
        workspace: where both versions and the vintages they were trained on lie.
        old: the earlier version.
        new: the later version of the same model.
        area: code of the municipality.
        year: of the forecast; the last one that both forecast where none is given.

    Raises:
        ForecastError: the versions are of different models, share no forecast year, or what
            they were trained on is no longer there.
    """
    if old.model != new.model:
        raise RegistryError(f"{old.reference} and {new.reference} are of different models")
    with (
        reproduction.restored(workspace, old) as then,
        reproduction.restored(workspace, new) as now,
    ):
        said = [registry.table(workspace, info, "forecast") for info in (old, new)]
        chosen = paired.year(said, year)
        pair = paired.read(workspace, (old, new), (then, now), (area, chosen))
        before, after = (paired.pick(frame, area, chosen) for frame in said)
        return _explained(workspace, pair, before, after)


def steps(
    factors: Sequence[str], value: Value, *, every_order: bool = False
) -> dict[str, pd.Series[float]]:
    """Return what each factor adds when it is taken in after the others before it.

    Args:
        factors: in the order in which they are taken in.
        value: the number with some factors new and the others old.
        every_order: take the mean over all orders (Shapley); 2^k values instead of k + 1.
    """
    at = cache(value)
    orders = list(permutations(factors)) if every_order else [tuple(factors)]
    found: dict[str, pd.Series[float]] = {}
    for order in orders:
        state: frozenset[str] = frozenset()
        for factor in order:
            gain = less(at(state | {factor}), at(state)) / len(orders)
            found[factor] = found[factor].add(gain, fill_value=0.0) if factor in found else gain
            state |= {factor}
    return found


def _explained(
    workspace: Workspace, pair: Pair, before: pd.Series[float], after: pd.Series[float]
) -> Explanation:
    import pandas as pd

    factors = paired.differing(pair)
    value = cache(lambda state: paired.value(pair, state, factors))
    taken = steps(factors, value)
    old, new = value(frozenset()), value(frozenset(factors))
    taken[SOFTWARE] = less(after, new).add(less(old, before), fill_value=0.0)
    parts = [part.rename("value").reset_index().assign(term=name) for name, part in taken.items()]
    terms = pd.concat(parts, ignore_index=True)[[*before.index.names, "term", "value"]]
    cells = revisions.effects(pair, factors) if paired.REVISED in factors else pd.DataFrame()
    changed = tuple(reproduction.program_changes(workspace, pair.infos[0]))
    return Explanation(*pair.infos, pair.area, pair.year, terms, before, after, cells, changed)


def less(one: pd.Series[float], other: pd.Series[float]) -> pd.Series[float]:
    """Return the difference by series; one that only one of them has counts as 0 in the other."""
    return one.sub(other, fill_value=0.0)

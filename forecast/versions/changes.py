"""Why a forecast changed from one version to the next, in parts that sum to the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import VersionInfo
from forecast.versions import paired, reproduction, revisions, splitting
from forecast.versions.paired import Pair
from forecast.versions.splitting import Wanted

if TYPE_CHECKING:
    import pandas as pd

    from forecast.workspace import Workspace


@dataclass(frozen=True)
class Explanation(splitting.Split):
    """A change of a forecast, split into its causes.

    Attributes:
        old: the earlier version.
        new: the later one.
        area: the municipality.
        year: the year forecast.
        terms: series keys, term, value; for each series the terms sum to its change.
        before: what the old version said, by series.
        after: what the new one says.
        cells: the revised figures that matter most (`revisions.COLUMNS`), effect in the
            measure's unit.
        software: name, then and now of what of the program is not as it trained the old version.
    """

    old: VersionInfo
    new: VersionInfo
    area: str
    year: int
    terms: pd.DataFrame
    before: pd.Series[float]
    after: pd.Series[float]
    cells: pd.DataFrame
    software: tuple[tuple[str, str, str], ...]

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
            "cells": revisions.plain(self.cells),
            "software": [{"name": n, "then": a, "now": b} for n, a, b in self.software],
        }


def explain(
    workspace: Workspace,
    old: VersionInfo,
    new: VersionInfo,
    wanted: Wanted,
) -> Explanation:
    """Split the change of a municipality's forecast between two versions into its causes.

    What differs is taken in one after the other, in a fixed order, and the model trained after
    each step; what training again with the installed program changes by itself is `software`.

    Args:
        workspace: where both versions and the vintages they were trained on lie.
        old: the earlier version.
        new: the later version of the same model.
        wanted: area and year.

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
        area, chosen = wanted.area, paired.year(said, wanted.year)
        pair = paired.read(workspace, (old, new), (then, now), (area, chosen))
        before, after = (paired.pick(frame, area, chosen) for frame in said)
        factors = paired.differing(pair)
        changed = [reproduction.program_differences(workspace, info) for info in (old, new)]
        ends = ((frozenset[str](), before, changed[0]), (frozenset(factors), after, changed[1]))
        # A program that has not changed trains the same again: what was said stands for it.
        said_so = {state: value for state, value, differs in ends if not differs}
        terms = splitting.split(factors, _valuer(pair, factors, said_so), (before, after))
        cells = revisions.effects(pair.cells, (area,), _undoing(pair, factors), tried=wanted.tried)
    return Explanation(old, new, area, chosen, terms, before, after, cells, changed[0])


def _valuer(
    pair: Pair, factors: Sequence[str], known: Mapping[frozenset[str], pd.Series[float]]
) -> splitting.Value:
    def value(state: frozenset[str]) -> pd.Series[float]:
        return known[state] if state in known else paired.value(pair, state, factors)

    return value


def _undoing(pair: Pair, factors: Sequence[str]) -> revisions.Undone:
    def undone(dataset: str, cells: pd.Series[bool] | None) -> float:
        takes = paired.taken(pair.cells, frozenset(factors), (dataset, cells))
        return float(paired.mixed(pair, frozenset(factors), takes).sum())

    return undone

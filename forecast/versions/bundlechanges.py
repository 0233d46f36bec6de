"""Why a projected cost changed from one bundle to the next, in parts that sum to the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forecast import areas
from forecast.versions import bundlesides, netcost, revisions, splitting
from forecast.versions.bundlesides import Sides
from forecast.versions.splitting import Wanted

if TYPE_CHECKING:
    import pandas as pd

    from forecast.bundle import Bundle
    from forecast.workspace import Workspace


@dataclass(frozen=True)
class CostChange(splitting.Split):
    """A change of an area's net cost between two bundles, split into its causes.

    Attributes:
        old: id of the earlier bundle.
        new: id of the later one.
        area: municipality, region or nation.
        year: the year projected.
        terms: function, term, value in DKK 1,000, current prices; by function they sum to its
            change.
        before: net cost by function in the earlier bundle.
        after: the same in the later one.
        cells: the revised figures that matter most (`revisions.COLUMNS`), effect in DKK 1,000.
    """

    old: str
    new: str
    area: str
    year: int
    terms: pd.DataFrame
    before: pd.Series[float]
    after: pd.Series[float]
    cells: pd.DataFrame

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "old": self.old, "new": self.new, "area": self.area, "year": self.year,
            "before": self.before.to_dict(), "after": self.after.to_dict(),
            "terms": self.terms.to_dict("records"), "cells": revisions.plain(self.cells),
        }  # fmt: skip


def explain(
    workspace: Workspace,
    old: Bundle,
    new: Bundle,
    wanted: Wanted,
) -> CostChange:
    """Split the change of an area's net cost between two bundles into its causes.

    Models are trained, and cost projected, after each step; a model that a step does not
    concern is not trained again, nor is one of which the step is what was registered.

    Args:
        workspace: where the vintages and versions of both lie.
        old: the earlier bundle.
        new: the later one.
        wanted: area and year.

    Raises:
        ForecastError: a bundle has no cost, or what it was made from is no longer there.
    """
    chosen = int(new.meta["budget_year"]) if wanted.year is None else wanted.year
    asked = (wanted.area, chosen)
    ends = netcost.said(old, *asked), netcost.said(new, *asked)
    with bundlesides.opened(workspace, (old, new), asked) as sides:
        terms = splitting.split(sides.factors, _valuer(sides, ends), ends)
        cells = revisions.effects(
            sides.cells,
            areas.inside(wanted.area),
            _undoing(sides),
            tried=wanted.tried,
        )
    return CostChange(old.id, new.id, *asked, terms, *ends, cells)


def _valuer(sides: Sides, ends: tuple[pd.Series[float], pd.Series[float]]) -> splitting.Value:
    """Return the work of a state; an end of the same program is what its bundle says."""
    states = (frozenset[str](), frozenset(sides.factors))
    known = {s: ends[n] for n, s in enumerate(states) if bundlesides.same_program(sides, bool(n))}

    def value(state: frozenset[str]) -> pd.Series[float]:
        return known[state] if state in known else bundlesides.value(sides, state)

    return value


def _undoing(sides: Sides) -> revisions.Undone:
    state = frozenset(sides.factors)

    def undone(dataset: str, cells: pd.Series[bool] | None) -> float:
        return float(bundlesides.value(sides, state, (dataset, cells)).sum())

    return undone

"""Frame: the projected pressure beside the lift of the service frame, and what a breach costs.

Pressure of a year is the growth, in fixed prices, of what counts against the service frame (net
operating expenditure before refund) on the year before. The lift is one for all service areas;
how much of it the specialised area may take is for the negotiation, not for this table.

Sanction (budget law): what the nation's accounts overrun is cut, 60 per cent from the
municipalities that overran, by their overrun, and 40 per cent from all, by population. Of the
block grant 3 bn DKK are conditional on the budgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import quantiles
from forecast.bundle import SHORT
from forecast.costs._known import optional
from forecast.costs.state import State
from forecast.costs.tables import Level, Totals
from forecast.quantiles import Rows

if TYPE_CHECKING:
    import pandas as pd

    from forecast.vintages import Vintage
    from forecast.workspace import Workspace

Floats = NDArray[np.float64]
DATASET = "service_frame"
OWN, SHARED = 0.6, 0.4
CONDITIONAL = 3_000_000.0  # DKK 1,000 of the block grant


def lifts(
    workspace: Workspace, known_at: str | None = None
) -> tuple[dict[int, float], tuple[Vintage, ...]]:
    """Return the agreed gross lift by year (DKK 1,000), net where no gross one is known."""
    known = optional(workspace, DATASET, known_at)
    if known is None:
        return {}, ()
    found: dict[int, float] = {}
    for kind in ("net", "gross"):
        rows = known.frame[known.frame["kind"] == kind]
        years = (int(year) for year in rows["period"])
        found |= dict(zip(years, rows["value"].astype(float), strict=True))
    return found, known.vintages


def pressure(state: State, sums: Totals, level: Level) -> tuple[Floats, list[int]]:
    """Return (municipalities, years, draws) growth in fixed prices on the year before."""
    shape = (len(state.base.codes), len(state.years), state.size)
    counted = [c for c, f in state.functions().items() if f.serviceramme]
    now = sum((sums.gross[c] for c in counted), np.zeros(shape))
    fixed = level.fixed(state, now)
    factor = float(level.prices.index([level.base], state.base.year)[0])
    start = sum((state.base.gross[c] for c in counted), np.zeros(shape[0])) * factor
    line = np.concatenate([np.broadcast_to(start[:, None, None], (*shape[:1], 1, shape[2])), fixed],
                          axis=1)  # fmt: skip
    return np.diff(line, axis=1), state.years


def table(
    state: State, growth: Floats, lift: Mapping[int, float], budget_year: int
) -> pd.DataFrame:
    """Return the bundle's table of the frame, for years with a lift and the budget year."""
    rows = Rows("year", SHORT)
    people = state.base.people["18+"]
    share = people / people.sum()
    wanted = [y for y in state.years if y in lift or y == budget_year]
    for year in wanted:
        given = lift.get(year, _last(lift, year))
        if given is not None:
            own = growth[:, state.years.index(year)]
            _year(rows, (own, share * given, share), str(year))
    return rows.frame()


def assumed(lift: Mapping[int, float], budget_year: int) -> int | None:
    """Return the year whose lift stands for the budget year's, None where it has its own."""
    before = [year for year in lift if year < budget_year]
    return None if budget_year in lift or not before else max(before)


def _last(lift: Mapping[int, float], year: int) -> float | None:
    before = [y for y in lift if y < year]
    return lift[max(before)] if before else None


def _year(rows: Rows, parts: tuple[Floats, Floats, Floats], year: str) -> None:
    own, lift, share = parts
    everyone = _summed(own)
    limit = _summed(lift[:, None])
    gap = everyone - limit
    sanction = sanctions(own - lift[:, None], share)
    where = quantiles.everyone(), [year]
    for item, values in {"pressure": everyone, "gap": gap, **sanction}.items():
        rows.add(values[:, None, :], where, item=item)
    rows.mean(limit, where, item="lift")
    rows.mean((gap > 0).mean(axis=1, keepdims=True), where, item="probability")


def sanctions(gap: Floats, share: Floats) -> dict[str, Floats]:
    """Return what a gap that is spent would cost each area: own part, shared part, both.

    Args:
        gap: (municipalities, draws) spending above the frame; below 0 is room left.
        share: (municipalities,) share of the population.
    """
    overrun = np.maximum(gap.sum(axis=0), 0.0)
    each = np.maximum(gap, 0.0)
    part = np.divide(each, each.sum(axis=0), out=np.zeros_like(each), where=each.sum(axis=0) > 0)
    own = OWN * overrun * part
    shared = SHARED * overrun * share[:, None]
    at_risk = np.minimum(overrun, CONDITIONAL) * share[:, None]
    return {
        "sanction": _summed(own + shared),
        "sanction_own": _summed(own),
        "sanction_shared": _summed(shared),
        "grant_at_risk": _summed(at_risk),
    }


def _summed(values: Floats) -> Floats:
    return quantiles.with_sums(values)

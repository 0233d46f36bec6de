"""Frame: the projected pressure beside the lift of the service frame, and what a breach costs.

Pressure of a year is the growth, in fixed prices, of what counts against the service frame (net
operating expenditure before refund) on the year before. The lift is one for all service areas;
how much of it the specialised area may take is for the negotiation, not for this table. It is laid
on the frame of the year before, which follows adopted budgets: where these were below what the
year will cost, the backlog comes on top of the pressure, and both are what the frame must be lifted
by before this area has room. A lift is agreed in its own year's prices.

Sanction (budget law): what the nation's accounts overrun is cut, 60 per cent from the
municipalities that overran, by their overrun, and 40 per cent from all, by population. Of the
block grant 3 bn DKK are conditional on the budgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast import vintages
from forecast.bundle import SHORT
from forecast.costs.accounts import Accounts
from forecast.costs.state import State
from forecast.costs.tables import Level, Totals
from forecast.quantiles import Rows, everywhere, with_sums

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
    """Return the agreed gross lift by year (DKK 1,000, the year's prices), else the net one."""
    known = vintages.optional(workspace, DATASET, known_at)
    if known is None:
        return {}, ()
    found: dict[int, float] = {}
    for kind in ("net", "gross"):
        rows = known.frame[known.frame["kind"] == kind]
        years = (int(year) for year in rows["period"])
        found |= dict(zip(years, rows["value"].astype(float), strict=True))
    return found, known.vintages


def spending(state: State, sums: Totals, level: Level) -> Floats:
    """Return (municipalities, base year and years, draws) of what counts, in fixed prices."""
    counted = _counted(state)
    now = sum((sums.gross[c] for c in counted), np.zeros(state.shape))
    fixed = level.fixed(state, now)
    places, _, size = state.shape
    start = sum((state.base.gross[c] for c in counted), np.zeros(places))
    start = start * level.factor(state.base.year)
    return np.concatenate([np.broadcast_to(start[:, None, None], (places, 1, size)), fixed], axis=1)


def _counted(state: State) -> list[str]:
    return [code for code, function in state.functions().items() if function.serviceramme]


@dataclass(frozen=True)
class Ground:
    """What pressure is held against.

    Attributes:
        lift: agreed lift by year, in the year's own prices.
        budgets: what was adopted, None where there are none.
        level: the prices of the table.
        budget_year: a year that is shown even where its lift is not agreed.
        people: (municipalities,) inhabitants of all ages, by which lift and cuts are shared.
    """

    lift: Mapping[int, float]
    budgets: Accounts | None
    level: Level
    budget_year: int
    people: Floats

    def lift_of(self, year: int) -> float | None:
        """Return a year's lift, or the last one before it, in the table's prices."""
        known = [y for y in self.lift if y <= year]
        if not known:
            return None
        factor = float(self.level.of([max(known)])[0])
        return self.lift[max(known)] * factor

    def budget(self, state: State, year: int) -> Floats:
        """Return (municipalities,) of the adopted budget that counts; NaN where there is none."""
        if self.budgets is None or not (self.budgets.table["year"] == year).any():
            return np.full(len(state.base.codes), np.nan)
        adopted = self.budgets.array("gross", state.base.codes, _counted(state), year).sum(axis=1)
        factor = float(self.level.of([year])[0])
        return np.where(adopted > 0, adopted * factor, np.nan)


def table(state: State, cost: Floats, ground: Ground) -> pd.DataFrame:
    """Return the bundle's table of the frame, for years with a lift and the budget year.

    Args:
        state: the state with all adjustments.
        cost: its `spending`.
        ground: lift, budgets and prices.
    """
    rows = Rows("year", SHORT)
    share = ground.people / ground.people.sum()
    growth = np.diff(cost, axis=1)
    for i, year in enumerate(state.years):
        lift = ground.lift_of(year)
        if lift is not None and (year in ground.lift or year == ground.budget_year):
            behind = cost[:, i] - ground.budget(state, year - 1)[:, None]
            _year(rows, (growth[:, i], behind), (share * lift, share), year)
    return rows.frame()


def assumed(lift: Mapping[int, float], budget_year: int) -> int | None:
    """Return the year whose lift stands for the budget year's, None where it has its own."""
    before = [year for year in lift if year < budget_year]
    return None if budget_year in lift or not before else max(before)


def _year(rows: Rows, money: tuple[Floats, Floats], held: tuple[Floats, Floats], year: int) -> None:
    (own, behind), (lift, share) = money, held
    limit = with_sums(lift[:, None])
    pressure, backlog = with_sums(own), with_sums(behind)
    need = pressure + backlog
    items = {"pressure": pressure, "gap": pressure - limit, "backlog": backlog, "need": need}
    items |= sanctions(own - lift[:, None], share)
    where = everywhere([year])
    for item, values in items.items():
        rows.add(values[:, None, :], where, item=item)
    rows.mean(limit, where, item="lift")
    rows.mean(_above(pressure, limit), where, item="probability")
    rows.mean(_above(need, limit), where, item="probability_need")


def _above(values: Floats, limit: Floats) -> Floats:
    """Return (areas, 1) share of the draws above a limit; NaN where there are none."""
    share = (values > limit).mean(axis=1, keepdims=True)
    return np.where(np.isfinite(values).all(axis=1, keepdims=True), share, np.nan)


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
        "sanction": with_sums(own + shared),
        "sanction_own": with_sums(own),
        "sanction_shared": with_sums(shared),
        "grant_at_risk": with_sums(at_risk),
    }

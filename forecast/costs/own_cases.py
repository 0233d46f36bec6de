"""Own cases: refund worked out on a municipality's anonymous case-cost file, person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forecast.costs import refunds, shapes
from forecast.costs.mapping import Function
from forecast.costs.thresholds import GROUPS, Steps, Thresholds

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
SCALES = np.geomspace(0.5, 2.5, 60)  # growth of cost over which a refund is worked out
ENOUGH = 10  # cases of a function, below which its own cases say too little


def months(cases: pd.DataFrame) -> pd.DataFrame:
    """Return one row a case and month, as `refunds.claims` reads them.

    The file says in how many months of the year there was a cost, not in which: they are taken
    from January on, and the year's cost and income are spread evenly over them.

    Args:
        cases: the dataset `own_cases`: case, period (year), value (DKK 1,000 a year), months,
            service, age (in whole years at the end of the year), other_income.
    """
    import pandas as pd

    count = np.clip(cases["months"].astype(float).to_numpy(), 1, 12).astype(int)
    row = np.repeat(np.arange(len(cases)), count)
    month = np.concatenate([np.arange(1, n + 1) for n in count]) if len(count) else row
    years = cases["period"].astype(int).to_numpy()
    born = years - cases["age"].astype(float).astype(int).to_numpy()
    income = cases["other_income"].astype(float).fillna(0.0).to_numpy()
    groups = {s: shapes.group_of(str(s)) for s in cases["service"].unique()}
    return pd.DataFrame(
        {
            "person": (cases["area"].astype(str) + " " + cases["case"].astype(str)).to_numpy()[row],
            "group": cases["service"].map(groups).to_numpy()[row],
            "month": [f"{years[i]}-{m:02d}" for i, m in zip(row, month, strict=True)],
            "cost": (cases["value"].to_numpy(dtype=np.float64) / count)[row],
            "income": (income / count)[row],
            "birth": born.astype(str)[row],
        }
    )


def refund(cases: pd.DataFrame, year: int, limits: Thresholds) -> pd.DataFrame:
    """Return each case's cost and refund of a year, by `refunds.claims`.

    Raises:
        DataError: a case costs less than nothing, or was born after the year.
        ProjectionError: the year has no thresholds.
    """
    steps = {group: limits.get(group, year) for group in GROUPS}
    mine = cases[cases["period"].astype(int) == year]
    found = refunds.claims(months(mine), steps)
    return found.groupby(["person", "group"], as_index=False)[["cost", "refund"]].sum()


def change(
    cases: pd.DataFrame, function: Function, steps: tuple[Steps, Steps], growth: Floats
) -> Floats | None:
    """Return by what a function's refunded share changes as its own cases grow dearer.

    Args:
        cases: one municipality's cases of the base year.
        function: the account function.
        steps: the rule of the base year and of the year wanted.
        growth: (draws,) growth of the cost of a case since the base year, current prices.

    Returns:
        (draws,), or None where there are too few cases to say.
    """
    mine = cases[cases["service"].isin(_services(function))]
    if len(mine) < ENOUGH:
        return None
    count = np.clip(mine["months"].astype(float).to_numpy(), 1, 12)
    income = mine["other_income"].astype(float).fillna(0.0).to_numpy()
    eligible = mine["age"].astype(float).to_numpy() < refunds.PENSION_AGE
    net = np.maximum(mine["value"].to_numpy(dtype=np.float64) - income, 0.0) / count

    def share(scale: float, rule: Steps) -> float:
        paid = refunds.monthly(net * scale, rule) * count * eligible
        return float(paid.sum() / (net * scale * count).sum())

    start = share(1.0, steps[0])
    if start <= 0:
        return None
    curve = np.array([share(scale, steps[1]) for scale in SCALES]) / start
    return np.asarray(np.interp(growth, SCALES, curve), dtype=np.float64)


def _services(function: Function) -> set[str]:
    """Return the services that a function's cases can be of, kinds of place among them."""
    places = {p for use in function.services.values() for p in use.place.split("+") if p}
    return {*function.services, *places}

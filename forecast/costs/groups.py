"""Groups: what net cost comes to in each group of municipalities, from sums draw by draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from forecast import areas
from forecast.bundle import QUANTILES
from forecast.costs.state import State
from forecast.costs.tables import Level, Totals
from forecast.quantiles import Rows

if TYPE_CHECKING:
    import pandas as pd


def table(state: State, sums: Totals, level: Level) -> pd.DataFrame:
    """Return net cost by group and year in fixed prices; municipalities without one are left out.

    Bounds of a sum are not sums of bounds, so they are taken here, where the draws are.
    """
    net = level.fixed(state, sums.all_net())
    groups = np.array([areas.get(code).group for code in state.base.codes])
    names = sorted(set(groups) - {""})
    rows = Rows("year", QUANTILES)
    values = np.stack([net[groups == name].sum(axis=0) for name in names])
    rows.add(values, (names, [str(year) for year in state.years]), price="fixed")
    return rows.frame().rename(columns={"area": "group"})

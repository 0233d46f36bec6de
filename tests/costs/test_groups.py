from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.money import shared_base

from forecast import areas
from forecast.costs import groups, tables


def made() -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table of groups, and net cost (municipalities, years, draws) in fixed prices."""
    base = shared_base()
    sums = tables.totals(base.state)
    found = groups.table(base.state, sums, base.level)
    return found, base.level.fixed(base.state, sums.all_net())


def test_bounds_of_a_group_are_those_of_its_sum_in_every_future() -> None:
    found, net = made()
    state = shared_base().state
    assert set(found["group"]) == {"capital", "city", "provincial", "commuter", "rural"}
    for group, part in found[found["year"] == "2027"].groupby("group", observed=True):
        own = [i for i, c in enumerate(state.base.codes) if areas.get(c).group == group]
        futures = net[own, state.years.index(2027)].sum(axis=0)
        values = part.set_index("quantile")["value"]
        assert values.loc[0.9] == pytest.approx(np.quantile(futures, 0.9))
        assert values.loc[0.1] == pytest.approx(np.quantile(futures, 0.1))
        mean = part.loc[part["quantile"].isna(), "value"]
        assert float(mean.iloc[0]) == pytest.approx(futures.mean())


def test_groups_together_are_the_nation_in_expectation() -> None:
    found, net = made()
    means = found[found["quantile"].isna()].groupby("year", observed=True)["value"].sum()
    whole = net.sum(axis=0).mean(axis=1)
    assert means.loc["2030"] == pytest.approx(whole[shared_base().state.years.index(2030)])

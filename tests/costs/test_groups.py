from __future__ import annotations

import numpy as np
import pytest
from support.money import shared_base

from forecast import areas
from forecast.costs import groups, tables
from forecast.costs.tables import Level


def test_bounds_of_a_group_are_those_of_its_sum_in_every_future() -> None:
    prepared = shared_base()
    assert prepared.costing is not None
    state = prepared.costing.state
    level = Level(prepared.costing.ledgers.prices, prepared.budget_year)
    sums = tables.totals(state)
    found = groups.table(state, sums, level)
    assert set(found["group"]) == {"capital", "city", "provincial", "commuter", "rural"}
    net = level.fixed(state, sums.all_net())
    for group, part in found[found["year"] == "2027"].groupby("group", observed=True):
        own = [i for i, c in enumerate(state.base.codes) if areas.get(c).group == group]
        futures = net[own, state.years.index(2027)].sum(axis=0)
        values = part.set_index("quantile")["value"]
        assert values.loc[0.9] == pytest.approx(np.quantile(futures, 0.9))
        assert values.loc[0.1] == pytest.approx(np.quantile(futures, 0.1))
        mean = part.loc[part["quantile"].isna(), "value"]
        assert float(mean.iloc[0]) == pytest.approx(futures.mean())


def test_groups_together_are_the_nation_in_expectation() -> None:
    prepared = shared_base()
    assert prepared.costing is not None
    state = prepared.costing.state
    level = Level(prepared.costing.ledgers.prices, prepared.budget_year)
    sums = tables.totals(state)
    found = groups.table(state, sums, level)
    means = found[found["quantile"].isna()].groupby("year", observed=True)["value"].sum()
    whole = level.fixed(state, sums.all_net()).sum(axis=0).mean(axis=1)
    assert means.loc["2030"] == pytest.approx(whole[state.years.index(2030)])

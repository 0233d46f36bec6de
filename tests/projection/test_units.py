"""Unit costs in a projection start at each municipality's own accounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.futures import steady
from support.money import loader, prepared, shared_base

from forecast.costs import tables
from forecast.projection import Prepared, prepare


def first_year(made: Prepared, code: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the first projected year over the last accounts, and those accounts."""
    state = made.state
    real = tables.totals(state).gross[code][:, 0] / state.index[0]
    spent = state.base.gross[code]
    begun = spent > 0
    return real[begun].mean(axis=1) / spent[begun], spent[begun]


@pytest.mark.parametrize("left_out", ["recipients_children", "shelters"])
def test_a_model_that_is_not_there_moves_no_municipality_off_its_accounts(left_out: str) -> None:
    base = shared_base()
    models = {name: model for name, model in base.models.items() if name != left_out}
    made = prepared(base.workspace, models)
    for code in ("5.28.22", "5.38.42"):
        ratio, spent = first_year(made, code)
        large = spent > np.median(spent)  # the small are drawn toward those like them
        assert ratio[large] == pytest.approx(np.ones(large.sum()), abs=0.25)
        assert np.median(np.abs(ratio[large] - 1)) < 0.05


def test_unit_costs_trained_before_the_last_accounts_start_at_these() -> None:
    base = shared_base()
    older = steady(base.workspace, ("unit_costs",), "2024-06-30")
    assert int(older["unit_costs"].trained.panel.periods[-1]) < base.state.base.year
    made = prepare(base.workspace, 2025, size=40, seed=7, today="2026-05-01",
                   load_models=loader({**base.models, **older}))  # fmt: skip
    ratio, spent = first_year(made, "5.38.50")
    large = spent > np.median(spent)
    assert ratio[large] == pytest.approx(np.ones(large.sum()), abs=0.25)
    assert np.median(np.abs(ratio[large] - 1)) < 0.05


def test_a_municipality_without_a_series_starts_at_its_own_level_and_strays_alone() -> None:
    base = shared_base()
    costed = base.models["unit_costs"]
    panel = costed.trained.panel
    mine = (panel.keys["function"] == "5.38.50").to_numpy()
    kept = ~(mine & (panel.keys["area"] == "751").to_numpy())
    cut = replace(panel, values=panel.values[kept], keys=panel.keys[kept].reset_index(drop=True))
    trained = replace(costed.trained, panel=cut)
    made = prepared(base.workspace, {**base.models, "unit_costs": replace(costed, trained=trained)})
    state, row = made.state, base.state.base.codes.index("751")
    unit = state.units["5.38.50"]
    assert unit[row, 0].mean() == pytest.approx(state.base.units["5.38.50"][row], rel=0.05)
    others = np.delete(np.arange(98), row)
    middle = np.median(unit[others, -1] / unit[others, -1].mean(axis=1, keepdims=True), axis=0)
    assert unit[row, -1].std() / unit[row, -1].mean() > 1.5 * middle.std()

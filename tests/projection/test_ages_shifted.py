from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.money import shared_base, shared_bundle

from forecast.bundle import Bundle
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.projection import evaluate


def expected(made: Bundle) -> pd.Series:
    demand = made.table("demand")
    rows = demand[
        (demand["model"] == "recipients_children")
        & (demand["series"] == "forecast")
        & demand["quantile"].isna()
        & (demand["period"] == "2030")
    ]
    return rows.set_index(["area", "service", "age"])["value"]


@pytest.fixture(scope="module")
def before() -> pd.Series:
    return expected(shared_bundle())


@pytest.mark.parametrize("lever", ["population", "rate"])
def test_an_adjustment_moves_every_age_of_a_service_by_its_own_factor(
    lever: str, before: pd.Series
) -> None:
    service = "" if lever == "population" else "placement"
    change = 0.01 if lever == "population" else 0.2
    adjustment = Adjustment("more", lever, "why", "2026", service=service, change=change)
    file = AdjustmentFile("More", "planner", (adjustment,))
    after = expected(evaluate(shared_base(), [file]))
    moved = (after / before)[before > 0]
    assert len(set(moved.index.get_level_values("age"))) > 1
    factor = 1.2 if lever == "rate" else 1.01**5
    np.testing.assert_allclose(moved, factor, rtol=0.01)

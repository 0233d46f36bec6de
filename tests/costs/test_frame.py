"""The service frame: sanctions, pressure and backlog against sums done by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from support.money import shared_base, shared_bundle

from forecast import areas
from forecast.bundle import Bundle
from forecast.costs import frame, tables
from forecast.projection import Prepared

N = len(areas.municipalities())
SHARE = np.full(N, 1 / N)


def test_sixty_per_cent_from_those_who_overran_forty_from_all() -> None:
    gap = np.zeros((N, 1))
    gap[0], gap[1] = 300.0, 100.0  # two overran, by 400 together
    found = frame.sanctions(gap, SHARE)
    assert found["sanction"][-1] == pytest.approx(400.0)
    assert found["sanction_own"][0] == pytest.approx(0.6 * 400 * 0.75)
    assert found["sanction_own"][1] == pytest.approx(0.6 * 400 * 0.25)
    assert found["sanction_own"][2] == 0
    assert found["sanction_shared"][2] == pytest.approx(0.4 * 400 / N)


def test_no_cut_where_the_nation_keeps_the_frame() -> None:
    gap = np.zeros((N, 1))
    gap[0], gap[1] = 300.0, -500.0
    found = frame.sanctions(gap, SHARE)
    assert all((values == 0).all() for values in found.values())


def test_at_most_three_billion_of_the_grant_is_at_risk() -> None:
    found = frame.sanctions(np.full((N, 1), 1e6), SHARE)
    assert found["grant_at_risk"][-1] == pytest.approx(3_000_000.0)


@given(arrays.arrays(np.float64, (N, 4), elements=st.floats(-1e6, 1e6)))
def test_the_cut_is_the_overrun_and_both_parts_sum_to_it(gap: np.ndarray) -> None:
    found = frame.sanctions(gap, SHARE)
    overrun = np.maximum(gap.sum(axis=0), 0)
    assert found["sanction"][-1] == pytest.approx(overrun, rel=1e-9, abs=1e-6)
    both = found["sanction_own"] + found["sanction_shared"]
    assert both == pytest.approx(found["sanction"], rel=1e-9, abs=1e-6)


def test_the_last_known_lift_stands_for_a_year_without_one() -> None:
    assert frame.assumed({2025: 1.0, 2026: 2.0}, 2027) == 2026
    assert frame.assumed({2027: 1.0}, 2027) is None
    assert frame.assumed({}, 2027) is None


@pytest.fixture(scope="module")
def base() -> Prepared:
    return shared_base()


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return shared_bundle()


def items(bundle: Bundle, year: str, area: str) -> pd.Series[float]:
    rows = bundle.rows("frame", year=year, area=area)
    return rows[rows["quantile"].isna()].set_index("item")["value"]


@pytest.mark.parametrize("area", ["000", "082", "751"])
def test_pressure_and_backlog_are_differences_of_the_tables_of_cost(
    bundle: Bundle, area: str
) -> None:
    where = {"area": area, "function": "", "service": "", "component": "gross", "price": "fixed"}
    rows = bundle.rows("cost", **where)
    means = rows[rows["quantile"].isna()].set_index(["series", "year"])["value"]
    found = items(bundle, "2027", area)
    grown = means["forecast", "2027"] - means["forecast", "2026"]
    behind = means["forecast", "2026"] - means["budget", "2026"]
    assert found["pressure"] == pytest.approx(grown, rel=1e-6)
    assert found["backlog"] == pytest.approx(behind, rel=1e-6)
    assert found["need"] == pytest.approx(grown + behind, rel=1e-6)
    first = items(bundle, "2025", area)
    start = means["forecast", "2025"] - means["accounts", "2024"]
    assert first["pressure"] == pytest.approx(start, rel=1e-6)


def test_a_lift_is_taken_from_its_own_years_prices(bundle: Bundle) -> None:
    prices = bundle.rows("prices", kind="total").set_index("year")["index"]
    for year, told, amount in (
        ("2025", "2025", 3.4e6),
        ("2026", "2026", 3.5e6),
        ("2027", "2026", 3.5e6),
    ):
        assert items(bundle, year, "000")["lift"] == pytest.approx(amount / prices[told])


def test_lift_and_shared_cut_follow_inhabitants_of_all_ages(base: Prepared, bundle: Bundle) -> None:
    people = base.costed.ground.population("", [base.state.base.year])[:, 0]
    share = dict(zip(base.state.base.codes, people / people.sum(), strict=True))
    nation = items(bundle, "2027", "000")
    for area in ("101", "746", "825"):  # Skanderborg has many children, Læsø few
        own = items(bundle, "2027", area)
        assert own["lift"] == pytest.approx(share[area] * nation["lift"], rel=1e-6)
        shared = share[area] * nation["sanction_shared"]
        assert own["sanction_shared"] == pytest.approx(shared, rel=1e-6)
    adults = base.state.base.people["18+"]
    assert share["825"] < 0.95 * adults[base.state.base.codes.index("825")] / adults.sum()


def test_the_budgets_of_the_year_before_raise_what_the_frame_must_be_lifted_by(
    bundle: Bundle,
) -> None:
    found = items(bundle, "2027", "000")
    assert found["backlog"] > 0  # the demonstration's budgets are too low, as real ones are
    assert found["probability_need"] >= found["probability"]
    assert 0 <= found["probability"] <= found["probability_need"] <= 1


def test_without_budgets_there_is_no_backlog_rather_than_a_false_one(
    base: Prepared, bundle: Bundle
) -> None:
    cost = frame.spending(base.state, tables.totals(base.state), base.level)
    ground = frame.Ground({2026: 3.5e6}, None, base.level, 2027, SHARE)
    made = frame.table(base.state, cost, ground)
    assert set(made["item"]) == set(items(bundle, "2027", "000").index) - {
        "backlog",
        "need",
        "probability_need",
    }

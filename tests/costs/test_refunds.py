"""The refund rule against cases worked by hand, and what must hold for any case."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.costs.prices import Prices
from forecast.costs.refunds import claims, monthly, yearly
from forecast.costs.thresholds import Steps, Thresholds, from_frame
from forecast.errors import DataError, ProjectionError

CASES = tomllib.loads((Path(__file__).parent / "refund_cases.toml").read_text(encoding="utf-8"))
THREE = (0.25, 0.5, 0.75)
RULES = {
    2020: {
        "adults": Steps("adults", 2020, (1090, 2050), (0.25, 0.5)),
        "children": Steps("children", 2020, (830, 1630), (0.25, 0.5)),
    },
    2021: {g: Steps(g, 2021, (850, 1660, 2090), THREE) for g in ("adults", "children")},
    2022: {g: Steps(g, 2022, (860, 1680, 2120), THREE) for g in ("adults", "children")},
}


def months(case: dict[str, Any]) -> pd.DataFrame:
    """One row a person and month, as a case file has them; month 0 is December before."""
    rows = []
    for row in case["rows"]:
        for month in range(row["from"], row["to"] + 1):
            year, number = divmod(12 * case["year"] + month - 1, 12)
            fields = {k: v for k, v in row.items() if k not in ("from", "to")}
            rows.append({"one_off": 0.0, "income": 0.0, "household": ""} | fields
                        | {"month": f"{year}-{number + 1:02d}"})  # fmt: skip
    return pd.DataFrame(rows)


def test_there_are_at_least_25_worked_cases() -> None:
    assert len(CASES["case"]) >= 25
    assert {case["year"] for case in CASES["case"]} == {2020, 2021, 2022}


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["story"])
def test_worked_case(case: dict[str, Any]) -> None:
    found = claims(months(case), RULES[case["year"]])
    by_month = found.groupby("month")["refund"].sum()
    for month, expected in case["monthly"].items():
        assert by_month[f"{case['year']}-{int(month):02d}"] == pytest.approx(expected, abs=5e-5)
    assert found["refund"].sum() == pytest.approx(case["yearly"], abs=5e-4)
    for person, expected in case.get("persons", {}).items():
        mine = found[found["person"] == person]
        assert mine["refund"].sum() == pytest.approx(expected, abs=5e-4)


amounts = st.floats(0, 1e5)
rules = st.sampled_from([rule for year in RULES.values() for rule in year.values()])


@given(amounts, amounts, rules)
def test_more_cost_never_less_refund_and_never_above_the_cost(
    cost: float, more: float, rule: Steps
) -> None:
    both = yearly(np.array([cost, cost + more]), rule)
    assert both[1] >= both[0] - 1e-9
    assert (both >= 0).all()
    assert both[0] <= cost
    assert both[1] - both[0] <= more + 1e-6  # a krone more never brings more than a krone


@given(rules)
def test_continuous_at_every_threshold(rule: Steps) -> None:
    for limit in rule.limits:
        below, on, above = yearly(np.array([limit - 1e-7, limit, limit + 1e-7]), rule)
        assert abs(on - below) < 1e-6
        assert abs(above - on) < 1e-6


@given(st.lists(st.floats(0, 1000), min_size=12, max_size=12), rules)
def test_twelve_equal_months_are_the_year_and_uneven_ones_never_less(
    costs: list[float], rule: Steps
) -> None:
    uneven = monthly(np.array(costs), rule).sum()
    even = yearly(np.array([sum(costs)]), rule)[0]
    assert uneven >= even - 1e-6


@settings(max_examples=25, deadline=None)  # each builds two case files
@given(st.permutations(range(6)), st.integers(0, 2**16))
def test_the_order_of_rows_changes_nothing(order: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "person": ["A", "A", "B", "C", "D", "D"],
            "group": ["adults", "adults", "children", "children", "adults", "children"],
            "birth": ["1980", "1980", "2012", "2013", "2003", "2003"],
            "month": "2022-03",
            "cost": rng.uniform(0, 300, 6),
            "household": ["", "", "h", "h", "", ""],
        }
    )
    keys = ["person", "group", "month"]
    one = claims(frame, RULES[2022]).set_index(keys)["refund"].sort_index()
    two = claims(frame.iloc[list(order)], RULES[2022]).set_index(keys)["refund"].sort_index()
    pd.testing.assert_series_equal(one, two)


def one(**changes: Any) -> pd.DataFrame:
    row = {"person": "A", "group": "adults", "birth": "1980", "month": "2022-03", "cost": 100.0}
    return pd.DataFrame([row | changes])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cost": -1.0}, r"row 1 \(A\): cost is .*-1.0.*expected an amount of 0 or more"),
        ({"cost": float("nan")}, "cost is .*nan.*expected an amount of 0 or more"),
        ({"birth": "2030"}, "birth is '2030'; expected a birth that does not lie after the month"),
        ({"birth": "abc"}, "birth is 'abc'; expected a year"),
        ({"group": "seniors"}, "group is 'seniors'; expected adults or children"),
        ({"month": "2022-13"}, "row 1: month is '2022-13'; expected such as 2022-03"),
        ({"one_off": -5.0}, "one_off"),
    ],
)
def test_bad_case_gets_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        claims(one(**changes), RULES[2022])


def test_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="case file: column birth missing"):
        claims(one().drop(columns="birth"), RULES[2022])


def test_reason_is_given_where_nothing_is_granted() -> None:
    found = claims(one(birth="1950"), RULES[2022])
    assert found.loc[found["month"] == "2022-03", "reason"].item() == "over_67"


def dataset() -> pd.DataFrame:
    """The rules as the dataset `refund_thresholds` holds them."""
    rows = [
        (group, str(rule.year), str(step + 1), limit, str(rate), False, "law")
        for year in RULES.values()
        for group, rule in year.items()
        for step, (limit, rate) in enumerate(zip(rule.limits, rule.rates, strict=True))
    ]
    columns = ["group", "period", "slice", "value", "share", "synthetic", "source"]
    return pd.DataFrame(rows, columns=columns)


def test_a_year_that_is_not_there_names_the_file() -> None:
    known = from_frame(dataset())
    assert known.get("adults", 2021).limits == (850, 1660, 2090)
    with pytest.raises(ProjectionError, match=r"2024 \(years held: 2020-2022\); add them with"):
        known.get("adults", 2024)


RATES = Prices({"total": {2022: 2.0, 2023: 3.0, 2024: 100 * (1.05 / 1.03 - 1)}}, "2024-03-10", {})


def test_uprating_carries_the_last_year_forward_and_says_so() -> None:
    known: Thresholds = from_frame(dataset()).uprated(RATES, 2024)
    assert known.get("adults", 2024).limits == pytest.approx((903, 1764, 2226))
    assert known.get("adults", 2024).status == "uprated"
    assert known.get("children", 2024).law == "bl198"
    assert known.get("adults", 2022).status == "observed"


def test_each_group_is_uprated_from_its_own_last_year() -> None:
    rows = dataset()
    held = rows[(rows["group"] == "adults") | (rows["period"] < "2022")]
    known = from_frame(held).uprated(RATES, 2023)
    assert known.get("adults", 2022).status == "observed"
    assert known.get("adults", 2023).limits == pytest.approx((885.8, 1730.4, 2183.6))
    assert known.get("children", 2022).status == "uprated"
    assert known.get("children", 2022).limits == pytest.approx((867, 1693.2, 2131.8))
    assert known.get("children", 2023).limits[0] == pytest.approx(850 * 1.02 * 1.03)
    assert from_frame(rows).uprated(RATES, 2021).steps == from_frame(rows).steps
    with pytest.raises(ProjectionError, match="holds no total growth for 2025; add the years"):
        from_frame(rows).uprated(RATES, 2025)


def test_rates_above_one_and_falling_limits_are_refused() -> None:
    with pytest.raises(ProjectionError, match="rates at most 1"):
        Steps("adults", 2022, (860,), (1.2,))
    with pytest.raises(ProjectionError, match="both rising"):
        Steps("adults", 2022, (860, 800), (0.25, 0.5))

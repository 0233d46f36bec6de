"""Refund on a municipality's own case file: by hand, and as costs grow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecast.costs import mapping, own_cases
from forecast.costs.thresholds import Steps, Thresholds
from forecast.errors import DataError, ProjectionError

THREE = (0.25, 0.5, 0.75)
NOW = {g: Steps(g, 2022, (860, 1680, 2120), THREE) for g in ("adults", "children")}
LIMITS = Thresholds({(group, 2022): steps for group, steps in NOW.items()})


def case(name: str, cost: float, **changes: Any) -> dict[str, Any]:
    return {
        **{"area": "751", "case": name, "period": "2022", "value": cost, "months": "12"},
        **{"service": "s108", "age": "40", "other_income": "0"},
    } | changes


def test_each_case_by_hand() -> None:
    cases = pd.DataFrame([
        case("a", 1200.0),                                 # 25 % of 340
        case("b", 600.0, months="6"),                      # 100 a month for six: half of 85
        case("c", 1440.0, other_income="240"),             # measured on 1,200
        case("d", 1200.0, age="70"),                       # over 67
        case("e", 3000.0, service="institution", age="14"),  # 25 % of 820, 50 % of 440, 75 % of 880
        case("f", 500.0),
    ])  # fmt: skip
    found = own_cases.refund(cases, 2022, LIMITS).set_index("person")["refund"]
    expected = {"a": 85.0, "b": 42.5, "c": 85.0, "d": 0.0, "e": 1085.0, "f": 0.0}
    assert {str(p).split()[1]: v for p, v in found.items()} == pytest.approx(expected)


def test_a_negative_cost_and_a_year_without_thresholds_are_refused() -> None:
    with pytest.raises(
        DataError, match=r"row 1 \(751 a\): cost is .*-0\.8.*expected an amount of 0 or more"
    ):
        own_cases.refund(pd.DataFrame([case("a", -10.0)]), 2022, LIMITS)
    with pytest.raises(ProjectionError, match="no refund thresholds for adults in 2023"):
        own_cases.refund(pd.DataFrame([case("a", 10.0, period="2023")]), 2023, LIMITS)


def many() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    costs = 1000 * np.exp(rng.normal(0, 0.6, 60))
    return pd.DataFrame([case(str(i), float(cost)) for i, cost in enumerate(costs)])


def test_the_share_is_the_same_when_costs_and_thresholds_grow_alike() -> None:
    function = mapping.get("5.38.50")
    later = Steps("adults", 2025, tuple(1.1 * x for x in NOW["adults"].limits), THREE)
    found = own_cases.change(many(), function, (NOW["adults"], later), np.array([1.1]))
    assert found is not None
    assert found[0] == pytest.approx(1.0, rel=1e-3)


def test_the_share_rises_as_costs_outgrow_thresholds() -> None:
    function = mapping.get("5.38.50")
    same = NOW["adults"], NOW["adults"]
    found = own_cases.change(many(), function, same, np.array([1.0, 1.1, 1.3]))
    assert found is not None
    assert found[0] == pytest.approx(1.0, rel=1e-3)
    assert (np.diff(found) > 0).all()


def test_too_few_cases_say_nothing_and_others_services_do_not_count() -> None:
    function = mapping.get("5.38.50")
    same = NOW["adults"], NOW["adults"]
    assert own_cases.change(many().head(5), function, same, np.ones(1)) is None
    elsewhere = many().assign(service="s107")
    assert own_cases.change(elsewhere, function, same, np.ones(1)) is None


def test_kinds_of_place_are_of_the_functions_that_they_are_paid_on() -> None:
    cases = many().assign(service="foster", age="12")
    steps = NOW["children"], NOW["children"]
    assert own_cases.change(cases, mapping.get("5.28.22"), steps, np.ones(1)) is not None
    assert own_cases.change(cases, mapping.get("5.28.23"), steps, np.ones(1)) is None

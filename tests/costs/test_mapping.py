"""Services on account functions: what ships is in order, and what cannot be is refused."""

from __future__ import annotations

from typing import Any

import pytest

from forecast.costs import mapping
from forecast.errors import SpecError

ENTRY = {"da": "a", "en": "b", "group": "adults", "population": "18+"}


def read(**changes: Any) -> None:
    mapping.read({"5.38.50": ENTRY | changes})


def test_every_function_of_the_area_is_there() -> None:
    found = mapping.table()
    assert {"5.28.20", "5.28.22", "5.38.38", "5.38.50", "5.38.59", "3.22.17"} <= set(found)
    assert all(function.da and function.en for function in found.values())


def test_shares_of_placements_sum_to_one() -> None:
    shares = [f.services["placement"].share for f in mapping.table().values()
              if "placement" in f.services]  # fmt: skip
    assert sum(shares) == pytest.approx(1.0)


def test_only_services_of_trained_models_are_forecast() -> None:
    function = mapping.get("5.38.42")
    assert function.forecast_by(["recipients_adults"]) == {}
    assert set(function.forecast_by(["shelters"])) == {"s110"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"services": {"s108": {"model": "m", "share": 1.2}}}, "share of s108 is 1.2; expected"),
        ({"services": {"s108": {"model": "m", "share": 0.0}}}, "share of s108 is 0.0; expected"),
        ({"services": {"s108": {"model": "m", "weight": 0.0}}}, "weight of s108 is 0.0"),
        ({"services": {"s1008": {"model": "m"}}}, r"unknown service 's1008'; did you mean s108"),
        ({"services": {"s108": {"share": 0.5}}}, "model missing"),
        ({"remainder": 1.1}, "remainder is 1.1; expected a share of 0 to 1"),
        ({"group": "elderly"}, "group 'elderly'"),
        ({"refund": "all"}, "refund 'all'"),
        ({"titel": "x"}, "unknown key 'titel'"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        read(**changes)


def test_shares_over_all_functions_sum_to_at_most_one() -> None:
    half: dict[str, Any] = ENTRY | {"services": {"s108": {"model": "m", "share": 0.6}}}
    with pytest.raises(SpecError, match=r"shares of s108 on all functions sum to 1\.200"):
        mapping.read({"5.38.50": half, "5.38.51": half})


def test_unknown_function_gets_a_suggestion() -> None:
    with pytest.raises(SpecError, match=r"unknown account function '5\.38\.5'; did you mean"):
        mapping.get("5.38.5")

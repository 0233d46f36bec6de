"""A scenario is refused on another base than the one it was made on."""

from __future__ import annotations

import pytest

from forecast.costs.madefor import MadeFor
from forecast.errors import SpecError

META = {
    **{"budget_year": 2027, "last_accounts_year": 2024, "price_vintage": "2026-03-10"},
    **{"models": {"recipients_adults": {"version": 3}}, "vintages": [{"id": "hand01-x"}]},
}


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (MadeFor(budget_year=2026), "made for budget_year 2026, but the projection has 2027"),
        (MadeFor(price_vintage="2025-06-10"), "made for price_vintage 2025-06-10"),
        (MadeFor(models={"recipients_adults": 2}), "recipients_adults version 2, but .* uses 3"),
        (MadeFor(vintages=("hand01-y",)), "made on the data vintage hand01-y"),
    ],
)
def test_a_scenario_for_another_base_is_refused(made: MadeFor, sentence: str) -> None:
    MadeFor(2027, 2024).refuse_other("T", META)
    with pytest.raises(SpecError, match=sentence):
        made.refuse_other("T", META)

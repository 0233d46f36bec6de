"""Price levels: chained growth, a vintage's revision of the past, and gaps that are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import vintages
from forecast.costs import prices
from forecast.costs.prices import Prices
from forecast.errors import ProjectionError
from forecast.workspace import Workspace

ESTIMATE = Prices({"total": {2024: 4.0, 2025: 3.0, 2026: 2.0, 2027: 2.5}}, "2026-03-10",
                  {2024: 3.5, 2025: 3.2}, error=(0.1, 0.3))  # fmt: skip


def test_fixed_prices_of_any_base_year() -> None:
    assert ESTIMATE.index([2023, 2025, 2027], 2025) == pytest.approx(
        [1 / (1.04 * 1.03), 1.0, 1.02 * 1.025]
    )
    assert ESTIMATE.index([2025], 2027)[0] == pytest.approx(1 / (1.02 * 1.025))


def test_a_gap_is_an_error_that_names_the_year_and_what_to_do() -> None:
    with pytest.raises(
        ProjectionError, match=r"holds no total growth for 2028, 2029; add the years"
    ):
        ESTIMATE.index([2029], 2025)


def test_years_before_the_estimate_are_known_and_later_ones_err_as_before() -> None:
    draws = ESTIMATE.draws([2025, 2026, 2027], 20_000, seed=1)
    assert (draws[0] == 1).all()
    steps = np.diff(np.log(draws), axis=0).std(axis=1)
    assert np.log(draws[1]).std() == pytest.approx(0.001, rel=0.05)
    assert steps[1] == pytest.approx(0.003, rel=0.05)


def frame(gap: bool = False) -> pd.DataFrame:
    rows = []
    for vintage, growth in (("2024-06-10", [4.0, 3.0, 2.0]), ("2025-06-10", [4.2, 2.8, 2.1])):
        for year, value in zip((2024, 2025, 2026), growth, strict=True):
            if gap and year == 2025:
                continue
            rows.append(("price_index", "000", str(year), value, "total", vintage, vintage))
    columns = ["measure", "area", "period", "value", "kind", "vintage", "published"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def stored(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    manifest = {"retrieved": "2025-07-01", "synthetic": False}
    vintages.save(workspace, "price_estimate", frame(), manifest)
    return workspace


def test_newest_estimate_and_the_one_before_are_read(stored: Workspace) -> None:
    found = prices.read(stored)
    assert found.vintage == "2025-06-10"
    assert found.growth["total"] == {2024: 4.2, 2025: 2.8, 2026: 2.1}
    assert found.previous == {2024: 4.0, 2025: 3.0, 2026: 2.0}
    assert prices.read(stored, estimate="2024").growth["total"][2024] == 4.0


def test_what_was_not_published_yet_is_not_known(stored: Workspace) -> None:
    assert prices.read(stored, known_at="2024-12-31").vintage == "2024-06-10"


def test_unknown_estimate_is_named(stored: Workspace) -> None:
    with pytest.raises(ProjectionError, match=r"no price estimate '2019' \(there are: 2024-06-10"):
        prices.read(stored, estimate="2019")


def test_table_has_index_one_in_the_price_level_and_stops_at_a_gap() -> None:
    table = Prices({"total": {2024: 4.0, 2026: 2.0}}, "2026-03-10", {2024: 3.5}).table(2024)
    assert list(table["year"]) == ["2024"]
    assert table["index"].item() == 1
    assert table["revision"].item() == pytest.approx(0.5)

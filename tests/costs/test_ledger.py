"""Past forecasts and budgets beside accounts: bias, hits, and what a miss came from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast.bundle import Bundle
from forecast.costs import ledger

KEYS = ["area", "function", "year", "source", "vintage", "known", "quantile", "value"]


def shelf(*rows: tuple[str, str, float | None, float]) -> pd.DataFrame:
    """Rows of year, source, quantile, value for one municipality and function."""
    full = [("751", "5.38.50", year, source, source, "2024", np.nan if q is None else q, value)
            for year, source, q, value in rows]  # fmt: skip
    return pd.DataFrame(full, columns=KEYS)


def test_budget_bias_is_the_mean_overrun_in_per_cent_of_accounts() -> None:
    rows = shelf(("2022", "accounts", None, 100.0), ("2022", "budget", None, 95.0),
                 ("2023", "accounts", None, 200.0), ("2023", "budget", None, 206.0),
                 ("2024", "budget", None, 300.0))  # fmt: skip
    found = ledger.bias(rows).iloc[0]
    assert found["n"] == 2  # 2024 is not accounted yet
    assert found["mean_percent"] == pytest.approx((5 - 3) / 2)
    assert found["mean_absolute_percent"] == pytest.approx(4.0)
    assert found["overrun_share"] == 0.5


def test_a_forecast_hits_when_accounts_lie_within_its_interval() -> None:
    rows = []
    for year, spent in (("2022", 100.0), ("2023", 130.0)):
        rows += [(year, "accounts", None, spent), (year, "forecast", None, 102.0),
                 (year, "forecast", 0.1, 90.0), (year, "forecast", 0.9, 110.0)]  # fmt: skip
    found = ledger.bias(shelf(*rows)).iloc[0]
    assert found["source"] == "forecast"
    assert found["coverage80"] == 0.5


def bundle(year: int, series: str, figures: dict[str, float], growth: float) -> Bundle:
    volumes = pd.DataFrame(
        [("751", "5.38.50", "s108", "2024", series, item, np.nan, value)
         for item, value in figures.items()],
        columns=["area", "function", "service", "year", "series", "item", "quantile", "value"],
    )  # fmt: skip
    index = {"2022": 1.0, "2024": 1.0 + growth}
    prices = pd.DataFrame(
        [(y, "total", 0.0, level / index[str(year)], "v", 0.0) for y, level in index.items()],
        columns=["year", "kind", "growth", "index", "vintage", "revision"],
    )
    meta = {"last_accounts_year": 2022 if series == "forecast" else 2024, "id": "b"}
    return Bundle(meta, {"volumes": volumes, "prices": prices})


def test_a_miss_is_split_on_what_it_came_from_and_sums() -> None:
    # forecast in 2022 prices; what came is told in 2024 prices of a table with dearer prices
    said = bundle(2022, "forecast", {"population": 1000.0, "rate": 10.0, "unit_cost": 500.0}, 0.05)
    came = bundle(2024, "accounts", {"population": 1010.0, "rate": 11.0, "unit_cost": 580.0}, 0.10)
    found = ledger.misses([said], came)
    terms = found[found["function"] == "5.38.50"].set_index("term")["value"]
    expected = 1010 * 11 / 1000 * 580 - 1000 * 10 / 1000 * 500 * 1.05
    assert terms["miss"] == pytest.approx(expected)
    assert terms.drop("miss").sum() == pytest.approx(terms["miss"])
    assert (terms[["population", "rate", "price"]] > 0).all()
    only_price = bundle(
        2024, "accounts", {"population": 1000.0, "rate": 10.0, "unit_cost": 550.0}, 0.10
    )
    other = ledger.misses([said], only_price)
    parts = other[other["function"] == ""].set_index("term")["value"]
    assert parts[["population", "rate", "unit_cost"]].abs().max() == pytest.approx(0, abs=1e-9)
    assert parts["price"] == pytest.approx(10 * 500 * 0.05)

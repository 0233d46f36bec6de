"""Places bought and sold: expenses less income are the net in every draw, and sales are traced."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from support.money import prepared, shared_base, shared_bundle, stocked

from forecast import quantiles, vintages
from forecast.bundle import Bundle
from forecast.costs import sales, tables
from forecast.costs.accounts import Accounts, wide
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.projection import Prepared, evaluate

CLOSE = 1e-9


@pytest.fixture(scope="module")
def base() -> Prepared:
    return shared_base()


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return shared_bundle()


def test_expenses_less_income_are_gross_in_every_draw(base: Prepared) -> None:
    assert base.costing is not None
    sums = tables.totals(base.state)
    sold = sales.project(base.state, sums, base.costing.ledgers.accounts, 7)
    for code, gross in sums.gross.items():
        expenses = gross + sold.income[code]
        assert (sold.income[code] >= 0).all()
        gap = np.abs(expenses - sold.income[code] - gross)
        assert (gap <= CLOSE * np.maximum(expenses, 1.0)).all()


def test_means_balance_for_every_area_function_and_year(bundle: Bundle) -> None:
    rows = bundle.rows("cost", series="forecast", component=("gross", "expenses", "income"))
    rows = rows[rows["quantile"].isna() & (rows["service"] == "")]
    keys = ["area", "function", "year", "price"]
    table = rows.pivot_table(index=keys, columns="component", values="value")
    assert table.notna().all().all()
    assert len(table) == 104 * 17 * 6 * 2
    gap = (table["expenses"] - table["income"] - table["gross"]).abs()
    assert (gap <= CLOSE * table["expenses"]).all()


def test_sales_start_at_the_share_of_the_last_three_accounts(base: Prepared) -> None:
    assert base.costing is not None
    accounts = base.costing.ledgers.accounts
    sums = tables.totals(base.state)
    sold = sales.project(base.state, sums, accounts, 7).income["5.38.50"]
    code = "5.38.50"
    row = base.state.base.codes.index("751")
    shares = []
    for year in (2022, 2023, 2024):
        mine, everyone = (accounts.array(a, base.state.base.codes, [code], year)[:, 0]
                          for a in ("income", "gross"))  # fmt: skip
        shares.append(mine[row] / everyone.sum())
    ratio = sold[row] / sums.gross[code].sum(axis=0)
    assert np.median(ratio[0]) == pytest.approx(np.mean(shares), rel=0.15)
    assert ratio[-1].std() > ratio[0].std() > 0


def test_steps_add_up_to_how_far_shares_have_strayed() -> None:
    rng = np.random.default_rng(4)
    walk = np.exp(np.cumsum(rng.normal(0, 0.1, (4000, 12)), axis=1))
    spread = np.sqrt(np.cumsum(sales._steps(walk, 6) ** 2))
    # a walk's distance from the mean of its last three values: 0.1 √(h + 5/9)
    assert spread == pytest.approx(0.1 * np.sqrt(np.arange(1, 7) + 5 / 9), rel=0.06)
    assert (sales._steps(np.full((5, 12), 0.3), 6) == 0).all()
    assert (sales._steps(np.full((5, 12), np.nan), 6) == 0).all()


def test_an_adjustment_changes_what_is_paid_and_not_what_is_sold(
    base: Prepared, bundle: Bundle
) -> None:
    file = AdjustmentFile("Fewer", "planner", (
        Adjustment("fewer", "rate", "why", "2026", area="751", service="s107", change=-0.2),
    ))  # fmt: skip
    made = evaluate(base, [file])
    where = {"area": "751", "function": "5.38.52", "service": "", "year": "2027"}
    found = {}
    for name, one in (("plain", bundle), ("fewer", made)):
        rows = one.rows("cost", **where, price="fixed", series="forecast")
        found[name] = rows[rows["quantile"].isna()].set_index("component")["value"]
    change = found["fewer"] - found["plain"]
    assert change["income"] == 0
    assert change["expenses"] == pytest.approx(change["gross"], rel=1e-6)
    assert change["gross"] < 0


def accounts_of(frame: pd.DataFrame) -> Accounts:
    return Accounts(wide(frame, "regk31").assign(vintage="v"), ())


def test_accounts_without_kinds_have_no_sale_rather_than_none_sold(base: Prepared) -> None:
    frame = vintages.known(base.workspace, "regk31").frame
    lacking = (frame["area"] == "751") & (frame["kind"] != "net") & (frame["dranst"] == "1")
    books = accounts_of(frame[~lacking])
    where = ["751", "101"], ["5.38.50"], 2024
    income = books.kind("income", *where)[:, 0]
    assert np.isnan(income[0])
    assert income[1] > 0
    assert books.array("gross", *where)[0, 0] > 0
    sold = sales.project(base.state, tables.totals(base.state), books, 7).income["5.38.50"]
    row = base.state.base.codes.index("751")
    assert np.isnan(sold[row]).all()
    assert np.isfinite(np.delete(sold, row, axis=0)).all()


def test_own_net_accounts_of_one_year_lean_on_the_public_ones_before(
    base: Prepared, tmp_path: object
) -> None:
    from pathlib import Path

    workspace = stocked(Path(str(tmp_path)) / "w")
    own = pd.DataFrame([(400_000.0, "5.38.50", "1")], columns=["value", "function", "dranst"])
    own = own.assign(measure="expenditure", area="751", period="2024", kind="net",
                     price_unit="current", status="observed", published="2025-03-01")  # fmt: skip
    vintages.save(workspace, "own_accounts", own, {"retrieved": "2025-03-02"})
    made = evaluate(prepared(workspace, base.models))
    rows = made.rows("cost", area="751", function="5.38.50", price="current", component="income")
    years = set(rows.loc[rows["series"] == "accounts", "year"])
    assert "2023" in years
    assert "2024" not in years  # not told apart, so not shown: never 0
    ahead = rows[(rows["series"] == "forecast") & rows["quantile"].isna()]
    assert (ahead["value"] > 0).all()
    assert len(ahead) == 6


def test_sums_of_areas_hold_for_sales(bundle: Bundle) -> None:
    rows = bundle.rows("cost", series="forecast", component="income", price="current", year="2027")
    means = rows[rows["quantile"].isna() & (rows["function"] == "")]
    value = means.set_index("area")["value"]
    codes = quantiles.everyone()
    assert value[codes[:98]].sum() == pytest.approx(value["000"], rel=1e-9)
    assert value[codes[98:103]].sum() == pytest.approx(value["000"], rel=1e-9)

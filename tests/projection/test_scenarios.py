"""Every lever does what it says; comparisons share draws; a goal that is found is met."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.money import shared_base

from forecast import quantiles
from forecast.costs import adjustments, refunds
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.expected import YearToDate
from forecast.errors import DataError, ProjectionError, SpecError
from forecast.projection import (
    Prepared,
    adjusted,
    scenariofiles,
    scenarios,
    scenariotables,
    seeking,
)
from forecast.projection.seeking import Goal

DOCS = Path(__file__).parents[2] / "docs" / "scenarios"
FILES = sorted(path for path in DOCS.glob("*.toml") if path.stem != "social_investment")
NATION = quantiles.everyone().index("000")


@pytest.fixture(scope="module")
def base() -> Prepared:
    return shared_base()


def difference(base: Prepared, file: AdjustmentFile) -> np.ndarray:
    """Net cost with the scenario less without, (areas, years, draws), fixed prices."""
    level = base.level
    after = scenarios.net(adjusted(base, [file])[-1][1], level)
    return after - scenarios.net(base.state, level)


def one(lever: str, **values: object) -> AdjustmentFile:
    whole = {"start": "2027", **values}
    adjustment = Adjustment("x", lever, "why", **whole)  # type: ignore[arg-type]
    return AdjustmentFile("T", "A", (adjustment,))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_scenario_file_of_every_lever_runs(base: Prepared, path: Path) -> None:
    file = adjustments.read(path)
    change = difference(base, file)
    column = base.state.years.index(2028 if not file.booked else 2026)
    assert np.isfinite(change).all()
    assert (change[:, base.state.years.index(2025)] == 0).all() or path.stem == "price_vintage"
    if path.stem != "price_vintage":  # other prices do not move fixed ones of the old estimate
        assert np.abs(change[NATION, column]).max() > 0
    falls = {"rate", "inflow", "service_mix", "unit_cost"}
    if path.stem in falls:
        assert (change[NATION, column] < 0).mean() > 0.95


def test_every_lever_has_a_file_in_the_docs() -> None:
    used = {a.lever for path in FILES for a in adjustments.read(path).adjustment}
    assert used == set(adjustments.LEVERS)


def test_only_the_named_area_changes(base: Prepared) -> None:
    change = difference(base, one("rate", area="751", service="s107", change=-0.1))
    codes = quantiles.everyone()
    moved = {codes[i] for i in np.flatnonzero(np.abs(change).max(axis=(1, 2)) > 1e-6)}
    assert moved == {"751", "082", "000"}
    assert change[codes.index("751")] == pytest.approx(change[codes.index("000")], abs=1e-3)


def test_a_change_of_unit_cost_is_that_share_of_the_function(base: Prepared) -> None:
    change = difference(base, one("unit_cost", function="5.38.50", change=0.10))
    state = base.state
    column = state.years.index(2029)
    level = base.level
    from forecast.costs import mapping

    cost = quantiles.with_sums(level.fixed(state, state.net(mapping.get("5.38.50"))))
    assert change[NATION, column] == pytest.approx(0.10 * cost[NATION, column], rel=1e-6)


def test_a_takst_holds_in_place_of_the_modelled_unit_cost(base: Prepared) -> None:
    file = one("takst", area="751", service="s108", amount=1850.0, price_level=2027)
    state = adjusted(base, [file])[-1][1]
    from forecast.costs import mapping

    function = mapping.get("5.38.50")
    row, column = state.base.codes.index("751"), state.years.index(2028)
    assert base.costing is not None
    factor = base.costing.ledgers.prices.index([2024], 2027)[0]
    assert state.unit(function, "s108")[row, column] == pytest.approx(1850.0 * factor, rel=1e-9)


def test_those_who_move_leave_one_service_and_come_to_the_other(base: Prepared) -> None:
    file = one("service_mix", service="s107", to="s85_home", move=0.2, exchange=1.5)
    before, after = base.state, adjusted(base, [file])[-1][1]
    gone = before.volumes["s107"] - after.volumes["s107"]
    come = after.volumes["s85_home"] - before.volumes["s85_home"]
    column = before.years.index(2027)
    assert gone[:, column] == pytest.approx(0.2 * before.volumes["s107"][:, column])
    assert come == pytest.approx(1.5 * gone, abs=1e-6)


def test_inflow_takes_hold_at_the_speed_of_those_who_leave(base: Prepared) -> None:
    file = one("inflow", service="s85_home", change=-0.1, stay=0.75)
    after = adjusted(base, [file])[-1][1]
    ratio = after.volumes["s85_home"] / base.state.volumes["s85_home"]
    effect = (1 - ratio)[0, :, 0]
    years = base.state.years
    assert effect[years.index(2026)] == 0
    for year in (2027, 2028, 2030):
        expected = 0.1 * (1 - 0.75 ** (year + 0.5 - 2027))
        assert effect[years.index(year)] == pytest.approx(expected)


def test_inflow_that_is_over_lets_the_stock_turn_back(base: Prepared) -> None:
    file = one("inflow", service="s85_home", change=-0.1, stay=0.75, until="2028")
    after = adjusted(base, [file])[-1][1]
    effect = 1 - (after.volumes["s85_home"] / base.state.volumes["s85_home"])[0, :, 0]
    most = 0.1 * (1 - 0.75**2)  # two years of it
    for year, over in ((2029, 0.5), (2030, 1.5)):
        assert effect[base.state.years.index(year)] == pytest.approx(most * 0.75**over)


def test_a_population_grows_from_the_first_of_january_until_it_does_not(base: Prepared) -> None:
    file = one("population", change=0.01, until="2028")
    after = adjusted(base, [file])[-1][1]
    ratio = (after.people["18+"] / base.state.people["18+"])[0]
    expected = {2026: 1.0, 2027: 1.0, 2028: 1.01, 2029: 1.01**2, 2030: 1.01**2}
    for year, factor in expected.items():
        assert ratio[base.state.years.index(year)] == pytest.approx(factor)
    volume = (after.volumes["s107"] / base.state.volumes["s107"])[0, :, 0]
    assert volume == pytest.approx(ratio)  # the same rates


def test_other_prices_hold_in_their_years_alone(base: Prepared) -> None:
    estimate = {"estimate": "2025-06-10"}
    later, free = (one("price_vintage", **estimate, **{"start": s}) for s in ("2028", "2025"))
    ratio = {
        start: adjusted(base, [file])[-1][1].index[:, 0] / base.state.index[:, 0]
        for start, file in (("2028", later), ("2025", free))
    }
    i = base.state.years.index(2028)
    assert ratio["2028"][:i] == pytest.approx(1.0)
    assert ratio["2028"][i] == pytest.approx(ratio["2025"][i] / ratio["2025"][i - 1])
    assert ratio["2028"][i] != pytest.approx(1.0, abs=1e-4)


def test_an_uncertain_case_is_refunded_by_what_it_costs(base: Prepared) -> None:
    file = one("known_case", area="751", function="5.38.50", amount=1500.0, price_level=2027,
               uncertain=0.4)  # fmt: skip
    state = adjusted(base, [file])[-1][1]
    (extra,), i = state.extras, state.years.index(2027)
    row = state.base.codes.index("751")
    prices = base.costed.ledgers.prices
    cost = extra.gross[row, i] * prices.index([2027], state.base.year)[0]
    rule = base.costed.ledgers.limits.get("adults", 2027)
    refund = cost * extra.refund[0, i]
    assert refund == pytest.approx(refunds.yearly(cost, rule))
    assert refund.mean() > refunds.yearly(np.array([cost.mean()]), rule)[0]  # it is not linear


def test_an_uncertain_adjustment_comes_as_often_as_it_is_likely(base: Prepared) -> None:
    half = one("new_offer", function="5.38.38", amount=1000.0, price_level=2027, probability=0.5)
    state = adjusted(base, [half])[-1][1]
    held = state.extras[0].gross[0, -1]
    assert set(np.round(held / held.max(), 9)) == {0.0, 1.0}
    assert 0.2 < (held > 0).mean() < 0.8


def test_order_of_adjustments_is_kept(base: Prepared) -> None:
    rate = Adjustment("r", "rate", "why", "2027", service="s107", change=-0.5)
    takst = Adjustment("t", "takst", "why", "2027", service="s107", amount=900.0, price_level=2027)
    names = [name for name, _ in adjusted(base, [AdjustmentFile("T", "A", (rate, takst))])]
    assert names == ["", "r", "t"]


def test_two_files_with_one_name_are_refused(base: Prepared) -> None:
    file = one("rate", service="s107", change=-0.1)
    with pytest.raises(SpecError, match="two adjustments are called 'x'"):
        adjusted(base, [file, file])


@pytest.mark.parametrize("title", ["T", "base", "together"])
def test_two_scenarios_of_one_title_are_refused(base: Prepared, title: str) -> None:
    files = [replace(one("rate", service="s107", change=-0.1), title=t) for t in ("T", title)]
    with pytest.raises(SpecError, match=f"two scenarios would be called '{title}'"):
        scenarios.compare(base, files)


def test_a_title_that_begins_like_a_formula_is_text_in_the_csv(tmp_path: Path) -> None:
    row = {"scenario": "=1+2", "area": "000", "year": "2027", "quantile": 0.5, "value": -1.0}
    table = pd.DataFrame([row | {"quantile": q, "difference": 0.0} for q in (0.1, 0.5, 0.9)])
    csv, _ = scenariotables.write(table, "000", tmp_path)
    assert csv.read_text(encoding="utf-8").splitlines()[1] == "'=1+2,000,2027,0.1,-1.0,0.0"


def test_a_service_that_is_not_projected_is_named(base: Prepared) -> None:
    with pytest.raises(ProjectionError, match="diagnosis is not in the projection"):
        adjusted(base, [one("rate", service="diagnosis", change=-0.1)])


def test_comparison_has_base_each_and_all_together(base: Prepared, tmp_path: Path) -> None:
    files = [adjustments.read(DOCS / f"{name}.toml") for name in ("rate", "unit_cost")]
    table = scenarios.compare(base, files)
    assert list(table["scenario"].unique()) == ["base", *(f.title for f in files), "together"]
    means = table[table["quantile"].isna() & (table["area"] == "000") & (table["year"] == "2028")]
    by_name = means.set_index("scenario")["difference"]
    assert by_name["base"] == 0
    assert by_name["together"] < min(by_name[f.title] for f in files) < 0
    csv, svg = scenariotables.write(table, "000", tmp_path)
    assert csv.read_text(encoding="utf-8").startswith("scenario,area,year,quantile,value")
    assert "Fewer in temporary places" in svg.read_text(encoding="utf-8")
    assert scenariotables.write(table, "000", tmp_path / "b")[1].read_bytes() == svg.read_bytes()


def test_goal_found_and_fed_back_meets_the_frame(base: Prepared, tmp_path: Path) -> None:
    level = base.level
    column = base.state.years.index(2027)
    start = float(scenarios.net(base.state, level)[NATION, column].mean())
    goal = Goal("000", 2027, 0.99 * start)
    file = one("unit_cost", function="5.38.51", change=0.0)
    found = seeking.seek(base, file, goal)
    path = tmp_path / "sought.toml"
    path.write_text(scenariofiles.dumped(seeking.solved(file, found)), encoding="utf-8")
    again = scenarios.net(adjusted(base, [adjustments.read(path)])[-1][1], level)
    assert float(again[NATION, column].mean()) == pytest.approx(goal.target, rel=1e-3)
    assert found.reached == pytest.approx(goal.target, rel=1e-3)


def test_a_goal_in_a_year_with_booked_months_is_met_with_them(
    base: Prepared, tmp_path: Path
) -> None:
    lever = one("unit_cost", function="5.38.50", area="751", change=0.0, start="2026")
    half = YearToDate("751", "5.38.50", 2026, 6, 160_000.0)
    file = replace(lever, booked=(half,))
    goal = Goal("751", 2026, 0.0)
    start = seeking.measured(adjusted(base, [file])[-1][1], base.level, goal)
    wanted = replace(goal, target=start - 5_000)
    found = seeking.seek(base, file, wanted)
    assert found.start == pytest.approx(start)
    path = tmp_path / "sought.toml"
    path.write_text(scenariofiles.dumped(seeking.solved(file, found)), encoding="utf-8")
    read = adjustments.read(path)
    assert read.booked == (half,)
    again = adjusted(base, [read])[-1][1]
    assert seeking.measured(again, base.level, goal) == pytest.approx(start - 5_000, rel=1e-5)


def test_scenarios_that_hold_the_same_booked_months_are_compared(base: Prepared) -> None:
    half = YearToDate("751", "5.38.50", 2026, 6, 160_000.0)
    first, second = (
        replace(one("rate", service="s107", change=change), title=title, booked=(half,))
        for title, change in (("A", -0.1), ("B", 0.05))
    )
    second = replace(second, adjustment=(replace(second.adjustment[0], name="y"),))
    means = scenarios.compare(base, [first, second]).query("area == '751' and year == '2026'")
    value = means[means["quantile"].isna()].set_index("scenario")["value"]
    assert value["together"] == pytest.approx(value["A"]) == pytest.approx(value["B"])
    other = replace(second, booked=(replace(half, months=7),))
    with pytest.raises(DataError, match="2026 stand twice"):
        scenarios.compare(base, [first, other])


def test_goal_for_a_quantile_and_an_amount(base: Prepared) -> None:
    saving = one("saving", function="5.38.59", amount=-1.0, price_level=2027)
    level = base.level
    goal = Goal("751", 2028, 0.0, "0.9", "amount")
    start = seeking.measured(base.state, level, goal)
    found = seeking.seek(base, saving, replace(goal, target=start - 50_000))
    assert found.reached == pytest.approx(start - 50_000, rel=1e-4)


def test_a_goal_out_of_reach_is_said_with_what_is_within(base: Prepared) -> None:
    file = one("rate", service="s98", change=0.0)
    sentence = r"no change between -0\.95 and 5 reaches 1,000 in .* \(DKK 1,000\)"
    with pytest.raises(ProjectionError, match=sentence):
        seeking.seek(base, file, Goal("000", 2027, 1000.0))
    with pytest.raises(ProjectionError, match="2050 is not projected; choose 2025 to 2030"):
        seeking.seek(base, file, Goal("000", 2050, 1000.0))


@pytest.mark.parametrize(
    ("options", "file", "says"),
    [
        ({"target": float("nan")}, one("rate"), "target nan: expected a net cost"),
        ({"statistic": "1.2"}, one("rate"), "expected mean or a quantile"),
        ({}, one("price_vintage"), "has no size to search for"),
        ({}, AdjustmentFile("Booked", "A"), "no .*adjustment.* whose size"),
    ],
)
def test_a_goal_that_cannot_be_is_a_sentence(
    options: dict[str, object], file: AdjustmentFile, says: str
) -> None:
    asked = {"target": 1e6, "statistic": "mean", "area": "000", "goal_year": None, **options}
    with pytest.raises(SpecError, match=says):
        seeking.goal(file, asked, 2027)


def test_a_comparison_on_the_screen_names_its_price_level() -> None:
    levels = {0.1: 1000.0, 0.5: 2000.0, 0.9: 3000.0}
    rows = [("base", 2027, q, value, 0.0) for q, value in levels.items()]
    table = pd.DataFrame(rows, columns=["scenario", "year", "quantile", "value", "difference"])
    heading, line = scenariotables.text(table, 2027).splitlines()
    assert heading.startswith("m DKK, 2027 prices ")
    assert line.split()[:5] == ["base", "2027", "1.0", "2.0", "3.0"]
    assert len(line) == len(heading)

"""What must hold in every draw: parts sum to wholes, for every municipality, line and year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
import pytest
from support.futures import Steady, steady
from support.money import loader, prepared, shared_base, shared_bundle, stocked

from forecast import areas, projection, quantiles, vintages
from forecast.bundle import TABLES, Bundle
from forecast.costs import accounts as accounts_
from forecast.costs import expected, growth, mapping, tables, tail
from forecast.costs.adjustments import Adjustment, AdjustmentFile
from forecast.costs.expected import YearToDate
from forecast.engine.options import EngineOptions
from forecast.errors import DataError, ProjectionError
from forecast.panel import Panel
from forecast.projection import (
    Prepared,
    adjusted,
    demandtables,
    evaluate,
    prepare,
    project,
    provenance,
    units,
)
from forecast.projection.demand import Loaded
from forecast.workspace import Workspace

if TYPE_CHECKING:
    from forecast.engine.trained import Trained

CLOSE = 1e-9  # of the larger level
TERMS = (*growth.FACTORS, "refund")  # of the bridge, before adjustments


@pytest.fixture(scope="module")
def base() -> Prepared:
    return shared_base()


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return shared_bundle()


def test_bridge_sums_to_the_change_everywhere_in_every_draw(base: Prepared) -> None:
    state = base.state
    seen = 0
    for function in state.functions().values():
        for line in state.lines(function):
            terms = tables.complete(state, function, line)
            parts = {name: quantiles.with_sums(part) for name, part in terms.items()}
            total = np.sum([parts[name] for name in TERMS], axis=0)
            larger = np.maximum(np.abs(parts["start"]), np.abs(parts["end"]))
            assert (np.abs(total - parts["change"]) <= CLOSE * np.maximum(larger, 1e-6)).all()
            seen += total.size
    assert seen > 98 * 6 * 40 * 17


def test_lines_sum_to_the_accounts_of_every_municipality_and_function(base: Prepared) -> None:
    state = base.state
    for code, function in state.functions().items():
        lines = sum(state.base.line(function, line) for line in state.lines(function))
        assert lines == pytest.approx(state.base.gross[code], rel=CLOSE, abs=1e-6)
        refunds = sum(state.base.line_refund(function, line) for line in state.lines(function))
        assert refunds == pytest.approx(state.base.refund[code], rel=CLOSE, abs=1e-6)


def test_functions_sum_to_the_accounts_of_the_nation(base: Prepared, bundle: Bundle) -> None:
    frame = vintages.known(base.workspace, "regk31").frame
    mine = frame[(frame["period"] == "2024") & frame["area"].isin(areas.municipalities())]
    mine = mine[mine["function"].isin(list(mapping.table())) & (mine["kind"] == "net")]
    rows = bundle.rows("cost", area="000", service="", year="2024", price="current",
                       component="net", series="accounts")  # fmt: skip
    net = rows.set_index("function")["value"]
    assert net[""] == pytest.approx(mine["value"].sum(), rel=1e-12)
    assert net.drop("").sum() == pytest.approx(net[""], rel=1e-12)


def test_municipalities_sum_to_regions_and_nation_in_every_draw(bundle: Bundle) -> None:
    gross = bundle.draws("cost.gross")
    rows = bundle.rows("cost", area="000", function="5.38.50", service="", year="2027",
                       component="gross", price="current", series="forecast")  # fmt: skip
    mine = (gross.keys["function"] == "5.38.50").to_numpy()
    nation = gross.values[mine, gross.periods.index("2027")].astype(np.float64).sum(axis=0)
    expected = np.quantile(nation, rows["quantile"].dropna())
    found = rows.loc[rows["quantile"].notna(), "value"].to_numpy()
    assert found == pytest.approx(expected, rel=1e-6)
    assert rows[rows["quantile"].isna()]["value"].item() == pytest.approx(nation.mean(), rel=1e-6)


def test_gross_less_refund_is_net(base: Prepared, bundle: Bundle) -> None:
    sums = tables.totals(base.state)
    for code, function in base.state.functions().items():
        expected = sums.gross[code] - sums.refund[code]
        assert base.state.net(function) == pytest.approx(expected, rel=CLOSE, abs=1e-6)
    means = bundle.rows("cost", series=("forecast", "accounts"))
    means = means[means["quantile"].isna() & means["component"].isin(["gross", "refund", "net"])]
    keys = ["area", "function", "service", "year", "price", "series"]
    wide = means.pivot_table(index=keys, columns="component", values="value")
    gap = (wide["gross"] - wide["refund"] - wide["net"]).abs()
    assert (gap <= CLOSE * wide["gross"].abs().clip(lower=1)).all()


def test_fixed_prices_are_current_ones_in_the_budget_year(bundle: Bundle) -> None:
    rows = bundle.rows("cost", area="000", function="", service="", year=("2024", "2027"),
                       component="net", series=("accounts",))  # fmt: skip
    index = bundle.rows("prices", kind="total").set_index("year")["index"]
    current, fixed = (
        rows[rows["price"] == p].set_index("year")["value"] for p in ("current", "fixed")
    )
    assert fixed["2024"] == pytest.approx(current["2024"] / index["2024"], rel=1e-12)
    assert bundle.meta["price_level"] == 2027
    assert index["2027"] == 1


def test_no_missing_or_infinite_number_reaches_a_report(bundle: Bundle) -> None:
    for name in ("demand", "cost", "bridge", "cases", "frame", "ledger", "volumes", "comparison"):
        frame = bundle.table(name)
        assert len(frame)
        columns = [c for c in ("value", "nation") if c in frame]
        assert np.isfinite(frame[columns].to_numpy(dtype=float)).all(), name
    assert set(bundle.frames) <= set(TABLES)


def test_joint_report_is_split_by_population(base: Prepared) -> None:
    codes = base.state.base.codes
    one, other = codes.index("183"), codes.index("187")
    people = base.state.base.people["18+"]
    count = base.state.base.volumes["s85_home"]
    assert count[other] > 0
    assert count[one] / count[other] == pytest.approx(people[one] / people[other], rel=0.02)


def test_shelters_and_treatment_go_by_recipients(base: Prepared) -> None:
    state = base.state
    lines = {code: state.lines(mapping.get(code)) for code in ("5.38.42", "5.38.45")}
    assert lines == {"5.38.42": ["s109", "s110", "remainder"], "5.38.45": ["s101", "remainder"]}
    codes, people = state.base.codes, state.base.people["18+"]
    frame = vintages.known(base.workspace, "krise1").frame
    told = frame[frame["period"] == "2024"].set_index("area")["value"]
    for region, women in told.items():
        mine = [codes.index(code) for code in areas.municipalities(str(region))]
        assert state.base.volumes["s109"][mine].sum() == pytest.approx(women)
    assert state.base.volumes["s110"] / people == pytest.approx(5950 / people.sum())
    treated = vintages.known(base.workspace, "smdbv001").frame
    own = treated[(treated["period"] == "2024") & (treated["area"] == "751")]["value"].item()
    assert state.base.volumes["s101"][codes.index("751")] == own


def test_unit_costs_wait_for_the_youngest_source_of_a_function(base: Prepared) -> None:
    assert base.costing is not None
    weight = base.costing.ground.weight(mapping.get("5.38.42"), [2019, 2020, 2021, 2024])
    assert np.isnan(weight[:, :2]).all()  # § 110 is counted from 2021
    assert (weight[:, 2:] > 0).all()


def test_same_seed_same_bundle(base: Prepared, bundle: Bundle, tmp_path: Path) -> None:
    again = evaluate(prepared(base.workspace, base.models)).save(tmp_path / "b")
    assert bundle.save(tmp_path / "a").id == again.id


def test_adjustments_are_own_lines_and_the_bridge_still_sums(
    base: Prepared, bundle: Bundle
) -> None:
    file = AdjustmentFile("What we know", "planner", (
        Adjustment("case", "known_case", "why", "2027-03", area="751", function="5.38.50",
                   amount=3200.0, price_level=2027),
        Adjustment("fewer", "rate", "why", "2026", area="082", service="s107", change=-0.1),
    ))  # fmt: skip
    made = evaluate(base, [file])
    rows = made.rows("bridge", area="751", function="", year="2027")
    means = rows[rows["quantile"].isna()].set_index("term")["value"]
    terms = [*TERMS, "adjustment:case", "adjustment:fewer"]
    assert means[terms].sum() == pytest.approx(means["change"], rel=CLOSE)
    assert means["start"] + means["change"] == pytest.approx(means["end"], rel=CLOSE)
    assert means["adjustment:fewer"] < 0 < means["adjustment:case"]
    # ten of twelve months of 3,200 in the budget year's prices, net of refund on 3,200 a year
    rule = base.costing.ledgers.limits.get("adults", 2027) if base.costing else None
    assert rule is not None
    refund = sum((r - b) * max(3200 - x, 0) for x, r, b in zip(
        rule.limits, rule.rates, (0, *rule.rates), strict=False))  # fmt: skip
    assert means["adjustment:case"] == pytest.approx(10 / 12 * (3200 - refund), rel=0.02)
    assert [entry["name"] for entry in made.meta["adjustments"]] == ["case", "fewer"]
    where = {"area": "751", "service": "s107", "period": "2027", "series": "forecast"}
    fewer, plain = (b.rows("demand", **where)["value"].to_numpy() for b in (made, bundle))
    assert fewer == pytest.approx(0.9 * plain, rel=1e-6)


def test_booked_months_narrow_the_current_year(base: Prepared) -> None:
    state = base.state
    row, column = state.base.codes.index("751"), state.years.index(2026)
    function = mapping.get("5.38.50")

    def year(months: int) -> np.ndarray:
        file = AdjustmentFile("Booked", "planner", booked=(
            YearToDate("751", "5.38.50", 2026, months, months * 30_000.0),))  # fmt: skip
        booked = adjusted(base, [file])[-1][1]
        parts = [booked.gross(function, line)[row, column] for line in booked.lines(function)]
        return np.asarray(sum(parts))

    free = sum(state.gross(function, line)[row, column] for line in state.lines(function))
    assert year(6).std() == pytest.approx(np.std(free) / 2, rel=1e-6)
    assert year(12) == pytest.approx(360_000.0)


def test_booked_months_are_what_they_are_whatever_is_known_beside_them(base: Prepared) -> None:
    case = Adjustment("case", "known_case", "why", "2026-03", area="751", function="5.38.50",
                      amount=3200.0, price_level=2027)  # fmt: skip
    entry = YearToDate("Aarhus", "5.38.50", 2026, 12, 360_000.0)
    known, booked = (
        AdjustmentFile("Known", "planner", (case,)),
        AdjustmentFile("Booked", "planner", booked=(entry,)),
    )
    function = mapping.get("5.38.50")
    row, column = base.state.base.codes.index("751"), base.state.years.index(2026)
    for files in ([known, booked], [booked, known]):
        states = adjusted(base, files)
        assert [name for name, _ in states] == ["", "case", "year_to_date"]
        state = states[-1][1]
        lines = state.lines(function)
        year = sum(state.gross(function, line)[row, column] for line in lines)
        assert year == pytest.approx(360_000.0)
        later = sum(state.gross(function, line)[row, column + 1] for line in lines)
        free = sum(states[1][1].gross(function, line)[row, column + 1] for line in lines)
        assert later == pytest.approx(free)


def test_what_is_booked_counts_where_nobody_was_expected(base: Prepared) -> None:
    function, area = mapping.get("5.38.53"), "825"
    row, column = base.state.base.codes.index(area), base.state.years.index(2026)
    nobody = {"s97": base.state.volumes["s97"].copy(), "s98": base.state.volumes["s98"].copy()}
    for values in nobody.values():
        values[row, :, ::2] = 0.0  # in every other future
    bare = base.state.changed(volumes={**base.state.volumes, **nobody})
    state = expected.apply(bare, [YearToDate(area, function.code, 2026, 12, 700.0)])
    gross = sum(state.gross(function, line)[row, column] for line in state.lines(function))
    assert gross == pytest.approx(700.0)


def test_figures_booked_twice_or_for_no_municipality_are_refused(base: Prepared) -> None:
    entry = YearToDate("751", "5.38.50", 2026, 4, 125_000.0)
    again = YearToDate("Aarhus", "5.38.50", 2026, 5, 150_000.0)
    with pytest.raises(DataError, match=r"^year-to-date figures of 751 5\.38\.50 2026 stand twice"):
        expected.apply(base.state, [entry, again])
    with pytest.raises(DataError, match="for 081, which is no municipality; name one"):
        expected.apply(base.state, [YearToDate("081", "5.38.50", 2026, 4, 1.0)])


def test_without_accounts_demand_alone_and_a_sentence(tmp_path: Path) -> None:
    workspace = stocked(tmp_path / "w", left_out=("regk31", "budk32"))
    models = steady(workspace, ("recipients_children",))
    made = evaluate(prepared(workspace, models))
    assert made.meta["cost_included"] is False
    assert made.meta["cost_reason"]["code"] == "no_accounts"
    assert "no accounts were given" in made.meta["cost_reason"]["text"]
    assert len(made.table("demand"))
    assert made.table("cost").empty
    with pytest.raises(ProjectionError, match="no accounts were given; see `forecast status`"):
        _ = prepared(workspace, models).state


def test_models_that_are_missing_are_named_with_what_they_leave_out(base: Prepared) -> None:
    held = {name: model for name, model in base.models.items() if name != "supported_children"}
    fewer = prepared(base.workspace, held)
    left_out = provenance.described(fewer)["missing_models"]
    missing = {entry["model"]: entry["leaves_out"] for entry in left_out}
    assert missing["supported_children"] == "preventive"
    assert fewer.state.lines(mapping.get("5.28.21")) == ["remainder"]
    paid = fewer.state.gross(mapping.get("5.28.21"), "remainder").sum(axis=0)
    assert (paid > 0.8 * base.state.base.gross["5.28.21"].sum()).all()


def test_no_model_at_all_names_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(ProjectionError, match="run `forecast train` first"):
        project(Workspace(tmp_path), 2027, load_models=loader({}))


def test_years_without_thresholds_have_no_refund_and_a_note_says_so(
    base: Prepared, tmp_path: Path
) -> None:
    workspace = stocked(tmp_path / "w", left_out=("refund_thresholds",))
    frame = vintages.known(base.workspace, "refund_thresholds").frame
    kept = frame[frame["period"].astype(int) <= 2026]
    vintages.save(workspace, "refund_thresholds", kept, {"retrieved": "2026-05-01"})
    short = prepared(workspace, base.models)
    state = short.state
    function = mapping.get("5.38.50")
    refund = state.refund(function, "s108")
    assert (refund[:, state.years.index(2026)] > 0).any()
    assert (refund[:, state.years.index(2027)] == 0).all()
    assert short.costing is not None
    notes = {note["code"]: note["params"] for note in short.costing.ledgers.notes}
    assert notes["refund_left_out"]["years"] == [2027, 2028, 2029, 2030]
    ledgers = short.costed.ledgers
    cases = tail.table(state, tail.Ground(short.level, ledgers.limits, ledgers.shapes, 1))
    told = {str(y): set(rows["item"]) for y, rows in cases.groupby("year", observed=True)}
    assert told["2026"] == {"number", "gross", "refund", "net", "marginal_net"}
    assert told["2027"] == {"number", "gross"}
    uprated = prepare(
        workspace, 2027, size=40, seed=7, uprate=True, load_models=loader(base.models)
    )
    assert (uprated.state.refund(function, "s108")[:, -1] > 0).any()
    assert uprated.costing is not None
    codes = {note["code"] for note in uprated.costing.ledgers.notes}
    assert "refund_thresholds_uprated" in codes
    assert "refund_left_out" not in codes


def own_accounts(rows: list[tuple[float, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["value", "function", "dranst"]).assign(
        measure="expenditure", area="751", period="2024", kind="net", price_unit="current",
        status="observed", published="2025-03-01",
    )  # fmt: skip


def test_own_accounts_stand_to_the_krone_and_other_functions_stay(
    base: Prepared, tmp_path: Path
) -> None:
    workspace = stocked(tmp_path / "w")
    frame = own_accounts([
        (400_000.123, "5.38.50", "1"), (-12_345.678, "5.38.50", "2"), (90_001.001, "5.38.59", "1"),
        (0.0, "5.38.58", "1"),
    ])  # fmt: skip
    vintages.save(workspace, "own_accounts", frame, {"retrieved": "2025-03-02"})
    made, before = prepared(workspace, base.models).state.base, base.state.base
    row = made.codes.index("751")
    mine = {"5.38.50": 400_000.123, "5.38.59": 90_001.001, "5.38.58": 0.0}
    refunded = {"5.38.50": 12_345.678, "5.38.59": 0.0, "5.38.58": 0.0}
    assert before.gross["5.38.58"][row] > 0
    for code in mapping.table():
        assert made.gross[code][row] == mine.get(code, before.gross[code][row])
        assert made.refund[code][row] == refunded.get(code, before.refund[code][row])
        assert (np.delete(made.gross[code], row) == np.delete(before.gross[code], row)).all()


def test_own_accounts_without_refunds_keep_the_public_ones(base: Prepared, tmp_path: Path) -> None:
    workspace = stocked(tmp_path / "w")
    frame = own_accounts([(400_000.0, "5.38.50", "1")])
    vintages.save(workspace, "own_accounts", frame, {"retrieved": "2025-03-02"})
    made = accounts_.read(workspace, "accounts")
    public = accounts_.read(base.workspace, "accounts")
    assert made is not None
    assert public is not None
    where = ["751"], ["5.38.50"], 2024
    assert made.array("gross", *where)[0, 0] == 400_000.0
    assert made.array("refund", *where) == public.array("refund", *where)
    assert public.array("refund", *where)[0, 0] > 0


def test_accounts_per_inhabitant_are_refused(base: Prepared) -> None:
    frame = vintages.known(base.workspace, "regk31").frame.head(5).assign(price_unit="per_head")
    with pytest.raises(ProjectionError, match="regk31 holds amounts in per_head; expected current"):
        accounts_.wide(frame, "regk31")


@pytest.mark.parametrize(
    ("year", "estimate", "said"),
    [
        (2024, "", "choose 2025 or later"),
        (2060, "", r"unit_costs reaches 20\d\d, but cost is wanted to 2063; choose 20\d\d or ear"),
        (2027, "2019-01", "there is no price estimate '2019-01'"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_before_anything_is_simulated(
    base: Prepared, monkeypatch: pytest.MonkeyPatch, year: int, estimate: str, said: str
) -> None:
    monkeypatch.setattr(projection, "simulate", None)
    with pytest.raises(ProjectionError, match=said):
        prepare(
            base.workspace, year, size=20, price_estimate=estimate, load_models=loader(base.models)
        )


def test_the_last_budget_year_that_is_named_can_be_projected(base: Prepared) -> None:
    last = units.reach(base.models["unit_costs"]) - projection.OUT_YEARS
    made = prepare(base.workspace, last, size=20, load_models=loader(base.models))
    assert made.costed.state.years[-1] == last + projection.OUT_YEARS
    with pytest.raises(ProjectionError, match=f"choose {last} or earlier"):
        prepare(base.workspace, last + 1, size=20, load_models=loader(base.models))


def test_models_that_know_more_than_the_date_are_refused(base: Prepared) -> None:
    with pytest.raises(ProjectionError, match="--known-at 2023-07-01"):
        prepare(base.workspace, 2024, size=20, known_at="2023-07-01",
                load_models=loader(base.models))  # fmt: skip


def test_what_was_cut_by_date_is_not_called_real_time(base: Prepared) -> None:
    def told(known_at: str) -> dict[str, bool]:
        used = [v for v in vintages.listing(base.workspace) if v.dataset in ("regk31", "frkm")]
        entries = provenance.vintages_of(used, [], known_at)
        return {entry["dataset"]: entry["real_time"] for entry in entries}

    assert told("") == {"regk31": True, "frkm": True}
    assert told("2026-06-01") == {"regk31": True, "frkm": True}
    # the demonstration's accounts were stored in 2026 and are cut; projections carry their vintage
    assert told("2023-07-01") == {"regk31": False, "frkm": True}


def test_a_year_without_a_count_has_no_row_and_a_missing_report_a_provisional_sum() -> None:
    codes = areas.municipalities()
    keys = pd.DataFrame({"area": codes, "region": [areas.region_of(c) for c in codes]})
    values = np.full((98, 3), np.nan)
    values[:, 0], values[:, 2] = 10.0, 20.0
    values[codes.index("751"), 2] = np.nan
    panel = Panel(values, keys, ("2019", "2020", "2021"), measure="homeless")
    trained = cast("Trained", Steady(panel, EngineOptions(horizon=1, additive=("area",))))
    rows = demandtables.history(Loaded("homelessness", trained))
    sums = rows[rows["area"].isin(["000", "082", "081"])].astype({"area": "str", "period": "str"})
    assert set(sums["period"]) == {"2019", "2021"}  # nobody was counted in 2020
    status = sums.set_index(["area", "period"])["status"].astype(str)
    assert status["000", "2019"] == "observed"
    assert status["000", "2021"] == status["082", "2021"] == "provisional"
    assert status["081", "2021"] == "observed"
    value = sums.set_index(["area", "period"])["value"]
    assert value["000", "2021"] == 97 * 20 + 10  # the municipality's last count stands in


def test_every_measures_services_have_titles(bundle: Bundle) -> None:
    names = bundle.meta["services"]
    assert {"any", "diagnosis", "placement", "s109"} <= set(names)
    assert all(entry["da"] and entry["en"] for entry in names.values())


@pytest.mark.e2e
def test_an_earlier_projection_is_held_against_what_came(tmp_path: Path) -> None:
    workspace = stocked(tmp_path / "w")
    then = "2023-07-01"
    past = steady(workspace, known_at=then)
    early = prepare(workspace, 2024, size=60, seed=7, known_at=then, load_models=loader(past))
    first = evaluate(early).save(workspace.bundles)
    assert first.meta["last_accounts_year"] == 2022
    assert {v["dataset"] for v in first.meta["vintages"]} >= {"hand01", "regk31"}
    made = evaluate(prepared(workspace))
    said = made.rows("ledger", area="751", function="", year="2024", source="forecast")
    assert set(said["vintage"]) == {first.id}
    assert set(said["known"]) == {then}
    bias = made.rows("bias", area="751", function="", source="forecast").iloc[0]
    assert bias["n"] == 2  # 2023 and 2024 have come since
    misses = made.rows("misses", area="751", function="5.38.50", year="2024")
    parts = misses.set_index("term")["value"]
    assert parts.drop("miss").sum() == pytest.approx(parts["miss"], rel=CLOSE)
    prices = vintages.known(workspace, "price_estimate", then).frame
    assert prices["vintage"].max() < then

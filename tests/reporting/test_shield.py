from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from support import bundles

from forecast import reporting
from forecast.bundle import TABLES, Bundle
from forecast.reporting import extract, references, suppression, totals, wording
from forecast.reporting.shield import Shield
from forecast.reporting.view import Store, View

FEW, MANY = "825", "751"  # Læsø's services count few
FLAT = {"model": "recipients_adults", "measure": "full_year_services", "age": ""}


@pytest.fixture(scope="module")
def made() -> Bundle:
    return bundles.bundle(size=10)


@pytest.fixture(scope="module")
def shield(made: Bundle) -> Shield:
    return suppression.shield(made)


def view(made: Bundle, shield: Shield, area: str) -> View:
    return View(Store(made), area, wording.load("da"), shield)


def hidden_service(shield: Shield) -> str:
    return sorted(s for a, s in shield.services if a == FEW and s in ("s107", "s108"))[0]


def test_unit_costs_of_backtests_are_hidden_by_function(shield: Shield) -> None:
    some = dataclasses.replace(shield, money=frozenset({(FEW, "5.38.50", "2024")}))
    keys = {"model": "unit_costs", "service": "5.38.50", "age": "", "period": "2024"}
    assert some.hides("backtest", "actual", FEW, keys)
    assert not some.hides("backtest", "actual", FEW, {**keys, "period": "2023"})
    assert not some.hides("backtest", "actual", MANY, keys)


def test_a_bundle_that_tells_no_recipients_shows_no_municipal_unit_cost(shield: Shield) -> None:
    alone = dataclasses.replace(shield, counted=False)
    keys = {"model": "unit_costs", "service": "5.38.50", "age": "", "period": "2024"}
    assert alone.hides("backtest", "value", MANY, keys)
    assert not alone.hides("backtest", "value", "081", keys)


def test_costs_of_hidden_services_are_hidden_and_whole_functions_are_not(shield: Shield) -> None:
    service = hidden_service(shield)
    function = {"s107": "5.38.52", "s108": "5.38.50"}[service]
    keys = {"function": function, "service": service, "series": "forecast", "year": "2027"}
    assert shield.hides("cost", "value", FEW, keys)
    assert not shield.hides("cost", "value", FEW, {**keys, "service": ""})
    term = {"function": function, "service": service, "term": "rate"}
    assert Shield(lines=frozenset({(FEW, function)})).hides("bridge", "value", FEW, term)


def test_no_threshold_hides_nothing(made: Bundle) -> None:
    off = suppression.shield(made, 0)
    assert not off.hides("history", "value", FEW, {**FLAT, "service": "s107"})


def test_two_bundles_side_by_side_hide_what_either_hides(shield: Shield) -> None:
    other = dataclasses.replace(shield, hidden=frozenset({(MANY, "m", "s", "")}))
    both = shield.joined(other)
    assert both.hidden == shield.hidden | other.hidden


def test_a_report_made_from_other_data_hides_whole_regions() -> None:
    cells = {(a, "m", "s", ""): np.array([n]) for a, n in
             (("825", 2.0), ("810", 30.0), ("851", 900.0), ("751", 900.0))}  # fmt: skip
    primary = {("825", "m", "s", "")}
    near = totals.closed(cells, primary, 5, wide=False)
    assert {s[0] for s in near} == {"825", "810"}
    wide = totals.closed(cells, primary, 5, wide=True)
    assert {s[0] for s in wide} == {"825", "810", "851"}


def test_the_benchmark_of_a_sum_tells_no_hidden_part(made: Bundle, shield: Shield) -> None:
    service = hidden_service(shield)
    assert ("000", "recipients_adults", service, "") in shield.coarse
    seen = view(made, shield, "000")
    shown = seen.number("demand", **FLAT, service=service, period="2027", series="demographic")
    assert shown.given
    used = {row for name, row in references.rows(shown.ref) if name == "demand"}
    areas = made.table("demand")["area"].astype("str").iloc[sorted(used)]
    assert FEW not in set(areas)

    def lookup(table: str, row: int) -> float:
        return float(made.table(table)["value"].iloc[row])

    assert references.evaluate(shown.ref, lookup) == pytest.approx(shown.value, rel=1e-12)
    data = extract.extract(seen)["demand"]
    flat = data[(data["series"] == "demographic") & (data["service"] == service)]
    assert flat.set_index("period").loc["2027", "value"] == pytest.approx(shown.value)


def test_the_benchmark_moves_no_more_than_what_is_shown(made: Bundle, shield: Shield) -> None:
    """Another count behind the same total leaves the benchmark of the total as it is."""
    service = hidden_service(shield)
    changed = made.table("demand").copy()
    mine = (changed["area"] == FEW) & (changed["service"] == service)
    changed.loc[mine, "value"] = changed.loc[mine, "value"] * 3
    other = Bundle(meta=made.meta, frames={**made.frames, "demand": changed})
    key = {**FLAT, "service": service, "period": "2028", "series": "demographic"}
    values = [view(m, shield, "000").number("demand", **key).value for m in (made, other)]
    assert values[0] == values[1] > 0


def test_data_hold_no_hidden_row(made: Bundle, shield: Shield) -> None:
    for area in (FEW, MANY, "081", "000"):
        seen = view(made, shield, area)
        for name, frame in extract.extract(seen).items():
            assert isinstance(frame, pd.DataFrame)
            for row in frame.head(400).to_dict("records"):
                keys = {str(k): v for k, v in row.items()}
                hidden = shield.hides(name, "value", area, keys)
                assert not hidden or np.isnan(row.get("value", np.nan)), (name, keys)


def test_a_report_on_unit_costs_names_no_municipality(made: Bundle) -> None:
    """It does not know how many stand behind them: account ÷ unit cost would be a count."""
    rows = [
        ("unit_costs", area, "5.38.50", "", "2022", "2024", 2.0, "combination", q, v, 900.0)
        for area in (FEW, MANY)
        for q, v in ((0.1, 400.0), (0.5, 500.0), (0.9, 600.0))
    ]
    past = pd.DataFrame(rows, columns=list(TABLES["backtest"]))
    alone = Bundle(meta=made.meta, frames={"backtest": past, "accuracy": made.table("accuracy")})
    spec = reporting.spec("model")
    report = reporting.build(spec, reporting.sources(alone, spec.threshold), "000", "da")
    assert "misses" not in {table.name for table in report.tables}
    open_ = reporting.build(spec, reporting.sources(alone, 0), "000", "da")
    assert "misses" in {table.name for table in open_.tables}

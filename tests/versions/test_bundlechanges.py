"""Why a projected cost changed: the whole way on the embedded data, children's services only."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from forecast import projection, registry, reporting, vintages
from forecast.bundle import Bundle
from forecast.dataroom import intake
from forecast.registry import Decision, Made
from forecast.reporting.document import Paragraph, Table, number_of
from forecast.versions import bundlechanges, explanations, netcost, training
from forecast.versions.splitting import Wanted
from forecast.workspace import Workspace

MADE = Made("an analyst", "2026-05-01T09:00:00")
MODELS = ("recipients_children", "unit_costs")
CASE = """
title = "What we know"
author = "the budget office"

[[adjustment]]
name = "a known case"
lever = "known_case"
reason = "decided in March"
area = "Aarhus"
start = "2027"
function = "5.28.20"
amount = 2500
price_level = 2027
"""


@dataclass(frozen=True)
class Told:
    """Two bundles, and what lies between them explained."""

    workspace: Workspace
    old: Bundle
    new: Bundle
    found: bundlechanges.CostChange


def _again(workspace: Workspace, dataset: str, frame: pd.DataFrame) -> None:
    last = vintages.newest(workspace, dataset)
    assert last is not None
    day = {"retrieved": "2026-06-01", "published": "2026-06-01", "known_from": "2026-06-01"}
    vintages.save(workspace, dataset, frame, {**last.manifest, **day})


def _trained(workspace: Workspace) -> None:
    for model in MODELS:
        info = training.train(workspace, model, known_at=None, seed=1, made=MADE).info
        if "champion" not in info.aliases:
            registry.promote(workspace, model, "challenger", Decision(MADE, "newer data"))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("bundles")
    workspace = Workspace(folder / "w")
    intake.demo(workspace)
    _trained(workspace)
    asked = {"seed": 5, "size": 100, "today": "2026-05-01"}
    old = projection.project(workspace, 2027, **asked)  # type: ignore[arg-type]
    placed = vintages.known(workspace, "anbaar9").frame
    cell = (placed["area"] == "751") & (placed["period"] == placed["period"].max())
    placed.loc[cell, "value"] = (placed.loc[cell, "value"] * 1.2).round()
    _again(workspace, "anbaar9", placed)
    rates = vintages.known(workspace, "price_estimate").frame
    ahead = (rates["vintage"] == rates["vintage"].max()) & (rates["period"] > "2026")
    rates.loc[ahead, "value"] += 1.0
    _again(workspace, "price_estimate", rates)
    _trained(workspace)
    case = folder / "case.toml"
    case.write_text(CASE, encoding="utf-8")
    new = projection.project(workspace, 2027, **{**asked, "adjustments": [case]})  # type: ignore[arg-type]
    found = explanations.explain(workspace, old, new, Wanted("751"))
    return Told(workspace, old, new, found)


@pytest.mark.e2e
def test_causes_sum_exactly_to_the_change_of_cost(told: Told) -> None:
    asked = ("751", 2027)
    change = netcost.said(told.new, *asked) - netcost.said(told.old, *asked)
    summed = told.found.terms.groupby("function")["value"].sum()
    assert np.allclose(summed, change, rtol=0, atol=1e-6)
    assert abs(told.found.total.sum() - change.sum()) < 1e-6


@pytest.mark.e2e
def test_each_cause_is_there_and_no_other(told: Told) -> None:
    total = told.found.total
    assert set(total[total.abs() > 1e-6].index) == {"data revised", "prices", "adjustments"}
    assert total["software"] == pytest.approx(0, abs=1e-6)
    assert total["prices"] > 0
    bridge = told.new.rows("bridge", area="751", function="5.28.20", year="2027")
    case = bridge[(bridge["term"] == "adjustment:a known case") & bridge["quantile"].isna()]
    assert total["adjustments"] == pytest.approx(case["value"].item(), rel=1e-3)
    assert 0 < total["adjustments"] < 2500  # net of refund


@pytest.mark.e2e
def test_known_case_changes_its_own_function_only(told: Told) -> None:
    terms = told.found.terms[told.found.terms["term"] == "adjustments"]
    moved = terms[terms["value"].abs() > 1e-6]
    assert list(moved["function"]) == ["5.28.20"]


@pytest.mark.e2e
def test_revised_figure_is_named_with_its_effect_in_kroner(told: Told) -> None:
    first = told.found.cells.iloc[0]
    assert (first["dataset"], first["area"], first["number"]) == ("anbaar9", "751", 1)
    assert first["new"] == round(first["old"] * 1.2)
    assert abs(first["effect"]) > 100  # DKK 1,000
    assert told.found.cells["effect"].abs().is_monotonic_decreasing


@pytest.mark.e2e
def test_report_says_the_change_and_three_causes_in_danish(told: Told) -> None:
    extra = {"causes": told.found}
    given = reporting.sources(told.new, 5.0, told.old, extra)
    report = reporting.build(reporting.spec("compare"), given, "751", "da")
    section = next(s for s in report.sections if s.name == "causes")
    said, because, *_ = [b.text for b in section.blocks if isinstance(b, Paragraph)]
    assert said.startswith("Aarhus, 2027: nettoudgiften i løbende priser var ")
    assert because.count("(") == 3
    assert "reviderede tal (" in because
    table = next(b for b in section.blocks if isinstance(b, Table) and b.name == "causes_rows")
    for row in table.rows:
        before, *parts, after = (number_of(cell).value for cell in row.cells[1:])
        assert before + sum(parts) == pytest.approx(after, abs=1e-6)


@pytest.mark.e2e
def test_what_was_worked_out_is_kept_and_the_same_again(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundlechanges, "explain", lambda *_: pytest.fail("worked out again"))
    again = explanations.explain(told.workspace, told.old, told.new, Wanted("751"))
    assert again.plain() == told.found.plain()


@pytest.mark.e2e
def test_a_region_and_the_nation_are_explained_too(told: Told) -> None:
    for area in ("082", "000"):
        found = bundlechanges.explain(told.workspace, told.old, told.new, Wanted(area, tried=0))
        change = netcost.said(told.new, area, 2027) - netcost.said(told.old, area, 2027)
        summed = found.terms.groupby("function")["value"].sum()
        assert np.allclose(summed, change, rtol=0, atol=1e-5)

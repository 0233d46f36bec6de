"""Checks find what is missing, doubled, off or too early, and name it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from forecast import areas, datasets, vintages
from forecast.dataroom import checks
from forecast.sources import table
from forecast.sources._layout import Mapping
from forecast.workspace import Workspace


def counts(**changes: Any) -> pd.DataFrame:
    """Return 2022 and 2023 of all municipalities, 100 children each."""
    codes = areas.municipalities()
    rows = pd.DataFrame(
        {
            "measure": "placed",
            "area": [c for c in codes for _ in range(2)],
            "period": ["2022", "2023"] * len(codes),
            "service": "placement",
            "age": "0-17",
            "value": 100.0,
            "status": "observed",
            "published": "2024-05-23",
        }
    )
    return rows.assign(**changes)


def result(name: str, frame: pd.DataFrame, dataset: str = "anbaar9") -> checks.Check:
    check = {"form": checks.form, "completeness": checks.completeness, "ages": checks.ages,
             "levels": checks.levels, "jumps": checks.jumps, "totals": checks.totals,
             "existence": checks.existence}[name]  # fmt: skip
    found = check(frame, datasets.get(dataset))
    assert found is not None
    return found


def test_a_complete_table_passes() -> None:
    frame = counts()
    for name in ("form", "completeness", "jumps"):
        assert result(name, frame).passed
    assert checks.levels(frame, datasets.get("anbaar9")) is None  # one level only


def test_a_missing_report_is_named() -> None:
    frame = counts()
    frame.loc[(frame["area"] == "751") & (frame["period"] == "2023"), "status"] = "not_reported"
    found = result("completeness", frame)
    assert not found.passed
    assert found.table.to_numpy().tolist() == [["2023", 1, "Aarhus"]]


def test_doubled_units_are_found() -> None:
    frame = counts()
    twice = pd.concat([frame, frame.assign(value=frame["value"] / 50)], ignore_index=True)
    found = result("form", twice)
    assert not found.passed
    assert "two figures, 100 and 2" in found.text


def test_jumps_are_listed_largest_first() -> None:
    frame = counts()
    later = frame["period"] == "2023"
    frame.loc[later & (frame["area"] == "751"), "value"] = 900.0
    frame.loc[later & (frame["area"] == "461"), "value"] = 500.0
    found = result("jumps", frame)
    assert found.table["area"].tolist() == ["751", "461"]
    assert not found.passed  # 2 of 196 cells are more than one in a hundred


def test_levels_side_by_side_are_compared() -> None:
    nation = counts().query("area == '751'").assign(area="000", value=9800.0)
    frame = pd.concat([counts(), nation], ignore_index=True)
    assert result("levels", frame).passed
    wrong = pd.concat([counts(), nation.assign(value=7000.0)], ignore_index=True)
    found = result("levels", wrong)
    assert not found.passed
    assert "municipalities and nation differ" in found.text


def test_published_totals_are_held_against_the_sums() -> None:
    right = result("totals", counts(value=13900 / 98))
    assert right.passed
    wrong = result("totals", counts(value=100.0))
    assert not wrong.passed
    assert wrong.table["here"].tolist() == [9800.0, 9800.0]  # totals of 2022 and 2023 are known


def test_a_share_is_weighted_by_its_population_or_not_compared(workspace: Workspace) -> None:
    """Two sizes of municipality at 2 and 4 per cent: the country lies nearer the large ones."""
    codes = areas.municipalities()
    large = set(codes[:49])
    shares = counts(measure="supported_share", service="any", age="0-22").query("period=='2023'")
    shares = shares.assign(value=[4.0 if c in large else 2.0 for c in shares["area"]])
    vintages.save(workspace, "bu43", shares, {"retrieved": "2024-06-01"})
    names = [c.name for c in checks.run(workspace, "bu43").checks]
    assert "published totals" not in names
    ages = [str(a) for a in range(23)]
    persons = pd.DataFrame([(c, a) for c in codes for a in ages], columns=["area", "age"])
    sizes = [300.0 if c in large else 100.0 for c in persons["area"]]
    persons = persons.assign(measure="population", sex="total", period="2023Q1", value=sizes)
    vintages.save(workspace, "folk1a", persons, {"retrieved": "2024-02-11"})
    found = {c.name: c for c in checks.run(workspace, "bu43").checks}["published totals"]
    assert found.table["here"].tolist() == [3.5]
    assert found.passed


def test_a_figure_before_the_service_existed_is_found() -> None:
    frame = counts(measure="full_year_services", service="s117a", period="2023Q4")
    assert not result("existence", frame.drop(columns="age"), "hand01").passed
    assert result("existence", frame.assign(value=0.0).drop(columns="age"), "hand01").passed


def test_missing_ages_are_named() -> None:
    ages = [str(a) for a in range(105) if a != 38]
    frame = pd.DataFrame({"age": ages, "area": "751"})
    found = result("ages", frame, "folk1a")
    assert found.text == "missing ages: 38"
    cut = pd.DataFrame({"age": [str(a) for a in range(99)], "area": "751"})
    assert result("ages", cut, "folk1a").text == "missing ages: 99, above 98"
    open_ended = pd.DataFrame({"age": [*map(str, range(99)), "99+"], "area": "751"})
    assert result("ages", open_ended, "folk1a").passed


@pytest.mark.shared
def test_the_real_extract_misses_the_ages_it_is_known_to_miss(shared: Path) -> None:
    path = shared / "panels" / "FOLK1A_12areas_2008K1-2020K1_codes.csv"
    frame = table.read(path, datasets.get("folk1a"), Mapping()).frame
    found = result("ages", frame, "folk1a")
    assert not found.passed
    assert found.text == "missing ages: 38, above 100"

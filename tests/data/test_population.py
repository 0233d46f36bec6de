"""Population: ages add up, the seam is smooth, and past projections are measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecast import ages, vintages
from forecast.dataroom import population, projectionerrors
from forecast.errors import DataError
from forecast.workspace import Workspace

AREAS = ("101", "751")


def persons(periods: list[str], value: float, **more: str) -> pd.DataFrame:
    """Return `value` persons of each single age 0-99 and 100+, in two municipalities."""
    ages = [*map(str, range(100)), "100+"]
    rows = [(a, p, age) for a in AREAS for p in periods for age in ages]
    frame = pd.DataFrame(rows, columns=["area", "period", "age"])
    return frame.assign(measure="population", sex="total", value=value, **more)


@pytest.fixture
def stored(workspace: Workspace) -> Workspace:
    counted = pd.concat(
        [persons([f"{y}Q1"], 100.0 + y - 2020, published=f"{y}-02-11") for y in range(2020, 2025)]
    )
    vintages.save(workspace, "folk1a", counted, {"retrieved": "2024-06-10"})
    for made in (2022, 2023, 2024):
        years = [str(y) for y in range(made, made + 8)]
        frame = pd.concat([persons([y], 200.0 + int(y) - made, vintage=str(made)) for y in years])
        frame = frame.assign(published=f"{made}-06-04")
        about = {"retrieved": "2024-06-10", "part": f"FRKM1{made % 100}"}
        vintages.save(workspace, "frkm", frame, about)
    return workspace


def exposure(
    workspace: Workspace, ages: str, *line: str, known_at: str | None = None
) -> list[float]:
    found, _ = population.exposure(workspace, ages, AREAS, line, known_at)
    assert found.shape == (2, len(line))
    return [round(float(v), 6) for v in found[0]]


def test_ages_of_a_range_are_added(stored: Workspace) -> None:
    assert exposure(stored, "0-17", "2020", "2021") == [1800.0, 1818.0]
    assert exposure(stored, "18+", "2020") == [8300.0]
    assert exposure(stored, "17", "2020") == [100.0]
    assert exposure(stored, "", "2020") == [10100.0]


def test_quarters_between_counts_lie_on_a_line(stored: Workspace) -> None:
    assert exposure(stored, "0-9", "2020Q1", "2020Q3", "2021Q1") == [1000.0, 1005.0, 1010.0]


def test_the_projection_starts_at_the_last_count_and_keeps_its_growth(stored: Workspace) -> None:
    last, *later = exposure(stored, "0-9", "2024", "2025", "2027")
    assert last == 1040.0
    assert later == [pytest.approx(1040 * 201 / 200), pytest.approx(1040 * 203 / 200)]


def test_only_the_projection_of_the_day_is_used(stored: Workspace) -> None:
    """On 1 March 2023 the counts end in 2023, and the projection is that of 2022."""
    found = exposure(stored, "0-9", "2023", "2024", "2025", known_at="2023-03-01")
    assert found == [1030.0, pytest.approx(1030 * 202 / 201), pytest.approx(1030 * 203 / 201)]
    _, used = population.exposure(stored, "0-9", AREAS, ["2024"], "2023-03-01")
    assert [v.part for v in used] == ["", "FRKM122"]


def test_a_region_is_the_sum_of_its_municipalities(stored: Workspace) -> None:
    found, _ = population.exposure(stored, "0-9", ["084", "082"], ["2020"])
    assert found[:, 0].tolist() == [1000.0, 1000.0]


def test_what_is_not_there_is_named(stored: Workspace) -> None:
    with pytest.raises(DataError, match="no population for Aalborg"):
        population.exposure(stored, "18+", ["851"], ["2020"])
    with pytest.raises(DataError, match="neither counted nor projected for 2040"):
        exposure(stored, "18+", "2040")
    with pytest.raises(DataError, match="neither counted nor projected for 2012"):
        exposure(stored, "18+", "2012")


def test_age_groups_that_are_cut_across_are_refused() -> None:
    frame = pd.DataFrame(
        {"area": "101", "period": "2020Q1", "age": ["0-4", "5-9", "10+"], "value": [1.0, 2.0, 3.0]}
    )
    assert population.by_area(frame, "0-9").loc[["101"]].to_numpy().ravel().tolist() == [3.0]
    with pytest.raises(DataError, match=r"cut across \(5-9\)"):
        population.by_area(frame, "0-7")
    with pytest.raises(DataError, match="is not a range"):
        ages.bounds("adults")


def test_past_projections_are_measured_by_horizon_and_size(stored: Workspace) -> None:
    """Made in 2022: 200 + h persons an age against 102 + h counted."""
    table = projectionerrors.by_size(stored)
    assert set(table["size"]) == {"0-20000"}
    assert table["horizon"].tolist() == [0, 1, 2]
    assert table["n"].tolist() == [6, 4, 2]  # three, two and one vintage of two municipalities
    assert table.loc[2, "bias"] == pytest.approx(np.log(202 / 104))
    then = projectionerrors.by_size(stored, known_at="2023-12-31")
    assert then["horizon"].tolist() == [0, 1]


def test_size_classes_have_their_bounds() -> None:
    classes = [projectionerrors.size_class(p) for p in (100.0, 20_000.0, 59_999.0, 700_000.0)]
    assert classes == ["0-20000", "20000-40000", "40000-60000", "100000+"]


def test_a_projection_that_begins_after_the_last_count_waits(stored: Workspace) -> None:
    """Counts end in 2023 while the projection of 2024 is out: that of 2023 joins on."""
    late = persons(["2023Q1"], 103.0, published="2023-02-11")
    vintages.save(stored, "folk1a", late, {"retrieved": "2024-07-01"})
    _, used = population.exposure(stored, "0-9", AREAS, ["2025"], "2024-08-01")
    assert used[-1].part == "FRKM123"

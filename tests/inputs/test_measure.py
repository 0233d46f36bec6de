"""A model's panel: what counts as observed, who is in it, and which population it refers to."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecast import specs, vintages
from forecast.errors import DataError
from forecast.inputs import _cells, build
from forecast.specs import ModelSpec
from forecast.workspace import Workspace


def cell(area: str, period: str, value: float | None, **more: str) -> dict[str, Any]:
    row = {
        "measure": "placed", "area": area, "period": period, "value": value,
        "status": "observed", "published": f"{int(period[:4]) + 1}-05-20", "age": "0-17",
    }  # fmt: skip
    return row | more


def spec(**more: Any) -> ModelSpec:
    base: dict[str, Any] = {
        "name": "mine", "title": {"da": "x", "en": "x"}, "measure": "placed", "data": "anbaar9",
        "scale": "log", "horizon": 2,
    }  # fmt: skip
    return ModelSpec(**(base | more))


def store(workspace: Workspace, dataset: str, rows: list[dict[str, Any]]) -> None:
    frame = pd.DataFrame(rows)
    frame["value"] = frame["value"].astype("float64")
    vintages.save(workspace, dataset, frame, {"retrieved": "2026-01-01", "published": "2026-01-01"})


def people(area: str, vintage: str | None, years: range, persons: float) -> list[dict[str, Any]]:
    rows = []
    for year in years:
        period = f"{year}Q1" if vintage is None else str(year)
        published = f"{year}-02-11" if vintage is None else f"{vintage}-06-01"
        row = cell(area, period, persons, measure="population", age="0-17", published=published)
        rows.append(row if vintage is None else row | {"vintage": vintage})
    return rows


def test_only_observed_cells_count_and_the_rest_are_gaps(workspace: Workspace) -> None:
    store(workspace, "anbaar9", [
        cell("751", "2020", 8.0), cell("751", "2021", None, status="suppressed"),
        cell("751", "2022", 0.0), cell("101", "2020", 5.0), cell("101", "2022", 3.0),
    ])  # fmt: skip
    panel = build(spec(), workspace).panel
    assert panel.periods == ("2020", "2021", "2022")
    assert list(panel.keys["area"]) == ["101", "751"]
    assert list(panel.keys["region"]) == ["084", "082"]
    np.testing.assert_array_equal(panel.values, [[5, np.nan, 3], [8, np.nan, 0]])


def test_a_count_on_a_date_stands_for_its_year_and_the_years_between_are_gaps(
    workspace: Workspace,
) -> None:
    rows = [cell("751", "2019-02-04", 7.0), cell("751", "2022-02-07", 9.0)]
    store(workspace, "anbaar9", rows)
    panel = build(spec(), workspace).panel
    assert panel.periods == ("2019", "2020", "2021", "2022")
    assert np.isnan(panel.values[0, 1:3]).all()


def test_regions_serve_where_a_source_knows_no_municipality(workspace: Workspace) -> None:
    store(workspace, "anbaar9", [cell("081", "2020", 5.0), cell("000", "2020", 9.0)])
    assert list(build(spec(), workspace).panel.keys["area"]) == ["081"]


def test_two_figures_for_one_cell_are_refused(workspace: Workspace) -> None:
    store(workspace, "anbaar9", [cell("751", "2020", 8.0), cell("751", "2020", 9.0)])
    with pytest.raises(DataError, match=r"two figures for 751 · 0-17 in 2020"):
        build(spec(), workspace)


def test_a_dimension_value_that_is_not_there_is_named(workspace: Workspace) -> None:
    store(workspace, "anbaar9", [cell("751", "2020", 8.0)])
    with pytest.raises(DataError, match=r"where\.age names 18\+"):
        build(spec(where={"age": ("18+",)}), workspace)


def test_nothing_published_later_is_seen(workspace: Workspace) -> None:
    store(workspace, "anbaar9", [cell("751", str(y), float(y)) for y in range(2015, 2024)])
    panel = build(spec(), workspace, known_at="2021-12-31").panel
    assert panel.periods[-1] == "2020"


def test_ishoj_answers_for_vallensbaek_unless_it_reports_itself(workspace: Workspace) -> None:
    both = [r for a in ("183", "187") for r in people(a, None, range(2019, 2023), 50.0)]
    store(workspace, "folk1a", both)
    ahead = [r for a in ("183", "187") for r in people(a, "2022", range(2022, 2027), 50.0)]
    store(workspace, "frkm", ahead)
    store(workspace, "anbaar9", [cell("183", str(y), 5.0) for y in (2020, 2021, 2022)])
    shared = build(spec(exposure="0-17"), workspace).panel
    assert shared.exposure is not None
    np.testing.assert_allclose(shared.exposure, 100.0)


def test_each_origin_has_the_projection_of_its_day(workspace: Workspace) -> None:
    store(workspace, "folk1a", people("751", None, range(2019, 2024), 100.0))
    old = people("751", "2020", range(2020, 2027), 100.0)
    for row in old[2:]:  # counts are known to 2021 when the figures of 2020 come out
        row["value"] = 200.0
    store(workspace, "frkm", old + people("751", "2023", range(2023, 2030), 100.0))
    store(workspace, "anbaar9", [cell("751", str(y), 5.0) for y in (2020, 2021, 2022)])
    panel = build(spec(exposure="0-17"), workspace).panel
    assert panel.exposure is not None
    np.testing.assert_allclose(panel.exposure[0], 100.0)
    then = panel.until("2020")
    assert then.exposure is not None
    np.testing.assert_allclose(then.exposure[0], [100.0, 100.0, 200.0])


@pytest.mark.parametrize("name", specs.names("models"))
def test_every_shipped_model_has_data_that_is_described(name: str) -> None:
    from forecast import datasets

    assert datasets.get(specs.model(name).data).measure


def test_periods_are_kept_from_the_model_s_start() -> None:
    frame = pd.DataFrame([cell("751", "2017Q4", 1.0), cell("751", "2018Q1", 2.0)])
    kept = _cells.selected(frame, spec(start="2018Q1"))
    assert list(kept["period"]) == ["2018Q1"]

"""A model's drivers: lagged, inherited from the region, as known at each origin."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecast import vintages
from forecast.errors import DataError
from forecast.inputs import build
from forecast.specs import ModelSpec
from forecast.workspace import Workspace


def cell(measure: str, area: str, period: str, value: float, published: str) -> dict[str, Any]:
    return {
        "measure": measure, "area": area, "period": period, "value": value,
        "status": "observed", "published": published,
    }  # fmt: skip


def store(workspace: Workspace, dataset: str, rows: list[dict[str, Any]]) -> None:
    manifest = {"retrieved": "2026-01-01", "published": "2026-01-01"}
    vintages.save(workspace, dataset, pd.DataFrame(rows), manifest)


def spec(lag: str = "1Y") -> ModelSpec:
    return ModelSpec(
        name="mine", title={"da": "x", "en": "x"}, measure="placed", data="anbaar9",
        scale="log", horizon=2, drivers={"length_of_stay": {"lag": lag}},
    )  # fmt: skip


def placed(workspace: Workspace, years: range = range(2018, 2023)) -> None:
    """Store counts that come out in May of the next year."""
    rows = [cell("placed", a, str(y), 5.0, f"{y + 1}-05-20") for a in ("751", "101") for y in years]
    store(workspace, "anbaar9", [r | {"age": "0-17"} for r in rows])


def stays(workspace: Workspace, month: int, years: range = range(2016, 2023)) -> None:
    """Store lengths of stay of two regions, e to the year's last two digits."""
    rows = [
        cell("length_of_stay", region, str(y), float(np.exp(y - 2000 + extra)),
             f"{y + 1}-{month:02d}-01")
        for region, extra in (("082", 0.0), ("084", 100.0)) for y in years
    ]  # fmt: skip
    store(workspace, "length_of_stay", rows)


def test_a_municipality_inherits_its_region_s_driver_one_lag_before(workspace: Workspace) -> None:
    placed(workspace)
    stays(workspace, month=3)
    panel = build(spec(), workspace).panel
    driver = panel.drivers["length_of_stay"]
    assert list(panel.keys["area"]) == ["101", "751"]
    now = driver.known["2022"][driver.codes]
    np.testing.assert_allclose(now[1], [17, 18, 19, 20, 21, 22, np.nan])
    np.testing.assert_allclose(now[0], now[1] + 100)


@pytest.mark.parametrize(("month", "last"), [(3, 20.0), (6, 19.0)])
def test_at_a_past_origin_only_what_was_out_then_is_known(
    workspace: Workspace, month: int, last: float
) -> None:
    placed(workspace)
    stays(workspace, month)
    driver = build(spec(), workspace).panel.drivers["length_of_stay"]
    then = driver.known["2020"]  # whose figures came out on 2021-05-20
    assert then.shape == (2, 5)
    assert np.nanmax(then[0]) == pytest.approx(last)


def test_cutting_the_panel_cuts_what_drivers_knew_later(workspace: Workspace) -> None:
    placed(workspace)
    stays(workspace, month=3)
    panel = build(spec(), workspace).panel
    assert set(panel.until("2020").drivers["length_of_stay"].known) == {"2018", "2019", "2020"}


def test_a_lag_of_two_quarters_lies_on_the_line_between_years(workspace: Workspace) -> None:
    placed(workspace)
    stays(workspace, month=3)
    driver = build(spec("2Q"), workspace).panel.drivers["length_of_stay"]
    np.testing.assert_allclose(driver.known["2022"][0][:3], [17.5, 18.5, 19.5])


def test_a_driver_without_data_is_left_out_and_said(workspace: Workspace) -> None:
    placed(workspace)
    found = build(spec(), workspace)
    assert not found.panel.drivers
    assert found.notes == (
        "driver length_of_stay is left out: there is no data for length_of_stay",
    )


def test_the_driver_s_vintage_is_among_those_that_were_read(workspace: Workspace) -> None:
    placed(workspace)
    stays(workspace, month=3)
    assert {v.dataset for v in build(spec(), workspace).used} == {"anbaar9", "length_of_stay"}


def test_a_driver_of_several_series_an_area_is_refused(workspace: Workspace) -> None:
    placed(workspace)
    rows = [cell("placed", "751", "2020", 5.0, "2021-05-20") | {"age": a} for a in ("0-5", "6-11")]
    store(workspace, "isbu02", [r | {"measure": "supported", "service": r["age"]} for r in rows])
    asked = ModelSpec(
        name="mine", title={"da": "x", "en": "x"}, measure="placed", data="anbaar9",
        scale="log", horizon=2, drivers={"supported_children": {"lag": "1Y"}},
    )  # fmt: skip
    with pytest.raises(DataError, match="several series an area"):
        build(asked, workspace)

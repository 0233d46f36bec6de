"""What is known by region only is its municipalities' too, said as such."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.futures import Steady
from support.panels import social
from support.reports import saved

from forecast import areas, registry
from forecast.engine.options import EngineOptions
from forecast.engine.training import train
from forecast.errors import DataError
from forecast.panel import Panel
from forecast.projection import demand, demandtables
from forecast.projection.demand import Loaded
from forecast.reporting import suppression, wording
from forecast.reporting.document import Table
from forecast.reporting.view import Store, View
from forecast.sections import demand as section
from forecast.series import onseries
from forecast.workspace import Workspace

REGIONS = ["081", "082", "083", "084", "085"]


def stays() -> Panel:
    """Return lengths of stay of the five regions."""
    values = 20 - np.arange(5.0)[:, None] - 0.3 * np.arange(8.0)[None]
    keys = pd.DataFrame({"area": REGIONS, "region": REGIONS})
    return Panel(values, keys, tuple(str(2016 + t) for t in range(8)), None, "length_of_stay")


def loaded() -> Any:
    return Loaded("length_of_stay", Steady(stays(), EngineOptions(horizon=3)))  # type: ignore[arg-type]  # stands for a model


def test_a_municipality_has_its_region_s_forecast_interval_and_history() -> None:
    model = loaded()
    table = demandtables.table(demand.simulate(model, 2026, 50, 1))
    past = demandtables.history(model)
    for frame in (table, past):
        assert set(frame["area"]) == {*REGIONS, *areas.municipalities()}
    for code in areas.municipalities():
        for frame in (table, past):
            own, region = (
                frame[frame["area"] == c].drop(columns="area").reset_index(drop=True)
                for c in (code, areas.region_of(code))
            )
            pd.testing.assert_frame_equal(own, region)
    assert model.inherited


def test_what_municipalities_report_is_not_inherited() -> None:
    keys = pd.DataFrame({"area": ["101", "751"], "region": ["084", "082"]})
    source = Panel(np.ones((2, 4)), keys, ("2020", "2021", "2022", "2023"), None, "supported_share")
    model: Any = Steady(source, EngineOptions(horizon=2))
    assert not Loaded("support_share", model).inherited


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize(("area", "said"), [("751", 1), ("082", 0)])
def test_the_report_of_a_municipality_says_that_numbers_are_its_region_s(
    language: str, area: str, said: int
) -> None:
    made = saved()
    name = str(made.table("demand")["model"].iloc[0])
    models = {n: {**m, "inherited": n == name} for n, m in made.meta["models"].items()}
    made = replace(made, meta={**made.meta, "models": models})
    view = View(Store(made), area, wording.load(language), suppression.shield(made))
    built = section.build(view)
    assert built is not None
    notes = [note for b in built.blocks if isinstance(b, Table) for note in b.notes]
    assert sum(areas.get("082").name in note for note in notes) == said


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    options = EngineOptions(horizon=2, origins=2, methods={"naive": {}, "drift": {}})
    model = train(stays(), options, 1)

    class Info:
        version = 1

    monkeypatch.setattr(registry, "load", lambda *_: (model, Info()))


@pytest.mark.usefixtures("shown")
def test_show_opens_the_region_for_a_municipality_and_says_so(workspace: Workspace) -> None:
    (aarhus,) = onseries.opened(workspace, "length_of_stay", municipality="Aarhus")
    (region,) = onseries.opened(workspace, "length_of_stay", municipality="082")
    assert aarhus.inherited == areas.get("082").name
    assert region.inherited == ""
    pd.testing.assert_frame_equal(aarhus.ahead, region.ahead)
    assert aarhus.plain()["inherited"] == areas.get("082").name


def test_show_does_not_open_a_region_where_municipalities_have_series(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    options = EngineOptions(groups=("service",), horizon=2, origins=2, methods={"naive": {}})
    model = train(social(), options, 1)
    monkeypatch.setattr(registry, "load", lambda *_: (model, None))
    with pytest.raises(DataError, match=r"^Aarhus \(751\) is not in this model, which is of \w+"):
        onseries.opened(workspace, "mine", municipality="Aarhus")


def test_a_division_that_a_model_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    options = EngineOptions(groups=("service",), horizon=2, origins=2, methods={"naive": {}})
    model = train(social(), options, 1)
    monkeypatch.setattr(registry, "load", lambda *_: (model, None))
    area = str(model.panel.keys["area"].iloc[0])
    with pytest.raises(DataError, match="age '18-64' is not in this model: it has no age"):
        onseries.opened(workspace, "mine", municipality=area, age="18-64")

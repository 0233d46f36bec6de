"""A workspace's own dataset and model, one TOML each, go every way that the shipped ones go."""

from __future__ import annotations

import pytest
from support.few_places import MADE
from support.own_model import NAME, brought, rows, specified

from forecast import projection, registry, specs
from forecast.registry import VersionInfo
from forecast.reporting import causes, modelview, wording
from forecast.reporting.document import Paragraph
from forecast.status import status
from forecast.versions import changes, monitoring, record, reproduction, training
from forecast.versions.splitting import Wanted
from forecast.workspace import Workspace


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two trainings of a model that no other workspace has; not to be changed."""
    folder = tmp_path_factory.mktemp("own")
    workspace = Workspace(folder / "w")
    specified(workspace)
    brought(workspace, folder, rows(2023), "2024-05-01T09:00:00")
    training.train(workspace, NAME, known_at=None, seed=1, made=MADE)
    brought(workspace, folder, rows(2024, 1.4), "2025-05-01T09:00:00")
    training.train(workspace, NAME, known_at=None, seed=1, made=MADE)
    return workspace


def versions(own: Workspace) -> tuple[VersionInfo, VersionInfo]:
    return registry.version(own, NAME, 1), registry.version(own, NAME, 2)


def test_status_names_its_data_and_how_they_come(own: Workspace) -> None:
    [need] = [n for n in status(own).needs if n.dataset == NAME]
    assert (need.title, need.wanted_by) == ("People with support at home", (NAME,))
    assert (need.state, need.command) == ("here", f"forecast data template {NAME}")
    assert status(own).models[NAME] == 1


def test_its_training_is_recorded_and_reproduced(own: Workspace) -> None:
    _, new = versions(own)
    sources = registry.facts(own, new, "sources")
    assert {(s["dataset"], s["role"]) for s in sources} == {(NAME, "data")}
    assert reproduction.reproduce(own, new).identical
    assert monitoring.monitor(own, new).count == 0


def test_a_change_of_its_forecast_is_explained(own: Workspace) -> None:
    old, new = versions(own)
    found = changes.explain(own, old, new, Wanted("751", tried=1))
    change = float(found.after.sum() - found.before.sum())
    assert abs(change) > 1
    assert float(found.total.sum()) == pytest.approx(change)
    assert {"data added", "data revised"} <= set(found.total.index)
    for language, title in (("da", "Bostøtte i eget hjem"), ("en", "Support at home")):
        said = causes.of_forecast(found, specs.model(NAME, own), wording.load(language))[0]
        assert isinstance(said, Paragraph)
        assert said.text.startswith(f"Aarhus, 2028, {title}: version 1 ")


def test_what_a_version_says_is_what_a_projection_from_it_says(own: Workspace) -> None:
    """Of the same seed: the causes of a change and a budget report must not tell two numbers."""
    version = registry.table(own, versions(own)[0], "forecast")  # the champion
    bundle = projection.project(own, 2026, seed=1, size=record.SAID, today="2025-06-01")
    demand = bundle.table("demand").query("series == 'forecast'")
    keys = ["area", "period", "quantile"]
    both = version.astype({"area": str}).merge(demand.astype({"area": str}), on=keys)
    assert set(both["quantile"].dropna()) == set(record.LEVELS)
    assert both["quantile"].isna().any()
    assert both["value_x"].to_numpy() == pytest.approx(both["value_y"].to_numpy(), rel=1e-6)


def test_reports_call_it_by_its_title(own: Workspace) -> None:
    _, new = versions(own)
    assert "Bostøtte i eget hjem" in modelview.report(own, new, "da", "2025-06-01").title
    bundle = projection.project(own, 2026, size=20, today="2025-06-01")
    entry = bundle.meta["models"][NAME]
    assert (entry["title_da"], entry["title_en"]) == ("Bostøtte i eget hjem", "Support at home")
    assert entry["data"] == NAME  # the counts that claims name as their source

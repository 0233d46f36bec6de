"""Two trainings of one model, made once: the second knows more, and one figure was revised."""

import shutil
from pathlib import Path

import pytest
from support.few_places import few_places, revise, trained

from forecast.workspace import Workspace


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="session")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Version 1 as known at the end of 2023, version 2 as known now; not to be changed."""
    workspace = few_places(tmp_path_factory.mktemp("twice") / "w")
    trained(workspace, known_at="2023-12-31")
    revise(workspace)
    trained(workspace)
    return workspace


@pytest.fixture
def copied(twice: Workspace, tmp_path: Path) -> Workspace:
    """A copy that a test may change."""
    shutil.copytree(twice.root, tmp_path / "copy")
    return Workspace(tmp_path / "copy")

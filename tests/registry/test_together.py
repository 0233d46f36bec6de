"""Two trainings at once, on the embedded store and on PostgreSQL."""

import time
from pathlib import Path

import pytest
from support.analysts import ANALYSTS, together
from support.mlflow_server import mlflow_server
from support.postgres import postgres

from forecast import registry
from forecast.registry import Made
from forecast.registry.check import check
from forecast.workspace import Workspace

ROUNDS = 20
FRESH = 4  # in so many of the rounds, both make the store


def _rounds(folder: Path) -> list[Path]:
    return [folder / f"w{n * FRESH // ROUNDS}" for n in range(ROUNDS)]


def _all_there(root: Path) -> None:
    workspace, model = Workspace(root), f"model_{root.name}"
    infos = registry.versions(workspace, model)
    expected = ANALYSTS * ROUNDS // FRESH
    assert [info.version for info in infos] == list(range(1, expected + 1))
    assert len({info.run_id for info in infos}) == expected
    held = [alias for info in infos for alias in info.aliases]
    assert sorted(held) == ["challenger", "champion"]
    assert check(workspace, Made("a test", "2026-05-02T00:00:00")) == []


@pytest.mark.e2e
def test_twenty_rounds_on_sqlite(tmp_path: Path) -> None:
    begun = time.monotonic()
    assert together(_rounds(tmp_path)) == []
    for root in sorted(set(_rounds(tmp_path))):
        _all_there(root)
    print(f"SQLite: {ROUNDS} rounds of {ANALYSTS}, {time.monotonic() - begun:.0f} s")


@pytest.mark.service
def test_twenty_rounds_on_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres() as database, mlflow_server(database, tmp_path / "server") as server:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", server.address)
        begun = time.monotonic()
        assert together(_rounds(tmp_path), server.address) == []
        for root in sorted(set(_rounds(tmp_path))):
            _all_there(root)
        print(f"PostgreSQL: {ROUNDS} rounds of {ANALYSTS}, {time.monotonic() - begun:.0f} s")

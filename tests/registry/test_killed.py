"""SIGKILL at random moments of training, promotion and rollback."""

import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from support.small_model import SmallModel, small_record
from support.victim import MODEL, kill_after

from forecast import registry
from forecast.registry import Made
from forecast.registry.check import check
from forecast.seeds import generator
from forecast.workspace import Workspace

KILLS = 50
FRESH = 6
LONGEST = 1.2  # seconds; a training takes about a third of one, so all acts are hit
ME = Made("a test", "2026-06-01T10:00:00")

# What a reader of the database alone would call cut off: runs, and models, without a version.
_RUNS = """SELECT count(*) FROM runs WHERE lifecycle_stage = 'active'
           AND run_uuid NOT IN (SELECT run_id FROM model_versions)"""
_MODELS = """SELECT count(*) FROM logged_models WHERE lifecycle_stage = 'active'
             AND artifact_location NOT IN (SELECT storage_location FROM model_versions)"""


def _counted(workspace: Workspace, query: str) -> int:
    with sqlite3.connect(workspace.store) as database:
        return int(database.execute(query).fetchone()[0])


@pytest.mark.e2e
def test_champion_loads_after_each_of_fifty_kills(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    registry.log(workspace, SmallModel(), small_record())
    draws, found = generator(20260501, "kills"), Counter[str]()
    for kill in range(KILLS):
        kill_after(workspace.root, kill, float(draws.uniform(0, LONGEST)))
        loaded, _ = registry.load(workspace, MODEL)
        assert loaded.simulate(1, 1, 1).values.shape == (6, 1, 1)
        findings = check(workspace, ME)
        kinds = Counter(f.kind for f in findings)
        assert kinds["run"] == _counted(workspace, _RUNS)
        models = [f for f in findings if f.what.startswith("m-") and "without" in f.text]
        assert len(models) == _counted(workspace, _MODELS)
        found += kinds
        assert all(f.mended for f in check(workspace, ME, repair=True))
        assert check(workspace, ME) == []
    numbers = [info.version for info in registry.versions(workspace, MODEL)]
    assert numbers == list(range(1, len(numbers) + 1))
    print(f"{KILLS} kills, {len(numbers)} versions whole; left behind and cleared: {dict(found)}")
    assert found  # else the moments were all between two acts, and nothing was tried


@pytest.mark.e2e
def test_training_works_after_a_kill_while_the_store_is_made(tmp_path: Path) -> None:
    draws = generator(20260501, "fresh")
    for kill in range(FRESH):
        workspace = Workspace(tmp_path / f"w{kill}")
        kill_after(workspace.root, 0, float(draws.uniform(0, 3 * LONGEST)))
        check(workspace, ME, repair=True)
        registry.log(workspace, SmallModel(), small_record())
        assert registry.load(workspace, MODEL)[1].aliases == ("champion",)
        assert check(workspace, ME) == []

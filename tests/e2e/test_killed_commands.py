"""Commands killed at random moments; fifty of them: benchmarks/versions_kills.py."""

from pathlib import Path

import pytest

from benchmarks import versions_kills

KILLS = 6


@pytest.mark.e2e
def test_champion_loads_and_repair_ends_clean_after_each_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    ground = versions_kills.prepared(tmp_path / "w")
    outcome = versions_kills.kill_all(ground, KILLS, 20260501)
    assert outcome.wrong == []
    assert sum(outcome.cut.values()) > 0  # else nothing was tried
    assert outcome.versions >= 2


@pytest.mark.e2e
def test_what_is_left_in_the_store_is_seen_without_our_own_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look that checks are held against finds a run without a version, and a stray folder."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    ground = versions_kills.prepared(tmp_path / "w")
    assert versions_kills.leftovers(ground) == set()
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{ground.workspace.store}")
    experiment = client.search_experiments()[0].experiment_id
    run = client.create_run(experiment).info.run_id
    (ground.workspace.artifacts / "stray").mkdir()
    assert versions_kills.leftovers(ground) == {run, "stray"}

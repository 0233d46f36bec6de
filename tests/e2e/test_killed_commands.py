"""Commands killed at random moments; fifty of them: benchmarks/versions_kills.py."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import versions_kills
from forecast import registry
from forecast.dataroom import intake
from forecast.registry import Made
from forecast.registry.check import check
from forecast.workspace import Workspace

KILLS = 6
PATIENCE = 60  # seconds


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


def children(process: int) -> list[str]:
    """Return the numbers of a process's children, those aside that have ended."""
    try:
        found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        return [n for n in found if " Z " not in Path(f"/proc/{n}/stat").read_text()]
    except FileNotFoundError:
        return []


def waited(for_: Callable[[], bool]) -> bool:
    """Whether something came true before patience ended."""
    end = time.monotonic() + PATIENCE
    while not (there := for_()) and time.monotonic() < end:
        time.sleep(0.1)
    return there


@pytest.mark.e2e
def test_a_training_that_is_stopped_ends_its_workers_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    workspace = Workspace(tmp_path / "w")
    intake.demo(workspace)
    words = ("train", "recipients_adults", "recipients_children", "--jobs", "2")
    process = subprocess.Popen(
        [sys.executable, "-m", "forecast", *words, "--workspace", str(workspace.root)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert waited(lambda: len(children(process.pid)) >= 2)
    workers = children(process.pid)
    process.terminate()
    out, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (143, "")
    assert said.splitlines()[-1] == "error: stopped from outside; what was not finished is not kept"
    assert "Traceback" not in said
    assert waited(lambda: not any(Path(f"/proc/{number}/exe").exists() for number in workers))
    assert registry.models(workspace) == []
    assert check(workspace, Made("a test", "2026-05-01T09:00:00")) == []

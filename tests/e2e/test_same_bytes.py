"""The same bundle gives the same files, whoever renders it, wherever and when."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.demonstration import Demo

from forecast.bundle import TABLES, Bundle
from forecast.workspace import Workspace

pytestmark = pytest.mark.e2e
FORMATS = "html,pdf,docx,xlsx,data"
REPORTS = {
    "budget": ("budget", "--municipality", "825", "--bundle", "latest"),
    "negotiation": ("negotiation", "--bundle", "latest", "--language", "en"),
    "model": ("model", "homelessness", "--no-log"),
    "compare": ("compare", "OLDER", "latest", "--region", "081"),
}
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "FORECAST_NOW": "2026-05-01"}
THERE = {
    **{"PYTHONHASHSEED": "424242", "TZ": "Pacific/Kiritimati", "LC_ALL": "da_DK.UTF-8"},
    **{"LANG": "tr_TR.UTF-8", "FORECAST_NOW": "2026-08-17", "HOME": "/nowhere", "USER": "other"},
}


def beside_an_older(workspace: Workspace, root: Path) -> tuple[Workspace, str]:
    """A workspace with a projection and one of older knowledge, and the id of that one."""
    newest, copy = Bundle.load(workspace), Workspace(root)
    shutil.copytree(workspace.bundles / newest.id, copy.bundles / newest.id)
    day = "2025-12-01"
    older = Bundle(
        meta={**newest.meta, "known_at": day, "today": day},
        frames={name: newest.table(name) for name in TABLES},
        futures={name: newest.draws(name) for name in newest.draw_names},
    )
    return copy, older.save(copy.bundles).id


def written(
    workspace: Workspace, words: tuple[str, ...], out: Path, environment: dict[str, str]
) -> dict[str, bytes]:
    """The files of a report, made in a process of its own, in a folder of its own."""
    out.mkdir(parents=True)
    places = ["--workspace", str(workspace.root.resolve()), "--out", str(out)]
    command = [sys.executable, "-m", "forecast", "report", *words]
    done = subprocess.run(
        [*command, "--format", FORMATS, *places],
        cwd=out, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.mark.parametrize("report", REPORTS)
def test_two_processes_write_the_same_bytes(demo: Demo, report: str, tmp_path: Path) -> None:
    workspace, words = demo.workspace, REPORTS[report]
    if "OLDER" in words:
        workspace, older = beside_an_older(workspace, tmp_path / "w")
        words = tuple(older if word == "OLDER" else word for word in words)
    first = written(workspace, words, tmp_path / "a", HERE)
    # the model's report states its own date
    later = THERE if report != "model" else THERE | {"FORECAST_NOW": HERE["FORECAST_NOW"]}
    second = written(workspace, words, tmp_path / "much" / "deeper", later)
    assert len(first) == len(FORMATS.split(","))
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []

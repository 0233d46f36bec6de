"""Whole pulls by the command: twice, and killed in the middle at random moments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support import statbank_tables
from support.statbank_server import StatBank

from forecast import vintages
from forecast.workspace import Workspace

pytestmark = pytest.mark.e2e
KILLS = 10


@pytest.fixture(scope="module")
def bank() -> Iterator[StatBank]:
    with StatBank(statbank_tables.everything()) as server:
        yield server


def command(bank: StatBank, workspace: Workspace) -> subprocess.Popen[str]:
    env = {
        **os.environ,
        "FORECAST_STATBANK_URL": bank.url,
        "FORECAST_WORKSPACE": str(workspace.root),
    }
    run = [sys.executable, "-m", "forecast", "data", "pull", "--all"]
    return subprocess.Popen(
        run, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip


def finished(bank: StatBank, workspace: Workspace) -> str:
    process = command(bank, workspace)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def test_the_second_pull_pulls_nothing(bank: StatBank, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    before = bank.count("data")
    assert f"came: {len(bank.tables)} (" in finished(bank, workspace)
    assert bank.count("data") - before == len(bank.tables)
    again = finished(bank, workspace)
    assert "came: 0\n" in again
    assert f"already here: {len(bank.tables)} (" in again
    assert "failed: 0" in again
    assert bank.count("data") - before == len(bank.tables)


def test_a_pull_that_is_killed_ten_times_ends_complete(bank: StatBank, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    rng = np.random.default_rng(20260501)
    held = []
    for _ in range(KILLS):
        process = command(bank, workspace)
        time.sleep(float(rng.uniform(0.8, 3.0)))
        process.send_signal(signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
        for vintage in vintages.listing(workspace):
            vintage.verify()
        held.append(len(vintages.listing(workspace)))
    assert held == sorted(held)
    assert "failed: 0" in finished(bank, workspace)
    stored = vintages.listing(workspace)
    assert len(stored) == len(bank.tables)
    for vintage in stored:
        vintage.verify()
    assert not list(workspace.vintages.rglob(".*.part"))
    assert not list(workspace.vintages.glob(".incoming-*"))
    print(f"vintages after each kill: {held}; at the end {len(stored)}, all hashes verify")

"""One demonstration for all tests of this folder, however many processes run them."""

import json
import os
import time
from pathlib import Path

import pytest
from support.commands import forecast
from support.demonstration import Demo

from forecast.bundle import Bundle

MADE = "FORECAST_DEMO"  # names the folder of a demonstration that was made before
PATIENCE = 1800  # seconds that a test waits for the demonstration that another process makes


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """One demonstration, in an empty folder; the first process that asks makes it."""
    if MADE in os.environ:
        return Demo(Path(os.environ[MADE]), [], "")
    base = tmp_path_factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / "newcomer", root / "newcomer.json"
    try:
        folder.mkdir()
    except FileExistsError:
        _wait(done)
    else:
        ran = forecast("demo", "--out", "here", cwd=folder)
        told = {"code": ran.returncode, "out": ran.stdout, "talk": ran.stderr}
        partial = root / "newcomer.part"
        partial.write_text(json.dumps(told), encoding="utf-8")
        partial.rename(done)
    told = json.loads(done.read_text(encoding="utf-8"))
    assert told["code"] == 0, told["talk"]
    paths = [folder / line for line in told["out"].splitlines()]
    return Demo(folder / "here", paths, told["talk"])


def _wait(done: Path) -> None:
    for _ in range(PATIENCE):
        if done.is_file():
            return
        time.sleep(1)
    pytest.fail("the demonstration that another process makes did not end")


@pytest.fixture(scope="session")
def bundle(demo: Demo) -> Bundle:
    """The demonstration's projection."""
    return demo.bundle

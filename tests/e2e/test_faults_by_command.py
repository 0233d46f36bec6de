"""What goes wrong in the store, met by whole commands: a sentence, and nothing is lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.few_places import MODEL, few_places
from support.mlflow_server import mlflow_server
from support.postgres import free_port, postgres

from forecast.workspace import Workspace

NOW = "2026-05-01T09:00:00"


@dataclass(frozen=True)
class Analyst:
    """Types commands in a workspace, each a process of its own."""

    root: Path
    settings: dict[str, str] = field(default_factory=dict)

    def starts(self, *words: str) -> "subprocess.Popen[str]":
        kept = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
        command = [sys.executable, "-m", "forecast", *words, "--workspace", str(self.root)]
        return subprocess.Popen(
            command, env={**kept, "FORECAST_NOW": NOW, **self.settings}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def types(self, *words: str) -> str:
        """Return stdout of a command that succeeds, without a warning from a library."""
        with self.starts(*words) as process:
            out, err = process.communicate()
        assert process.returncode == 0, err
        assert "Warning" not in err
        return out

    def is_refused(self, *words: str) -> str:
        """Return the one sentence with which a command is refused."""
        with self.starts(*words) as process:
            return sentence(process)

    @property
    def versions(self) -> list[str]:
        """The versions that `models list` shows."""
        lines = self.types("models", "list").splitlines()
        return [line.split()[0] for line in lines if "@" in line]


def sentence(process: "subprocess.Popen[str]") -> str:
    """Return what a command that was refused said, which is one sentence."""
    out, err = process.communicate()
    assert process.returncode == 1, (out, err)
    assert "Traceback" not in err
    assert err.count("error: ") == 1
    return err


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one version; not to be changed."""
    root = tmp_path_factory.mktemp("once") / "w"
    few_places(root)
    Analyst(root).types("train", MODEL)
    return root


@pytest.fixture
def disc(tmp_path: Path) -> Iterator[Path]:
    """A disc of its own of twelve megabytes; only root may mount one."""
    folder = tmp_path / "disc"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disc can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.service
def test_training_on_a_full_disc_and_after_it(disc: Path, trained: Path) -> None:
    shutil.copytree(trained, disc / "w")
    analyst, filler = Analyst(disc / "w"), disc / "filler"
    assert analyst.versions == [f"{MODEL}@1"]  # the first use of a copy mends its paths
    room = os.statvfs(disc)
    filler.write_bytes(b"\0" * (room.f_bavail * room.f_frsize - 20_000))
    said = analyst.is_refused("train", MODEL)
    assert "has no room left; nothing was registered" in said
    assert analyst.versions == [f"{MODEL}@1"]
    filler.unlink()
    analyst.types("models", "check", "--repair")
    assert analyst.types("models", "check") == "the store is in order\n"
    assert analyst.types("train", MODEL) == f"{MODEL}@2  challenger\n"


@pytest.mark.service
def test_a_read_only_workspace_can_be_read(disc: Path, trained: Path) -> None:
    shutil.copytree(trained, disc / "w")
    analyst = Analyst(disc / "w")
    assert analyst.versions == [f"{MODEL}@1"]  # the first use of a copy mends its paths
    subprocess.run(["mount", "-o", "remount,ro", str(disc)], check=True)
    assert analyst.versions == [f"{MODEL}@1"]
    assert "specification" in analyst.types("models", "show", MODEL)
    assert "first" in analyst.types("models", "history", MODEL)
    said = analyst.is_refused("train", MODEL)
    assert "is read-only for you; nothing was changed" in said
    said = analyst.is_refused("models", "promote", f"{MODEL}@1")
    assert "is the champion already" in said


@pytest.mark.e2e
def test_a_store_of_an_older_mlflow_is_named_and_brought_up_to_date(
    trained: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained, tmp_path / "w")
    analyst = Analyst(tmp_path / "w")
    _downgraded(Workspace(analyst.root))
    for words in (("train", MODEL), ("models", "list"), ("models", "show", MODEL)):
        said = analyst.is_refused(*words)
        assert "was written by an older MLflow; `forecast models check --repair`" in said
    assert "schema" in analyst.starts("models", "check").communicate()[0]
    assert "upgraded; copy in" in analyst.types("models", "check", "--repair")
    assert analyst.types("train", MODEL) == f"{MODEL}@2  challenger\n"
    assert analyst.versions == [f"{MODEL}@1", f"{MODEL}@2"]


@pytest.mark.service
def test_server_that_goes_away_while_a_training_is_written(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "w")
    port, folder = free_port(), tmp_path / "server"
    analyst = Analyst(tmp_path / "w", {"MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"})
    with postgres() as database:
        with mlflow_server(database, folder, port) as server:
            assert analyst.types("train", MODEL) == f"{MODEL}@1  champion\n"
            with analyst.starts("train", MODEL) as process:
                _await_run(database)
                server.stop()
                said = sentence(process)
        assert "does not answer; nothing that was registered is lost" in said
        assert "does not answer" in analyst.is_refused("models", "list")
        with mlflow_server(database, folder, port):
            assert analyst.versions == [f"{MODEL}@1"]
            assert "was cut off" in analyst.starts("models", "check").communicate()[0]
            analyst.types("models", "check", "--repair")
            assert analyst.types("models", "check") == "the store is in order\n"
            assert analyst.types("train", MODEL) == f"{MODEL}@2  challenger\n"


def _await_run(database: str) -> None:
    """Wait until a training is being written, seen in the server's own database."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(database)
    deadline = time.monotonic() + 300
    query = sqlalchemy.text("SELECT count(*) FROM runs WHERE status = 'RUNNING'")
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(query).scalar_one():
                engine.dispose()
                return
        time.sleep(0.01)
    raise AssertionError("no training began to be written")


def _downgraded(workspace: Workspace) -> None:
    """Take the store back by the last migration, as an older MLflow would have left it."""
    from alembic import command
    from mlflow.store.db import utils

    migrations: Any = utils
    command.downgrade(migrations._get_alembic_config(f"sqlite:///{workspace.store}"), "-1")
    with sqlite3.connect(workspace.store) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

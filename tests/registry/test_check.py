"""What a cut-off command leaves behind is found, named and cleared away."""

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.small_model import SmallModel, small_record

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import Decision, Made, aliases, clearing, writing
from forecast.registry.check import check
from forecast.registry.store import Store, open_store
from forecast.workspace import Workspace

MODEL = "recipients_adults"
ME = Made("a test", "2026-06-01T10:00:00")


class PowerCut(BaseException):
    """Stands for a process that ends without another line of code."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("check") / "w")
    for _ in range(2):
        registry.log(workspace, SmallModel(), small_record())
    return workspace


@pytest.fixture
def store(prepared: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(prepared.root, tmp_path / "w")
    return Workspace(tmp_path / "w")


def cut_off(at: str, store: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train, and end without cleaning up when the client is about to do `at`."""
    client = type(open_store(store).client)

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(client, at, cut)
        patch.setattr(writing, "_undo", lambda *_: None)
        with pytest.raises(PowerCut):
            registry.log(store, SmallModel(), small_record())


def kinds(workspace: Workspace, *, repair: bool = False) -> list[str]:
    return sorted(finding.kind for finding in check(workspace, ME, repair=repair))


def test_files_of_a_training_cut_off_on_a_database_without_a_server_are_cleared_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    workspace = Workspace(tmp_path / "w")
    registry.log(workspace, SmallModel(), small_record())
    whole = sorted(workspace.artifacts.rglob("*"))
    (workspace.artifacts / "of others").mkdir()
    cut_off("create_model_version", workspace, monkeypatch)
    assert len(sorted(workspace.artifacts.rglob("*"))) > len(whole) + 1
    assert kinds(workspace, repair=True) == ["files", "run"]
    (workspace.artifacts / "of others").rmdir()
    assert sorted(workspace.artifacts.rglob("*")) == whole


def without_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a version that a database elsewhere knows, as PostgreSQL would."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    workspace = Workspace(tmp_path / "w")
    registry.log(workspace, SmallModel(), small_record())
    return workspace


def test_folders_that_a_cut_off_repair_left_without_a_server_are_named_and_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = without_server(tmp_path, monkeypatch)
    whole = sorted(workspace.artifacts.rglob("*"))
    cut_off("create_model_version", workspace, monkeypatch)
    with monkeypatch.context() as patch:  # the database is cleared, the folders are left
        patch.setattr(clearing, "remove_files", lambda *_: None)
        patch.setattr(clearing, "unknown", lambda *_: iter(()))
        left = {finding.what for finding in check(workspace, ME, repair=True)}
    (workspace.artifacts / "of others").mkdir()
    (workspace.artifacts / "models" / "m-of-others").mkdir()
    found = check(workspace, ME)
    assert {finding.what for finding in found} == left
    assert len(left) == 2  # a run's and a model's
    assert {finding.kind for finding in found} == {"files"}
    assert all("belongs to no training" in finding.text for finding in found)
    assert all(finding.mended == "removed" for finding in check(workspace, ME, repair=True))
    assert check(workspace, ME) == []
    (workspace.artifacts / "of others").rmdir()
    (workspace.artifacts / "models" / "m-of-others").rmdir()
    assert sorted(workspace.artifacts.rglob("*")) == whole


def test_a_training_that_is_refused_without_a_server_leaves_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = without_server(tmp_path, monkeypatch)
    whole = sorted(workspace.artifacts.rglob("*"))

    def refuse(*_: object, **__: object) -> None:
        raise OSError("refused")

    with monkeypatch.context() as patch:
        patch.setattr(type(open_store(workspace).client), "create_model_version", refuse)
        with pytest.raises(RegistryError, match="refused"):
            registry.log(workspace, SmallModel(), small_record())
    assert sorted(workspace.artifacts.rglob("*")) == whole
    assert check(workspace, ME) == []


def test_repair_of_the_workspaces_own_store_keeps_the_files_of_a_database_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = without_server(tmp_path, monkeypatch)
    address = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    registry.log(workspace, SmallModel(), small_record())
    cut_off("create_model_version", workspace, monkeypatch)
    assert kinds(workspace, repair=True) == ["files", "run"]
    assert check(workspace, ME) == []
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    assert check(workspace, ME) == []
    assert registry.load(workspace, MODEL)[1].version == 1


def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be one that may only read; root may write whatever the rights are."""
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)


def test_who_may_only_read_can_look(store: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    (store.root / ".store.lock").unlink()
    (store.artifacts / "0123456789abcdef").mkdir()
    before = sorted(store.root.rglob("*"))
    read_only(monkeypatch)
    assert kinds(store) == ["files"]
    assert sorted(store.root.rglob("*")) == before


def test_who_may_only_read_takes_no_training_at_work_for_a_cut_off_one(
    store: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off("create_logged_model", store, monkeypatch)
    read_only(monkeypatch)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        with sqlite3.connect(store.store) as database:
            database.execute(
                "UPDATE tags SET value = ? WHERE key = 'forecast.process'",
                (f"{platform.node()}:{other.pid}",),
            )
        assert kinds(store) == []
        other.communicate(b"\n")
    assert kinds(store) == ["run"]


def test_whole_store_is_in_order(store: Workspace) -> None:
    assert check(store, ME) == []


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("create_logged_model", ["run"]),
        ("log_model_artifacts", ["files", "run"]),
        ("finalize_logged_model", ["files", "run"]),
        ("log_batch", ["files", "run"]),
        ("set_terminated", ["files", "run"]),
        ("create_model_version", ["files", "run"]),
    ],
)
def test_training_cut_off_is_found_and_cleared(
    at: str, found: list[str], store: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(at, store, monkeypatch)
    assert kinds(store) == found
    assert kinds(store) == found  # looking changes nothing
    assert all(finding.mended for finding in check(store, ME, repair=True))
    assert check(store, ME) == []
    assert registry.load(store, MODEL)[1].version == 1
    assert [info.version for info in registry.versions(store, MODEL)] == [1, 2]
    assert len(list(store.artifacts.glob("models/m-*"))) == 2


def test_promotion_cut_off_between_history_and_alias(
    store: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(Store, "name_alias", cut)
        with pytest.raises(PowerCut):
            registry.promote(store, MODEL, "2", Decision(ME, "a reason"))
    assert registry.version(store, MODEL).version == 1
    (finding,) = check(store, ME)
    assert finding.kind == "history"
    assert "ends with champion 2, in use is version 1" in finding.text
    check(store, ME, repair=True)
    assert check(store, ME) == []
    assert registry.history(store, MODEL)[-1].action == "noted"
    assert registry.version(store, MODEL).version == 1


def test_first_training_cut_off_before_it_became_champion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path / "w")

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(aliases, "arrived", cut)
        with pytest.raises(PowerCut):
            registry.log(workspace, SmallModel(), small_record())
    with pytest.raises(RegistryError, match="has no champion"):
        registry.load(workspace, MODEL)
    assert kinds(workspace) == ["champion"]
    check(workspace, ME, repair=True)
    assert check(workspace, ME) == []
    assert registry.load(workspace, MODEL)[1].version == 1


def folder_of_nobody(workspace: Workspace) -> None:
    (workspace.artifacts / "0123456789abcdef").mkdir()


def unfinished_file(workspace: Workspace) -> None:
    (workspace.root / ".mlflow.db.x1.part").write_bytes(b"half a store")


@pytest.mark.parametrize("left", [folder_of_nobody, unfinished_file])
def test_leftover_files_are_removed(left: Callable[[Workspace], None], store: Workspace) -> None:
    left(store)
    assert kinds(store) == ["files"]
    assert kinds(store, repair=True) == ["files"]
    assert check(store, ME) == []


def test_damaged_version_is_named_and_kept(store: Workspace) -> None:
    for path in store.artifacts.glob("models/*/artifacts/data/state/about.json"):
        path.unlink()
    found = check(store, ME, repair=True)
    assert [(f.kind, f.what, f.mended) for f in found] == [
        ("version", f"{MODEL}@1", ""),
        ("version", f"{MODEL}@2", ""),
    ]
    assert len(registry.versions(store, MODEL)) == 2


def test_store_of_an_older_mlflow_is_brought_up_to_date(store: Workspace) -> None:
    with sqlite3.connect(store.store) as database:
        newest = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    _downgrade_one(store.store)
    with sqlite3.connect(store.store) as database:
        older = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    assert older != newest
    with pytest.raises(RegistryError, match="older MLflow; `forecast models check --repair`"):
        registry.load(store, MODEL)
    assert kinds(store) == ["schema"]
    assert kinds(store, repair=True) == ["schema"]
    assert registry.load(store, MODEL)[1].version == 1
    assert store.store.with_suffix(".db.before-upgrade").is_file()


def _downgrade_one(path: Path) -> None:
    """Take the store back by the last migration, as an older MLflow would have left it."""
    from alembic import command
    from mlflow.store.db import utils

    migrations: Any = utils
    command.downgrade(migrations._get_alembic_config(f"sqlite:///{path}"), "-1")


def test_store_of_a_newer_mlflow_is_a_sentence(store: Workspace) -> None:
    with sqlite3.connect(store.store) as database:
        database.execute("UPDATE alembic_version SET version_num = 'fedcba987654'")
    with pytest.raises(RegistryError, match="newer MLflow than the one installed"):
        registry.load(store, MODEL)


def test_store_that_is_no_database_is_a_sentence(store: Workspace) -> None:
    store.store.write_bytes(b"this is no database" * 100)
    with pytest.raises(RegistryError, match="put back a copy"):
        registry.load(store, MODEL)

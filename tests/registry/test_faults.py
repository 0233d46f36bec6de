"""A full disc, a read-only store, a server that goes away: a sentence, and nothing is lost."""

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from support.analysts import together
from support.mlflow_server import mlflow_server
from support.postgres import free_port, postgres
from support.small_model import SmallModel, small_record

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import Decision, Made
from forecast.registry.check import check
from forecast.registry.faults import told
from forecast.registry.store import open_store
from forecast.workspace import Workspace

MODEL = "recipients_adults"
ME = Made("a test", "2026-06-01T10:00:00")
WHY = Decision(ME, "a reason")
DISC = "4m"


@pytest.fixture
def disc(tmp_path: Path) -> Iterator[Path]:
    """A disc of its own of four megabytes; only root may mount one."""
    folder = tmp_path / "disc"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISC}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disc can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path, leave: int) -> Path:
    """Fill a disc up to some bytes."""
    filler = folder / "filler"
    room = os.statvfs(folder)
    filler.write_bytes(b"\0" * max(0, room.f_bavail * room.f_frsize - leave))
    return filler


def _until_refused(workspace: Workspace) -> None:
    for _ in range(20):
        registry.log(workspace, SmallModel(), small_record())


@pytest.mark.service
@pytest.mark.parametrize("leave", [0, 20_000, 60_000])
def test_full_disc(disc: Path, leave: int) -> None:
    workspace = Workspace(disc / "w")
    registry.log(workspace, SmallModel(), small_record())
    filler = _fill(disc, leave)
    with pytest.raises(RegistryError, match="has no room left; nothing was registered"):
        _until_refused(workspace)
    before = [info.version for info in registry.versions(workspace, MODEL)]
    assert registry.load(workspace, MODEL)[1].version == 1
    filler.unlink()
    check(workspace, ME, repair=True)
    assert check(workspace, ME) == []
    after = registry.log(workspace, SmallModel(), small_record())
    assert after.version == len(before) + 1


@pytest.mark.service
def test_no_room_for_the_store_itself(disc: Path) -> None:
    workspace = Workspace(disc / "w")
    _fill(disc, 100_000)
    with pytest.raises(RegistryError, match="has no room left"):
        registry.log(workspace, SmallModel(), small_record())
    assert not workspace.store.exists()
    assert not list(workspace.root.glob(".mlflow*"))


@pytest.mark.service
def test_read_only_store(disc: Path) -> None:
    workspace, model = Workspace(disc / "w"), "model_w"
    assert together([workspace.root]) == []  # by others: who has a file open keeps a disc writable
    subprocess.run(["mount", "-o", "remount,ro", str(disc)], check=True)
    assert registry.load(workspace, model)[1].version == 1
    for change in (
        partial(registry.log, workspace, SmallModel(), small_record(model)),
        partial(registry.promote, workspace, model, "2", WHY),
        partial(registry.rollback, workspace, model, WHY),
    ):
        with pytest.raises(RegistryError, match="is read-only for you; nothing was changed"):
            change()
    assert [info.version for info in registry.versions(workspace, model)] == [1, 2]
    assert check(workspace, ME) == []
    with pytest.raises(RegistryError, match="is read-only for you; nothing was changed"):
        check(workspace, ME, repair=True)


@pytest.mark.service
def test_a_read_only_store_in_another_place_is_read(disc: Path, tmp_path: Path) -> None:
    model = "model_w"
    assert together([disc / "w"]) == []
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run(["mount", "--bind", str(disc), str(elsewhere)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(elsewhere)], check=True)
        workspace = Workspace(elsewhere / "w")
        assert registry.load(workspace, model)[1].version == 1
        assert [info.version for info in registry.versions(workspace, model)] == [1, 2]
        assert check(workspace, ME) == []
        with pytest.raises(RegistryError, match="is read-only for you; nothing was changed"):
            registry.promote(workspace, model, "2", WHY)
    finally:
        subprocess.run(["umount", "-l", str(elsewhere)], check=True)


@pytest.mark.service
def test_server_goes_away_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port, folder = free_port(), tmp_path / "server"
    workspace = Workspace(tmp_path / "w")
    with postgres() as database:
        with mlflow_server(database, folder, port) as server:
            monkeypatch.setenv("MLFLOW_TRACKING_URI", server.address)
            registry.log(workspace, SmallModel(), small_record())
            client = type(open_store(workspace).client)
            with monkeypatch.context() as patch:
                patch.setattr(client, "finalize_logged_model", lambda *_: server.stop())
                with pytest.raises(RegistryError, match="does not answer; nothing that was"):
                    registry.log(workspace, SmallModel(), small_record())
            with pytest.raises(RegistryError, match="does not answer"):
                registry.load(workspace, MODEL)
        with mlflow_server(database, folder, port):
            assert registry.load(workspace, MODEL)[1].version == 1
            assert {finding.kind for finding in check(workspace, ME)} == {"run", "files"}
            check(workspace, ME, repair=True)
            assert check(workspace, ME) == []
            assert registry.log(workspace, SmallModel(), small_record()).version == 2


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(28, "No space left on device"), "has no room left"),
        (OSError(30, "Read-only file system"), "is read-only for you"),
        (PermissionError(13, "Permission denied"), "is read-only for you"),
        (ConnectionRefusedError(111, "Connection refused"), "does not answer"),
        (OSError(5, "something else"), "refused: .*something else"),
    ],
)
def test_fault_is_told_in_a_sentence(error: OSError, sentence: str) -> None:
    with pytest.raises(RegistryError, match=f"the store here {sentence}"), told("here"):
        raise error


def test_our_own_mistake_keeps_its_name() -> None:
    with pytest.raises(ZeroDivisionError), told("here"):
        _ = 1 / 0


@pytest.mark.parametrize("address", ["nonsense", "/srv/mlruns", "file:///srv/mlruns", "databricks"])
def test_an_address_that_is_no_store_is_a_sentence(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    with pytest.raises(RegistryError, match=f"is '{address}'; expected a server such as http"):
        registry.models(Workspace(tmp_path / "w"))

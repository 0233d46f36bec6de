import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.small_model import SmallModel, small_record

from forecast import registry
from forecast.errors import RegistryError
from forecast.registry import Decision, Made, moving
from forecast.workspace import Workspace

MODEL = "recipients_adults"
WHY = Decision(Made("an economist", "2026-06-01T10:00:00"), because="agreed in the steering group")


@pytest.fixture(scope="module")
def trained_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with three versions; tests that change it copy it."""
    workspace = Workspace(tmp_path_factory.mktemp("a folder") / "æøå")
    for day in (1, 2, 3):
        registry.log(workspace, SmallModel(), small_record(when=f"2026-05-0{day}T09:00:00"))
    return workspace


@pytest.fixture
def copied(trained_workspace: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(trained_workspace.root, tmp_path / "copy")
    return Workspace(tmp_path / "copy")


def test_first_version_becomes_champion_and_later_ones_challenge(
    trained_workspace: Workspace,
) -> None:
    infos = registry.versions(trained_workspace, MODEL)
    assert [(i.version, i.aliases) for i in infos] == [
        (1, ("champion",)),
        (2, ()),
        (3, ("challenger",)),
    ]


def test_nothing_of_the_folder_one_stands_in_goes_into_the_store(
    copied: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "another project"
    project.mkdir()
    for name in ("uv.lock", "pyproject.toml", ".python-version"):
        (project / name).write_text('version = "1"\n')
    monkeypatch.chdir(project)
    registry.log(copied, SmallModel(), small_record(when="2026-05-04T09:00:00"))
    assert registry.version(copied, MODEL, 4).version == 4
    assert not [p for p in project.iterdir() for _ in copied.root.rglob(p.name)]


def test_loaded_model_simulates_the_same_bytes(trained_workspace: Workspace) -> None:
    loaded, info = registry.load(trained_workspace, MODEL)
    ours = SmallModel().simulate(4, 5, 1).values
    assert info.version == 1
    assert np.array_equal(loaded.simulate(4, 5, 1).values, ours)


def test_everything_recorded_is_read_back(trained_workspace: Workspace) -> None:
    info = registry.version(trained_workspace, MODEL, 2)
    record = small_record()
    assert registry.spec_of(trained_workspace, info) == record.spec
    assert registry.facts(trained_workspace, info, "sources")[0]["id"] == record.sources[0].id
    assert registry.facts(trained_workspace, info, "software") == dict(record.software)
    assert registry.metrics(trained_workspace, info) == dict(record.metrics)
    assert registry.table(trained_workspace, info, "backtest").equals(record.tables["backtest"])
    assert info.tags["who"] == "an analyst"
    assert info.tags["synthetic"] == "true"


def test_copied_workspace_reads_its_own_files(copied: Workspace) -> None:
    registry.versions(copied, MODEL)
    with sqlite3.connect(copied.store) as database:
        stored = database.execute(
            "SELECT artifact_location FROM experiments WHERE name = 'social-forecast' "
            "UNION ALL SELECT artifact_uri FROM runs "
            "UNION ALL SELECT artifact_location FROM logged_models "
            "UNION ALL SELECT storage_location FROM model_versions"
        ).fetchall()
    assert len(stored) == 10
    assert all(path.startswith(copied.artifacts.as_uri()) for (path,) in stored)
    assert registry.load(copied, MODEL)[1].version == 1


def test_a_workspace_moved_to_where_it_can_only_be_read_is_read_and_left_as_it_is(
    copied: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "writable", lambda _: False)
    before = {p: p.read_bytes() for p in copied.root.rglob("*") if p.is_file()}
    first = registry.version(copied, MODEL, 1)
    assert registry.models(copied) == [MODEL]
    assert registry.champions(copied) == {MODEL: 1}
    assert registry.facts(copied, first, "software") == dict(small_record().software)
    shutil.rmtree(copied.artifacts / first.run_id)  # its own files were read, not the first place's
    with pytest.raises(RegistryError):
        registry.facts(copied, first, "software")
    for change in (registry.promote, lambda *a: registry.rollback(a[0], a[1], a[3])):
        with pytest.raises(RegistryError, match="is read-only for you; nothing was changed"):
            change(copied, MODEL, "3", WHY)
    after = {p: p.read_bytes() for p in copied.root.rglob("*") if p.is_file()}
    assert after.items() <= before.items()


def test_the_copy_of_a_store_that_can_only_be_read_follows_it(
    copied: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as reader:
        reader.setattr(moving, "writable", lambda _: False)
        assert registry.champions(copied) == {MODEL: 1}
        with sqlite3.connect(copied.store) as database:
            database.execute("UPDATE registered_model_aliases SET version = 2 WHERE version = 1")
        assert registry.champions(copied) == {MODEL: 2}


def test_promote_and_roll_back_leave_a_trail(copied: Workspace) -> None:
    registry.promote(copied, MODEL, "3", WHY)
    registry.promote(copied, MODEL, "2", WHY)
    assert registry.rollback(copied, MODEL, WHY).version == 3
    assert registry.rollback(copied, MODEL, WHY).version == 1
    with pytest.raises(RegistryError, match="no champion before version 1"):
        registry.rollback(copied, MODEL, WHY)
    trail = [(e.action, e.version, e.previous) for e in registry.history(copied, MODEL)]
    assert trail == [
        ("first", 1, 0),
        ("registered", 2, 0),
        ("registered", 3, 0),
        ("promoted", 3, 1),
        ("promoted", 2, 3),
        ("rolled back", 3, 2),
        ("rolled back", 1, 3),
    ]
    assert registry.history(copied, MODEL)[-1].because == WHY.because
    assert registry.history(copied, MODEL)[-1].who == "an economist"


def test_promoted_challenger_is_challenger_no_more(copied: Workspace) -> None:
    promoted = registry.promote(copied, MODEL, "challenger", WHY)
    assert promoted.aliases == ("champion",)
    with pytest.raises(RegistryError, match="is the champion already"):
        registry.promote(copied, MODEL, "3", WHY)


def test_damaged_files_are_not_loaded_and_not_promoted(copied: Workspace) -> None:
    for state in copied.artifacts.glob("models/*/artifacts/data/state/panel.npz"):
        state.write_bytes(state.read_bytes().replace(b"values", b"velues"))
    with pytest.raises(RegistryError, match="sha256 differs"):
        registry.load(copied, MODEL)
    with pytest.raises(RegistryError, match="sha256 differs"):
        registry.promote(copied, MODEL, "3", WHY)
    assert registry.version(copied, MODEL).version == 1


@pytest.mark.parametrize(
    "damage", [lambda p: p.write_bytes(b"x"), lambda p: shutil.rmtree(p.parent)]
)
def test_files_that_are_cut_or_gone_are_told_with_the_version_and_what_to_do(
    copied: Workspace, damage: Callable[[Path], object]
) -> None:
    for state in list(copied.artifacts.glob("models/*/artifacts/data/state/panel.npz")):
        damage(state)
    with pytest.raises(RegistryError, match=f"^{MODEL}@1: .*; put back a copy, or choose another"):
        registry.load(copied, MODEL)


def test_changed_table_is_not_read(copied: Workspace) -> None:
    info = registry.version(copied, MODEL, 1)
    table = copied.artifacts / info.run_id / "artifacts" / "tables" / "backtest.parquet"
    other = table.with_name("more.parquet")
    other.write_bytes(table.read_bytes())
    with pytest.raises(RegistryError, match="not those that were stored"):
        registry.table(copied, info, "backtest")


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("9", "has no version 9; it has 1 to 3"),
        ("challengr", "has no challengr"),
    ],
)
def test_unknown_version_is_a_sentence(
    trained_workspace: Workspace, which: str, sentence: str
) -> None:
    with pytest.raises(RegistryError, match=sentence):
        registry.version(trained_workspace, MODEL, which)


def test_mistyped_model_gets_a_suggestion(trained_workspace: Workspace) -> None:
    with pytest.raises(RegistryError, match="did you mean recipients_adults") as caught:
        registry.load(trained_workspace, "recipients_adlts")
    assert "forecast train" not in str(caught.value)  # training a mistyped name leads nowhere


@pytest.mark.parametrize("name", ["../evil", "a/b", "A", "", "x:y", "a" * 200])
def test_text_from_data_never_becomes_a_name(workspace: Workspace, name: str) -> None:
    with pytest.raises(RegistryError, match="no name of a model"):
        registry.log(workspace, SmallModel(), replace(small_record(), model=name))
    assert not workspace.root.exists()


def test_empty_workspace_is_read_without_making_a_store(workspace: Workspace) -> None:
    assert registry.models(workspace) == []
    assert registry.versions(workspace, MODEL) == []
    assert registry.history(workspace, MODEL) == []
    with pytest.raises(RegistryError, match="no model has been trained in the workspace"):
        registry.load(workspace, MODEL)
    assert not workspace.root.exists()


@pytest.mark.parametrize(
    ("text", "model", "which"),
    [
        ("homelessness", "homelessness", "champion"),
        ("homelessness@3", "homelessness", "3"),
        ("homelessness@challenger", "homelessness", "challenger"),
    ],
)
def test_reference_is_model_and_version(text: str, model: str, which: str) -> None:
    assert registry.parse(text) == (model, which)


def test_reference_to_nonsense_is_refused() -> None:
    with pytest.raises(RegistryError, match="names no version"):
        registry.parse("homelessness@latest")

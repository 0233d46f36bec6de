"""A bundle comes back as it was saved, refuses what was changed, and is named by its content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.bundles import bundle

from forecast.bundle import TABLES, Bundle, checked, empty, listing
from forecast.errors import ProjectionError
from forecast.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.at(tmp_path)


def test_saved_and_loaded_is_the_same(workspace: Workspace) -> None:
    saved = bundle().save(workspace.bundles)
    loaded = Bundle.load(workspace, saved.id[:6])
    assert loaded.meta == saved.meta
    for name in TABLES:
        pd.testing.assert_frame_equal(
            checked(name, loaded.table(name)), checked(name, saved.frames[name])
        )
    futures = loaded.draws("cost.gross")
    np.testing.assert_array_equal(
        futures.values, saved.futures["cost.gross"].values.astype(np.float32)
    )
    assert futures.periods == saved.futures["cost.gross"].periods
    assert list(futures.keys["area"]) == list(saved.futures["cost.gross"].keys["area"])


def test_same_content_same_id_other_content_other_id(workspace: Workspace, tmp_path: Path) -> None:
    first = bundle(seed=1).save(workspace.bundles)
    again = bundle(seed=1).save(tmp_path / "elsewhere")
    other = bundle(seed=2).save(workspace.bundles)
    assert first.id == again.id != other.id
    for path in (first.folder or tmp_path).rglob("*.*"):
        twin = (again.folder or tmp_path) / path.relative_to(first.folder or tmp_path)
        assert path.read_bytes() == twin.read_bytes()
    assert {meta["id"] for meta in listing(workspace)} == {first.id, other.id}


def test_changed_file_is_refused_by_name(workspace: Workspace) -> None:
    saved = bundle().save(workspace.bundles)
    assert saved.folder is not None
    (saved.folder / "cost.parquet").write_bytes(b"other")
    with pytest.raises(ProjectionError, match=r"cost\.parquet is missing or was changed"):
        Bundle.load(workspace)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"id": ', "holds no bundle that can be read"),
        ("[]", "holds no bundle that can be read"),
        ('{"id": "0123456789abcdef"}', "was changed after it was written"),
        (None, "was changed after it was written"),
    ],
)
def test_damaged_or_changed_metadata_are_a_sentence(
    workspace: Workspace, text: str | None, says: str
) -> None:
    saved = bundle().save(workspace.bundles)
    assert saved.folder is not None
    path = saved.folder / "meta.json"
    written = path.read_text(encoding="utf-8")
    changed = written.replace('"budget_year": 2027', '"budget_year": 2028')
    assert changed != written
    path.write_text(changed if text is None else text, encoding="utf-8")
    for read in (lambda: Bundle.load(workspace), lambda: listing(workspace)):
        with pytest.raises(ProjectionError, match=says):
            read()


def test_a_bundle_that_is_named_can_be_read_beside_a_damaged_one(workspace: Workspace) -> None:
    whole = bundle().save(workspace.bundles)
    other = workspace.bundles / "0123456789abcdef"
    other.mkdir()
    (other / "meta.json").write_text("{", encoding="utf-8")
    assert Bundle.load(workspace, whole.id[:6]).id == whole.id
    with pytest.raises(ProjectionError, match="0123456789abcdef holds no bundle that can be read"):
        Bundle.load(workspace)


def test_without_a_projection_the_next_command_is_named(workspace: Workspace) -> None:
    with pytest.raises(ProjectionError, match="forecast project"):
        Bundle.load(workspace)


@pytest.mark.parametrize("name", ["../../etc", "zz", ""])
def test_an_id_never_becomes_a_path(workspace: Workspace, name: str) -> None:
    saved = bundle().save(workspace.bundles)
    if name:
        with pytest.raises(ProjectionError, match="no bundles begin with"):
            Bundle.load(workspace, name)
    else:
        assert Bundle.load(workspace, name).id == saved.id


def test_infinite_number_or_missing_column_never_gets_in() -> None:
    good = bundle().frames["bias"]
    with pytest.raises(ProjectionError, match="mean_percent holds an infinite number"):
        checked("bias", good.assign(mean_percent=np.inf))
    with pytest.raises(ProjectionError, match="lacks: overrun_share"):
        checked("bias", good.drop(columns="overrun_share"))


def test_unknown_table_gets_a_suggestion_and_absent_one_is_empty() -> None:
    demand_only = bundle(cost=False)
    assert demand_only.table("cost").empty
    assert list(demand_only.table("cost").columns) == list(empty("cost").columns)
    with pytest.raises(ProjectionError, match="did you mean cost"):
        demand_only.table("costs")


def test_rows_of_one_area() -> None:
    found = bundle().rows("cost", area="751", function="", year=("2026", "2027"), price="fixed")
    assert set(found["area"]) == {"751"}
    assert set(found["year"]) == {"2026", "2027"}
    assert found["area"].dtype == "str"

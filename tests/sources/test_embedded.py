"""The embedded demonstration data: whole, marked, and stored once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from forecast import vintages
from forecast.dataroom import intake
from forecast.errors import SourceError
from forecast.sources import embedded
from forecast.workspace import Workspace


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demonstration of two datasets."""
    here = tmp_path / "demo"
    here.mkdir()
    text = (embedded.folder() / "manifest.toml").read_text(encoding="utf-8")
    head, *tables = text.split("[datasets.")
    kept = [t for t in tables if t.startswith(("bu43]", "herfor1]"))]
    (here / "manifest.toml").write_text("[datasets.".join([head, *kept]), encoding="utf-8")
    for name in ("bu43", "herfor1"):
        shutil.copy(embedded.folder() / f"{name}.parquet", here)
    monkeypatch.setattr(embedded, "folder", lambda: here)
    return here


def test_it_is_stored_once_and_says_synthetic(small: Path, workspace: Workspace) -> None:
    assert small.is_dir()
    first = intake.demo(workspace)
    again = intake.demo(workspace)
    assert [v.id for v in again] == [v.id for v in first]
    assert [v.dataset for v in vintages.listing(workspace)] == ["bu43", "herfor1"]
    assert all(v.synthetic and v.manifest["publisher"] for v in first)


def test_a_changed_file_is_refused(small: Path, workspace: Workspace) -> None:
    shutil.copy(small / "bu43.parquet", small / "herfor1.parquet")
    with pytest.raises(SourceError, match="is not the file in its manifest"):
        intake.demo(workspace)


def test_data_that_do_not_say_synthetic_are_refused(small: Path) -> None:
    path = small / "manifest.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("synthetic = true", ""), "utf-8")
    with pytest.raises(SourceError, match="does not say synthetic"):
        embedded.manifest()

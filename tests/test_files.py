"""Files are written whole or not at all."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from forecast import files


def interrupt(writing: AbstractContextManager[Path]) -> None:
    with writing as path:
        (path / "a" if path.is_dir() else path).write_text("half")
        raise RuntimeError


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    with pytest.raises(RuntimeError):
        interrupt(files.replaced_file(target))
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failed_folder_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        interrupt(files.new_folder(tmp_path / "bundle"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_wins(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with files.new_folder(tmp_path / "bundle") as folder:
            (folder / "a").write_text(text)
    assert (tmp_path / "bundle" / "a").read_text() == "first"


def test_nan_is_never_written_as_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "x.json", {"value": float("nan")})
    assert list(tmp_path.iterdir()) == []

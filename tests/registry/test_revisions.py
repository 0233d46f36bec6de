"""Revisions: what is read from the files is what MLflow itself says."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.registry import revisions


def test_the_newest_is_the_one_that_mlflow_names() -> None:
    revisions.newest.cache_clear()
    assert revisions.newest() == revisions._asked()
    assert len(revisions._migrations()) > 10


@pytest.mark.parametrize("files", [{}, {"a": "revision = 'aa'", "b": 'revision = "bb"'}])
def test_where_the_files_do_not_tell_mlflow_is_asked(
    files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(revisions, "_migrations", lambda: sorted(tmp_path.glob("*.py")))
    monkeypatch.setattr(revisions, "_asked", lambda: "asked")
    revisions.newest.cache_clear()
    assert revisions.newest() == "asked"
    revisions.newest.cache_clear()

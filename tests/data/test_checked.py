"""Results of checks as a projection takes them in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forecast.dataroom import checked
from forecast.errors import DataError
from forecast.workspace import Workspace


def test_names_and_outcomes_are_kept_and_a_damaged_file_is_named(tmp_path: Path) -> None:
    workspace = Workspace.at(tmp_path)
    assert checked.kept(workspace) == []
    folder = tmp_path / "output" / "checks"
    folder.mkdir(parents=True)
    one = {"name": "form", "passed": True, "text": "fine", "rows": []}
    (folder / "hand01.json").write_text(json.dumps({"vintages": ["hand01-1"], "checks": [one]}))
    assert checked.kept(workspace) == [
        {
            "dataset": "hand01",
            "vintages": ["hand01-1"],
            "checks": [{"name": "form", "passed": True}],
        }
    ]
    (folder / "bu43.json").write_text("[1")
    with pytest.raises(DataError, match=r"bu43\.json: the results of a check are damaged"):
        checked.kept(workspace)

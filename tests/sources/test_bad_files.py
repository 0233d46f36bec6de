"""Every kind of bad file gets one clear sentence, stores nothing, and stands in the docs."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.bad_files import FILES, Bad

from forecast import vintages
from forecast.dataroom import intake
from forecast.errors import ForecastError
from forecast.sources import table
from forecast.workspace import Workspace

DOCS = Path(__file__).parents[2] / "docs" / "bad-files.md"
NOW = "2026-11-22T10:00:00"
HEAD = """# Bad files

What `forecast data import` says of a file that it cannot use. Nothing is stored then, the exit
code is 1, and the last good vintage stays in use. The table is written by
`tests/sources/test_bad_files.py` (with `FORECAST_WRITE_DOCS=1`), which also holds it against what
the program says today.

| # | kind | what is said |
|---|---|---|
"""


def load(bad: Bad, path: Path, workspace: Workspace) -> None:
    options = dict(bad.options)
    published = options.pop("published", "2026-05-22")
    given = replace(table.mapping(None, bad.columns), **options)
    intake.load(workspace, intake.Request(bad.dataset, path, given, NOW, published))


def said(bad: Bad, folder: Path, workspace: Workspace) -> str:
    path = folder / bad.name
    bad.write(path)
    with pytest.raises(ForecastError) as error:
        load(bad, path, workspace)
    return str(error.value).replace(f"{folder}{os.sep}", "")


@pytest.mark.parametrize("bad", FILES, ids=[bad.kind for bad in FILES])
def test_a_bad_file_gets_one_clear_sentence(bad: Bad, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    sentence = said(bad, tmp_path, workspace)
    assert bad.said in sentence
    assert "\n" not in sentence
    assert len(sentence) < 420
    assert vintages.listing(workspace) == []
    assert not list(tmp_path.glob("workspace/vintages/*/*"))


def test_the_docs_list_every_kind_with_its_message(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    rows = []
    for number, bad in enumerate(FILES, start=1):
        sentence = said(bad, tmp_path, workspace).replace("|", "\\|")
        rows.append(f"| {number} | {bad.kind} | {sentence} |\n")
    text = HEAD + "".join(rows)
    if os.environ.get("FORECAST_WRITE_DOCS"):
        DOCS.write_text(text, encoding="utf-8", newline="\n")
    assert len(FILES) >= 60
    assert text == DOCS.read_text(encoding="utf-8")

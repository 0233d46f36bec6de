"""The data room's commands: exit codes, what goes to stdout, and sentences on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support import statbank_tables
from support.statbank_server import StatBank

from forecast import vintages
from forecast.cli import cli
from forecast.dataroom import pulling
from forecast.errors import ForecastError
from forecast.sources import statbank
from forecast.sources._http import Connection
from forecast.workspace import Workspace

SHARES = "area;period;value\n101;2022;2,5\n101;2023;3,0\n751;2022;4,1\n751;2023;4,2\n"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECAST_NOW", "2026-11-22T10:00:00")


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["data", *arguments, "--workspace", str(workspace.root)])


def stored(workspace: Workspace, tmp_path: Path, text: str = SHARES) -> str:
    path = tmp_path / "shares.csv"
    path.write_text(text, encoding="utf-8")
    done = run(workspace, "import", "bu43", str(path), "--published", "2026-05-22")
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_import_prints_the_vintage(workspace: Workspace, tmp_path: Path) -> None:
    id = stored(workspace, tmp_path)
    assert id == vintages.listing(workspace)[0].id
    assert stored(workspace, tmp_path) == id  # the same file again is the same vintage


def test_a_bad_file_is_a_sentence_and_stores_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("area;period;value\nArhus;2023;3\n", encoding="utf-8")
    done = run(workspace, "import", "bu43", str(path))
    assert done.exit_code == 1
    assert isinstance(done.exception, ForecastError)  # main() makes it a sentence on stderr
    assert "bad.csv, row 2" in str(done.exception)
    assert "did you mean Aarhus" in str(done.exception)
    assert vintages.listing(workspace) == []


def test_lists_are_tables_and_json(workspace: Workspace, tmp_path: Path) -> None:
    id = stored(workspace, tmp_path)
    heading, line = run(workspace, "vintages").stdout.splitlines()
    assert heading.split() == ["id", "published", "retrieved", "rows", "data", "origin"]
    assert line.split()[0] == id
    assert " real " in line
    rows = json.loads(run(workspace, "vintages", "bu43", "--json").stdout)
    assert [(r["id"], r["published"], r["synthetic"]) for r in rows] == [(id, "2026-05-22", False)]
    every = {r["dataset"]: r for r in json.loads(run(workspace, "list", "--json").stdout)}
    assert every["bu43"]["here"] == "real"
    assert every["hand01"]["here"] == "-"
    assert not every["hand01"]["verified"]
    assert "hand01" in run(workspace, "list").stdout


def test_check_prints_and_writes_a_section(workspace: Workspace, tmp_path: Path) -> None:
    stored(workspace, tmp_path)
    done = run(workspace, "check", "bu43")
    assert done.exit_code == 0  # 2 of 98 municipalities deserve a look, but nothing is broken
    assert "completeness" in done.stdout
    assert "LOOK" in done.stdout
    section = json.loads((workspace.output / "checks" / "bu43.json").read_text(encoding="utf-8"))
    assert section["real_time"] is True
    assert {c["name"] for c in section["checks"]} >= {"form", "statuses", "completeness"}


def test_diff_shows_what_changed(workspace: Workspace, tmp_path: Path) -> None:
    old = stored(workspace, tmp_path)
    new = stored(workspace, tmp_path, SHARES.replace("4,2", "x"))
    found = json.loads(run(workspace, "diff", old, new, "--json").stdout)
    assert (found["same"], found["revised"], found["added"], found["withdrawn"]) == (3, 1, 0, 0)
    revised = found["cells"]["revised"][0]
    assert (revised["area"], revised["old"], revised["new"]) == ("751", "4.2", "")
    assert (revised["status_old"], revised["status_new"]) == ("observed", "suppressed")
    assert "revised: 1" in run(workspace, "diff", old, new).stdout
    none = json.loads(run(workspace, "diff", old, new, "--rows", "0", "--json").stdout)
    assert none["cells"]["revised"] == []
    assert none["revised"] == 1
    assert run(workspace, "diff", old, new, "--rows", "-1").exit_code == 2


def test_template_and_catalogue_are_written(workspace: Workspace, tmp_path: Path) -> None:
    template = tmp_path / "diagnoses.csv"
    done = run(workspace, "template", "diagnoses", "--out", str(template))
    assert done.stdout.splitlines()[0] == str(template)
    assert template.read_text(encoding="utf-8-sig").startswith("area;period;service;age;value\n")
    page = tmp_path / "catalogue.html"
    assert run(workspace, "catalogue", "--out", str(page)).stdout.strip() == str(page)
    assert "<title>Datakatalog</title>" in page.read_text(encoding="utf-8")


def test_pull_says_what_came_and_what_failed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StatBank([statbank_tables.table("bu43")]) as bank:
        monkeypatch.setenv("FORECAST_STATBANK_URL", bank.url)
        first = run(workspace, "pull", "bu43", "und1")
        again = run(workspace, "pull", "bu43")
    assert first.exit_code == 1
    assert "came: 1 (BU43)" in first.stdout
    assert "failed: 1 (UND1)" in first.stdout
    assert "UND1 is not in StatBank's list any more" in first.stderr
    assert again.exit_code == 0
    assert "already here: 1 (BU43)" in again.stdout
    assert run(workspace, "pull").exit_code == 2


def test_a_publisher_that_is_not_reached_is_said_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Connection("http://127.0.0.1:9/v1", attempts=1, pause=0.0)
    monkeypatch.setattr(statbank, "connect", lambda: nowhere)
    done = run(workspace, "pull", "--all")
    assert done.exit_code == 1
    assert f"failed: {len(pulling.names(workspace))} (FOLK1A, " in done.stdout
    assert done.stderr.count("a broken connection") == 2  # as it came, and at the end
    assert "hand01 HAND01: failed - as folk1a FOLK1A\n" in done.stderr


def test_nothing_stored_is_said(workspace: Workspace) -> None:
    listed = run(workspace, "vintages", "bu43")
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert "no vintage is stored yet" in listed.stderr
    checked = run(workspace, "check")
    assert isinstance(checked.exception, ForecastError)
    assert "there is nothing to check" in str(checked.exception)
    assert checked.output == ""
    assert not workspace.output.exists()


def test_an_unknown_name_is_told_before_anything_is_asked_of_statbank(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StatBank([statbank_tables.table("bu43")]) as bank:
        monkeypatch.setenv("FORECAST_STATBANK_URL", bank.url)
        done = run(workspace, "pull", "bu43", "bu34")
    assert "there is no 'bu34' in data/; did you mean bu43?" in str(done.exception)
    assert vintages.listing(workspace) == []


@pytest.mark.parametrize("words", [("catalogue",), ("template", "bu43")])
def test_a_folder_in_place_of_a_file_is_wrong_use(
    words: tuple[str, ...], workspace: Workspace, tmp_path: Path
) -> None:
    done = run(workspace, *words, "--out", str(tmp_path))
    assert done.exit_code == 2
    assert "is a directory" in done.stderr

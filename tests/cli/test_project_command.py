"""`forecast project` and `forecast scenario`: what they print, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support import few_places

from forecast.cli.project import command as project
from forecast.cli.scenario import command as scenario
from forecast.errors import ForecastError

DOCS = Path(__file__).parents[2] / "docs" / "scenarios"


def run(*args: str) -> Result:
    return CliRunner().invoke(scenario, args)


def test_new_check_and_no_overwriting(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    made = run("new", str(path), "--lever", "takst", "--author", "Planner")
    assert made.exit_code == 0
    assert made.stdout.strip() == str(path)
    checked = run("check", str(path), str(DOCS / "known.toml"))
    assert checked.exit_code == 0
    assert "5 adjustments in order" in checked.stdout
    again = run("new", str(path))
    assert isinstance(again.exception, ForecastError)
    assert "is there already" in str(again.exception)


def test_an_unknown_lever_is_suggested(tmp_path: Path) -> None:
    found = run("new", str(tmp_path / "x.toml"), "--lever", "takster")
    assert "did you mean takst?" in str(found.exception)
    assert not (tmp_path / "x.toml").exists()


def test_check_names_file_and_adjustment(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    text = (DOCS / "service_mix.toml").read_text(encoding="utf-8")
    path.write_text(text.replace("move = 0.05", "move = 1.05"), encoding="utf-8")
    found = run("check", str(path))
    assert "bad.toml: § 107 to own home: move is 1.05; expected a share of 0 to 1" in str(
        found.exception
    )


def test_invest_as_json() -> None:
    found = run("invest", str(DOCS / "social_investment.toml"), "--draws", "500", "--json")
    rows = json.loads(found.stdout)
    assert [row["payer"] for row in rows] == ["municipality", "region", "state", "total"]


@pytest.mark.parametrize("words", [["compare"], ["seek"], ["check"]])
def test_without_a_file_it_is_wrong_use(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_project_without_models_names_the_next_command(tmp_path: Path) -> None:
    found = CliRunner().invoke(project, ["--workspace", str(tmp_path)])
    assert isinstance(found.exception, ForecastError)
    assert "run `forecast train` first" in str(found.exception)


def test_a_version_that_cannot_be_is_refused(tmp_path: Path) -> None:
    found = CliRunner().invoke(project, ["--workspace", str(tmp_path), "--model", "x@newest"])
    assert "names no version" in str(found.exception)


def test_check_goes_through_all_files_and_names_each_that_is_wrong(tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text("", encoding="utf-8")
    investment = str(DOCS / "social_investment.toml")
    found = run(
        "check", investment, str(empty), str(DOCS / "year_to_date.toml"), str(DOCS / "rate.toml")
    )
    assert "year_to_date.toml: 1 booked figure in order" in found.stdout
    assert "rate.toml: 1 adjustment in order" in found.stdout
    assert isinstance(found.exception, ForecastError)
    assert "worked out with `forecast scenario invest`" in str(found.exception)
    assert "empty.toml: no [[adjustment]] table; add at least one" in str(found.exception)


def test_invest_says_its_units() -> None:
    found = run("invest", str(DOCS / "social_investment.toml"), "--draws", "500")
    assert "DKK 1,000" in found.stdout.splitlines()[0]


def test_a_date_without_models_names_the_training_it_needs(tmp_path: Path) -> None:
    words = ["--workspace", str(tmp_path), "--known-at", "2026-05-01"]
    found = CliRunner().invoke(project, words)
    assert "run `forecast train --known-at 2026-05-01` first" in str(found.exception)


def test_a_date_to_come_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORECAST_NOW", "2026-05-01")
    words = ["--workspace", str(tmp_path), "--known-at"]
    found = CliRunner().invoke(project, [*words, "2026-05-02"])
    assert found.exit_code == 2
    assert "2026-05-02 lies after today (2026-05-01)" in found.output
    assert "lies after" not in CliRunner().invoke(project, [*words, "2026-05-01"]).output


def test_models_that_were_not_trained_on_what_was_known_are_named_with_the_command(
    tmp_path: Path,
) -> None:
    workspace = few_places.few_places(tmp_path)
    few_places.trained(workspace)
    few_places.trained(workspace, "2026-05-01")
    place = ("--budget-year", "2027", "--workspace", str(tmp_path))
    of_the_day = CliRunner().invoke(project, [*place, "--known-at", "2026-05-01"])
    assert of_the_day.exit_code == 0, of_the_day.exception
    said = "shelters is not trained on what was known on 2026-05-01; it leaves out s110\n"
    assert said in of_the_day.stderr
    assert "run `forecast train --known-at 2026-05-01`, and project again\n" in of_the_day.stderr
    assert "homelessness is not" not in of_the_day.stderr
    today = CliRunner().invoke(project, [*place])
    assert "shelters is not trained; it leaves out s110\n" in today.stderr
    assert "and project again" not in today.stderr

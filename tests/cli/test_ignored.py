"""What a command would ignore, or find out only after minutes, is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forecast.cli import cli
from forecast.costs.adjustments import LEVERS
from forecast.errors import ForecastError
from forecast.workspace import Workspace


def run(workspace: Workspace, *words: str) -> Result:
    place = () if words[0] == "demo" else ("--workspace", str(workspace.root))
    return CliRunner().invoke(cli, [*words, *place])


BUNDLE = ("report", "budget", "--nation", "--bundle", "latest")
EVERYONE = ("report", "budget", "--all-municipalities", "--bundle", "latest")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("demo", "--format", "html,xyz"), "'xyz' is no format"),
        ((*BUNDLE, "--adjust", "a.toml"), "--adjust is for a new projection, and --bundle names"),
        ((*BUNDLE, "--budget-year", "2027"), "--budget-year is for a new projection"),
        ((*BUNDLE, "--model-version", "shelters@2"), "--model-version is for a new projection"),
        ((*BUNDLE, "--seed", "7"), "--seed is for a new projection"),
        ((*EVERYONE, "--previous", "latest"), "--previous is for one area's report"),
        ((*EVERYONE, "--scenario", "ab12"), "--scenario is for one area's report"),
        (
            ("project", "--model", "shelters@1", "--model", "shelters@2"),
            "two versions of shelters are named, 1 and 2; name one",
        ),
        (
            ("models", "rollback", "shelters@2"),
            "shelters@2 is a version; name the model (shelters)",
        ),
        (("models", "explain-change", "ab12", "shelters@2", "--nation"), "expected two versions"),
        (("backtest", "shelters", "--figure", "x.png"), "expected a name that ends in .svg"),
        (("data", "catalogue", "--out", "x.pdf"), "expected a name that ends in .html"),
    ],
)
def test_it_is_wrong_use(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    found = run(workspace, *words)
    assert found.exit_code == 2
    assert said in " ".join(found.output.split())
    assert list(tmp_path.rglob("*.*")) == []


def test_the_same_version_named_twice_is_no_fault(workspace: Workspace) -> None:
    found = run(workspace, "project", "--model", "shelters@1", "--model", "shelters@1")
    assert isinstance(found.exception, ForecastError)  # nothing is trained here
    assert "no model" in str(found.exception)


def test_a_scenario_and_itself_are_told_before_anything_is_projected(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = str(tmp_path / "mine.toml")
    assert CliRunner().invoke(cli, ["scenario", "new", file]).exit_code == 0
    found = run(workspace, "scenario", "compare", file, file)
    assert "two scenarios would be called 'Scenario: rate'; name each file once" in str(
        found.exception
    )


def test_the_help_of_a_scenario_names_every_lever() -> None:
    said = CliRunner().invoke(cli, ["scenario", "new", "--help"]).output
    assert [lever for lever in LEVERS if lever not in said] == []


@pytest.mark.parametrize("lift", ["nan", "inf", "-1e30"])
def test_a_lift_that_is_no_amount_is_refused_before_anything_is_read(
    workspace: Workspace, lift: str
) -> None:
    found = run(workspace, "project", f"--lift={lift}")
    assert isinstance(found.exception, ForecastError)
    assert "expected DKK 1,000 for all municipalities" in str(found.exception)

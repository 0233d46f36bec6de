from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.bundles import bundle

from forecast.cli import cli, main
from forecast.workspace import Workspace


@pytest.fixture
def saved(workspace: Workspace) -> str:
    return bundle(size=20).save(workspace.bundles).id


def run(workspace: Workspace, *words: str) -> list[str]:
    result = CliRunner().invoke(cli, ["report", *words, "--workspace", str(workspace.root)])
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_budget_report_of_a_municipality_by_name(workspace: Workspace, saved: str) -> None:
    words = ("budget", "--municipality", "Aarhus", "--bundle", saved, "--format", "html,data")
    paths = [Path(line) for line in run(workspace, *words)]
    assert [p.name for p in paths] == ["budget-751-2027-da.html", "budget-751-2027-da.zip"]
    assert all(p.parent == workspace.output and p.is_file() for p in paths)


def test_negotiation_needs_no_area(workspace: Workspace, saved: str, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    words = ("negotiation", "--bundle", saved[:6], "--language", "en", "--format", "html")
    found = run(workspace, *words, "--out", str(out), "--json")
    assert json.loads("".join(found)) == [str(out / "negotiation-000-2027-en.html")]


def test_compare_and_scenario(workspace: Workspace, saved: str) -> None:
    other = bundle(size=20)
    other.meta["adjustments"] = [{"name": "Flere i eget hjem", "municipalities": ["751"]}]
    second = other.save(workspace.bundles).id
    compared = run(workspace, "compare", saved, second, "--municipality", "751", "--format", "html")
    assert "Flere i eget hjem" in Path(compared[0]).read_text(encoding="utf-8")
    words = ("budget", "--municipality", "751", "--bundle", saved, "--scenario", second)
    text = Path(run(workspace, *words, "--format", "html")[0]).read_text(encoding="utf-8")
    assert 'data-scenario="Flere i eget hjem"' in text
    assert "<select data-scenarios>" in text


def test_a_report_of_ones_own_is_a_command(workspace: Workspace, saved: str) -> None:
    path = workspace.specs / "reports" / "short.toml"
    path.parent.mkdir(parents=True)
    path.write_text('sections = ["conclusion"]\n[title]\nda = "{area}"\nen = "{area}"\n', "utf-8")
    result = CliRunner(env={"FORECAST_WORKSPACE": str(workspace.root)}).invoke(
        cli, ["report", "short", "--nation", "--bundle", saved, "--format", "html"]
    )
    assert result.exit_code == 0, result.output
    assert Path(result.stdout.strip()).name == "short-000-2027-da.html"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--municipality", "Arhus"), "did you mean Aarhus"),
        (("--municipality", "081"), "is a region; use --region"),
        (("--municipality", "Christiansø"), "is no municipality; name a municipality"),
        ((), "name one of --municipality"),
        (("--nation", "--format", "htm"), "did you mean html"),
        (("--nation", "--bundle", "ffff"), "begin with 'ffff'"),
        (("--nation", "--agreed-on", "2026-99-99"), "'2026-99-99' does not match"),
    ],
)
def test_wrong_use_is_a_sentence(
    words: tuple[str, ...],
    sentence: str,
    workspace: Workspace,
    saved: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    named = () if "--bundle" in words else ("--bundle", saved)
    with pytest.raises(SystemExit) as stopped:
        main(["report", "budget", *words, *named, "--workspace", str(workspace.root)])
    assert stopped.value.code in (1, 2)
    assert sentence in capsys.readouterr().err
    assert not workspace.output.exists()

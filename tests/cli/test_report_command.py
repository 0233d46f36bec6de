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
    nation = run(workspace, "compare", saved, second, "--nation", "--format", "html")
    assert Path(nation[0]).name == "compare-000-2027-da.html"
    words = ("budget", "--municipality", "751", "--bundle", saved, "--scenario", second)
    text = Path(run(workspace, *words, "--format", "html")[0]).read_text(encoding="utf-8")
    assert 'data-scenario="Flere i eget hjem"' in text
    assert "<select data-scenarios>" in text


def dated(workspace: Workspace, day: str) -> str:
    """Store the made-up projection as it would be on another day; return its id."""
    other = bundle(size=20)
    other.meta.update(today=day, known_at=day)
    return other.save(workspace.bundles).id


def test_the_newest_before_is_found_and_named(workspace: Workspace, saved: str) -> None:
    older, _ = dated(workspace, "2026-03-01"), dated(workspace, "2025-12-01")
    words = ("negotiation", "--bundle", "latest", "--previous", "latest", "--format", "html")
    result = CliRunner().invoke(cli, ["report", *words, "--workspace", str(workspace.root)])
    assert result.exit_code == 0, result.output
    assert result.stderr == f"changes are told from {older}, of 2026-03-01\n"
    page = Path(result.stdout.strip()).read_text(encoding="utf-8")
    assert saved in page
    assert older in page


def test_without_one_before_it_is_said(workspace: Workspace, saved: str) -> None:
    later = dated(workspace, "2026-08-01")
    words = ["report", "negotiation", "--bundle", saved, "--previous", "latest"]
    result = CliRunner().invoke(cli, [*words, "--workspace", str(workspace.root)])
    assert later != saved
    assert f"was made before {saved}; make one of an earlier state" in str(result.exception)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "compare"),
        ("models", "explain-change", "--nation"),
        ("report", "negotiation", "--bundle", "latest", "--previous"),
    ],
)
def test_a_projection_and_itself_are_told_at_once(
    workspace: Workspace, saved: str, words: tuple[str, ...]
) -> None:
    named = (saved,) if "--previous" in words else (saved[:6], "latest")
    result = CliRunner().invoke(cli, [*words, *named, "--workspace", str(workspace.root)])
    assert result.exit_code == 2
    assert f"{saved} is named as the old and as the new one" in result.output


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "is named as a scenario of itself"),
        ({"seed": 7}, "the seed is 7 there and 1 here"),
        ({"budget_year": 2026}, "the budget year is 2026 there and 2027 here"),
        ({"price_vintage": "2025-06-10"}, "the price estimate is 2025-06-10 there and 2026-03-15"),
        (
            {"notes": [{"code": "refund_left_out", "params": {"years": [2029, 2030]}}]},
            "the time without central refund is 2029, 2030 there and 2028, 2029, 2030 here",
        ),
        ({"models": {}}, "is not used there and"),
        ({"vintages": []}, "is not used there and used here"),
    ],
)
def test_what_rests_on_another_base_is_no_scenario(
    workspace: Workspace, saved: str, changed: dict[str, object], said: str
) -> None:
    other = bundle(size=20)
    other.meta.update(changed)
    second = other.save(workspace.bundles).id
    words = ["report", "budget", "--nation", "--bundle", saved, "--scenario", second]
    result = CliRunner().invoke(cli, [*words, "--workspace", str(workspace.root)])
    assert said in str(result.exception)
    assert not workspace.output.exists()


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
        (("--municipality", "000"), "Denmark is a nation; use --nation"),
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

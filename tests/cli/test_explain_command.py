"""`forecast models explain-change` of two bundles, and the report that shows it from then on."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.bundles import bundle
from support.explained import change

from forecast.bundle import Bundle
from forecast.cli import cli
from forecast.versions import bundlechanges
from forecast.versions.bundlechanges import CostChange
from forecast.versions.splitting import Wanted
from forecast.workspace import Workspace


@pytest.fixture
def pair(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two saved bundles, what lies between which is explained without training anything."""

    def explain(_: Workspace, old: Bundle, new: Bundle, wanted: Wanted) -> CostChange:
        return change(old, new, wanted.area)

    monkeypatch.setattr(bundlechanges, "explain", explain)
    old, new = (bundle(size=20, seed=seed).save(workspace.bundles) for seed in (2, 1))
    return old.id, new.id


def _run(workspace: Workspace, *words: str) -> str:
    result = CliRunner().invoke(cli, [*words, "--workspace", str(workspace.root)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_words_are_danish_or_english(workspace: Workspace, pair: tuple[str, str]) -> None:
    words = ("models", "explain-change", *pair, "--municipality", "Aarhus")
    danish = _run(workspace, *words, "--language", "da")
    assert "Aarhus, 2027: nettoudgiften i løbende priser var " in danish
    assert "Årsagerne, den største først: pris- og lønskøn (" in danish
    english = _run(workspace, *words)
    assert "Aarhus, 2027: net cost in current prices was DKK" in english
    assert "12 other revised figures together" in english
    assert "455" in english  # on the analyst's own screen nothing is protected


def test_json_sums_to_the_change(workspace: Workspace, pair: tuple[str, str]) -> None:
    told = json.loads(_run(workspace, "models", "explain-change", *pair, "--nation", "--json"))
    summed = sum(row["value"] for row in told["terms"])
    moved = sum(told["after"].values()) - sum(told["before"].values())
    assert summed == pytest.approx(moved)
    assert told["area"] == "000"
    assert told["cells"][3]["old"] is None


def test_report_shows_it_once_it_is_worked_out(
    workspace: Workspace, pair: tuple[str, str], tmp_path: Path
) -> None:
    words = ("report", "compare", *pair, "--municipality", "Aarhus", "--format", "html")
    title = "Hvorfor er tallet ændret?"
    before = Path(_run(workspace, *words, "--out", str(tmp_path / "before")).strip())
    assert title not in before.read_text(encoding="utf-8")
    after = Path(_run(workspace, *words, "--explain", "--out", str(tmp_path / "a")).strip())
    assert title in after.read_text(encoding="utf-8")
    again = Path(_run(workspace, *words, "--out", str(tmp_path / "b")).strip())
    assert again.read_bytes() == after.read_bytes()

"""The negotiator's page, typed line by line as it stands, and what commands print after it."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from support.commands import forecast
from support.demonstration import Demo

from forecast import registry
from forecast.bundle import Bundle
from forecast.workspace import Workspace

pytestmark = pytest.mark.e2e
PAGE = Path(__file__).parents[2] / "docs" / "negotiator.md"
RAW = re.compile(r"\b(True|False|None|nan|NaN|NaT|dtype|np\.\w+)\b|\[\]")
SHOWN = (
    "data list", "data vintages", "data check", "models list", "models history homelessness",
    "models show homelessness", "models monitor homelessness", "backtest shelters",
    "models compare homelessness homelessness@1", "models check", "train --dry-run",
    "show recipients_adults --municipality Aarhus --service s107",
    "show length_of_stay --municipality Aarhus",
)  # fmt: skip
NOW = "2026-11-20"  # the page is typed half a year after the day it asks for


def page() -> list[str]:
    """Return what the page's first block of code tells a reader to type."""
    block = re.search(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert block is not None
    return [line.partition("#")[0].strip() for line in block[1].splitlines()]


def typed(line: str, folder: Path) -> str:
    """Type a line in a folder and return what it printed; it must end well."""
    name, *words = shlex.split(line)
    assert name == "forecast"
    done = forecast(*words, cwd=folder, now=NOW)
    assert done.returncode == 0, f"{line}: {done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_negotiators_page_leads_to_a_report_of_what_was_known_then(
    demo: Demo, tmp_path: Path
) -> None:
    """From the demonstration's data alone: nothing is trained, nothing projected."""
    workspace, desk = Workspace(tmp_path / "forecast-workspace"), tmp_path
    shutil.copytree(demo.workspace.root / "vintages", workspace.root / "vintages")
    status, train, project, report = page()
    assert "synthetic" in typed(status, desk)
    assert "unit_costs@1" in typed(train, desk)
    info = registry.version(workspace, "unit_costs")
    assert info.tags["known_at"] == "2026-05-01"
    bundle = Bundle.load(workspace, typed(project, desk).strip())
    assert bundle.meta["known_at"] == "2026-05-01"
    assert bundle.meta["budget_year"] == 2027
    made = [Path(line) for line in typed(report, desk).splitlines()]
    assert [path.suffix for path in made] == [".html", ".docx", ".xlsx", ".pdf"]
    assert len(list(workspace.bundles.glob("[!.]*"))) == 1  # the report is of that projection
    assert bundle.meta["id"] in made[0].read_text(encoding="utf-8")


def test_what_commands_print_is_in_words(demo: Demo, tmp_path: Path) -> None:
    """No raw value of the program's language."""
    shutil.copytree(demo.workspace.root, tmp_path / "forecast-workspace")
    for line in SHOWN:
        said = typed(f"forecast {line}", tmp_path)
        assert said.strip(), line
        assert RAW.search(said) is None, (line, RAW.search(said))

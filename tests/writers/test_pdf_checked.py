"""PDF checked from outside: outloud for PDF/UA-1, pikepdf for PDF/A.

Neither is part of the package's environment: `make services` puts both into `.venv-pdfcheck`;
`FORECAST_PDFCHECK` names another environment's folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import reports

from forecast.reporting.document import Report
from forecast.writers import pdf

ROOT = Path(__file__).parents[2]
PLACE = Path(os.environ.get("FORECAST_PDFCHECK") or ROOT / ".venv-pdfcheck") / "bin"

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(
        not (PLACE / "outloud").is_file(), reason=f"no PDF checkers in {PLACE} (make services)"
    ),
]

# pikepdf knows PDF/A-2b and an allowlist of constructs. What it does not know and is right in a
# PDF/A-2a that is PDF/UA too: the conformance level itself, the extension schema that PDF/UA's
# mark needs, and destinations that are indirect objects.
UNKNOWN = {"ISO_19005_2:6.6.2.3.1-1", "ISO_19005_2:6.6.4-3", "pikepdf:schema-OutlineItem"}
PDFA = """
import json, sys, pikepdf
from pikepdf import pdfa
found = pdfa.check(pikepdf.open(sys.argv[1]), "2b").findings
print(json.dumps([[f.rule, f.kind, f.message] for f in found]))
"""


@pytest.fixture(params=["budget", "protected", "nation", "hostile"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made: dict[str, Callable[[], Report]] = {
        "budget": lambda: reports.report("751", "da"),
        "protected": lambda: reports.report("825", "en"),
        "nation": lambda: reports.report("000", "da"),
        "hostile": reports.hostile,
    }
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf.render(made[request.param]()))
    return file


def test_every_checkpoint_of_pdf_ua_holds(path: Path) -> None:
    command: list[str | Path] = [PLACE / "outloud", path, "--layer", "conformance", "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    (file,) = told["results"]
    assert file["error"] is None
    assert file["stats"]["tagged"]
    wrong = [f for f in file["findings"] if f["severity"] != "info"]
    assert [(f["rule"], f["message"], f.get("evidence")) for f in wrong] == []


def test_nothing_that_pdf_a_forbids_is_found(path: Path) -> None:
    command: list[str | Path] = [PLACE / "python", "-c", PDFA, path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    wrong = [(rule, text) for rule, kind, text in found if kind == "violation"]
    assert [pair for pair in wrong if pair[0] not in UNKNOWN] == []
    assert all("'A'" in text for rule, text in wrong if rule.endswith("6.6.4-3"))


def test_the_checkers_find_what_is_wrong(tmp_path: Path) -> None:
    """A page without tags and with nothing declared is refused by both."""
    bare = tmp_path / "bare.pdf"
    code = (
        "import sys, pikepdf; p = pikepdf.new(); p.add_blank_page(); "
        "p.Root.AA = pikepdf.Dictionary(); p.save(sys.argv[1])"
    )
    python, checker = str(PLACE / "python"), str(PLACE / "outloud")
    subprocess.run([python, "-c", code, str(bare)], check=True)
    ua = subprocess.run([checker, str(bare), "--json", "-"], capture_output=True, check=False)
    assert ua.returncode != 0
    told = subprocess.run([python, "-c", PDFA, str(bare)], capture_output=True, check=True)
    rules = {rule for rule, kind, _ in json.loads(told.stdout) if kind == "violation"}
    assert rules - UNKNOWN

"""Workbooks and documents of the embedded data in an office program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support import office

from forecast import reporting
from forecast.bundle import Bundle
from forecast.reporting.document import Calculator, Report
from forecast.writers import docx, xlsx

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.service,
    pytest.mark.skipif(office.program() is None, reason="no LibreOffice here (make services)"),
]


REPORTS = (("budget", "101"), ("budget", "825"), ("negotiation", "000"))


@pytest.fixture(scope="module", params=REPORTS, ids="-".join)
def report(request: pytest.FixtureRequest, bundle: Bundle) -> Report:
    name, area = request.param
    return reporting.build(reporting.spec(name), reporting.sources(bundle), area, "da")


def calculator(report: Report) -> Calculator:
    return next(b for s in report.sections for b in s.blocks if isinstance(b, Calculator))


def cell(book: openpyxl.Workbook, name: str) -> tuple[Worksheet, str]:
    """Where a name points."""
    sheet, place = book.defined_names[name].attr_text.split("!")
    found = book[sheet.strip("'")]
    assert isinstance(found, Worksheet)
    return found, place.replace("$", "")


def value(book: openpyxl.Workbook, name: str) -> float:
    sheet, place = cell(book, name)
    return float(str(sheet[place].value))


def recalculated(path: Path, folder: Path) -> openpyxl.Workbook:
    folder.mkdir()
    return openpyxl.load_workbook(office.converted(path, "xlsx", folder), data_only=True)


def test_totals_are_the_bundles_and_move_with_unit_costs_as_the_engine_says(
    report: Report, tmp_path: Path
) -> None:
    """A unit cost that is raised by a tenth raises its line, net of refund, by a tenth."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(xlsx.render(report))
    made, book = calculator(report), openpyxl.load_workbook(path)
    before = recalculated(path, tmp_path / "before")
    for year, total in zip(made.years, made.totals, strict=True):
        assert value(before, f"total_fast_{year}") == pytest.approx(total.value / 1e3, rel=1e-9)
    live = [line for line in made.lines if line.recipients.given and line.unit_cost.given]
    names = [name for name in book.defined_names if name.startswith("enhedsudgift_")]
    assert len(names) == len(live) > 0
    for name, line in list(zip(names, live, strict=True))[:2]:
        sheet, place = cell(book, name)
        sheet[place] = line.unit_cost.value * 1.1
    book.save(path)
    after = recalculated(path, tmp_path / "after")
    for i, (year, total) in enumerate(zip(made.years, made.totals, strict=True)):
        moved = total.value + 0.1 * sum(line.costs[i].value for line in live[:2])
        assert value(after, f"total_fast_{year}") == pytest.approx(moved / 1e3, rel=1e-9)
        current = moved / 1e3 * made.index[i].value
        assert value(after, f"total_loebende_{year}") == pytest.approx(current, rel=1e-9)


def _flat(text: str) -> str:
    """Return text without spaces and hyphens: pdftotext joins words that a line's end parts."""
    return "".join(text.replace("-", "").split())


def test_the_document_becomes_a_pdf_with_every_table_and_figure(
    report: Report, tmp_path: Path
) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    path, folder = tmp_path / "report.docx", tmp_path / "out"
    path.write_bytes(docx.render(report))
    folder.mkdir()
    made = office.converted(path, "pdf", folder)
    told = subprocess.run([reader, made, "-"], capture_output=True, check=True).stdout.decode()
    flat = _flat(told)
    for caption in (*(t.caption for t in report.tables), *(f.caption for f in report.figures)):
        assert _flat(caption) in flat, caption
    pictures = subprocess.run(["pdfimages", "-list", made], capture_output=True, check=True).stdout
    assert pictures.count(b" image ") >= len(report.figures)
    assert "cost:" not in told  # references are hidden in print

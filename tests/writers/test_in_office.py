from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from support import office, reports

from forecast.reporting.document import Calculator, Report
from forecast.writers import docx, xlsx

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(office.program() is None, reason="no LibreOffice here (make services)"),
]


def calculator(report: Report) -> Calculator:
    blocks = (b for s in report.sections for b in s.blocks)
    return next(b for b in blocks if isinstance(b, Calculator))


def named(book: openpyxl.Workbook, name: str) -> float:
    sheet, cell = book.defined_names[name].attr_text.split("!")
    found = book[sheet.strip("'")]
    assert isinstance(found, Worksheet)
    return float(str(found[cell.replace("$", "")].value))


def recalculated(path: Path, folder: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(office.converted(path, "xlsx", folder), data_only=True)


def test_a_recalculated_workbook_has_the_bundles_totals(tmp_path: Path) -> None:
    report = reports.report()
    path = tmp_path / "in" / "report.xlsx"
    path.parent.mkdir()
    path.write_bytes(xlsx.render(report))
    book = recalculated(path, tmp_path)
    for year, total in zip(calculator(report).years, calculator(report).totals, strict=True):
        assert named(book, f"total_fast_{year}") == pytest.approx(total.value / 1e3, rel=1e-9)


def test_a_changed_unit_cost_and_index_move_the_totals(tmp_path: Path) -> None:
    report = reports.report()
    path = tmp_path / "in" / "report.xlsx"
    path.parent.mkdir()
    path.write_bytes(xlsx.render(report))
    book = openpyxl.load_workbook(path)
    names = [n for n in book.defined_names if n.startswith("enhedsudgift_")]
    found = calculator(report)
    live = [line for line in found.lines if line.unit_cost.given and line.recipients.given]
    assert len(names) == len(live) == 7
    change(book, names[0], live[0].unit_cost.value * 1.1)
    change(book, "indeks_2028", 2.0)
    book.save(path)
    after = recalculated(path, tmp_path)
    fixed = found.totals[1].value + 0.1 * live[0].costs[1].value
    assert named(after, "total_fast_2028") == pytest.approx(fixed / 1e3)
    assert named(after, "total_loebende_2028") == pytest.approx(2 * fixed / 1e3)


def change(book: openpyxl.Workbook, name: str, value: float) -> None:
    sheet, cell = book.defined_names[name].attr_text.split("!")
    found = book[sheet.strip("'")]
    assert isinstance(found, Worksheet)
    found[cell.replace("$", "")] = value


def test_the_document_opens_and_holds_all_tables_and_figures(tmp_path: Path) -> None:
    report = reports.report()
    path = tmp_path / "in" / "report.docx"
    path.parent.mkdir()
    path.write_bytes(docx.render(report))
    made = office.converted(path, "pdf", tmp_path)
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext here (make services installs poppler)")
    told = subprocess.run([reader, made, "-"], capture_output=True, check=True).stdout.decode()
    flat = "".join(told.split())
    for caption in (*(t.caption for t in report.tables), *(f.caption for f in report.figures)):
        assert "".join(caption.split()) in flat
    assert "cost:" not in told  # references are hidden in print

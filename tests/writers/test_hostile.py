"""Names that come from data are shown as text: every report, every format."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest
from support import reports

from forecast.reporting.document import Report
from forecast.writers import data, docx, html, pdf, xlsx

REPORTS = ("budget", "negotiation", "compare", "model")
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest) -> Report:
    return reports.hostile(str(request.param))


class Tags(HTMLParser):
    """The elements of a page, and what scripts could be hidden in their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.handlers += [str(v) for name, v in attrs if name in ("href", "src") and v and ":" in v]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page(report: Report) -> None:
    content = html.render(report).decode()
    found = Tags(content)
    assert found.scripts == 1
    assert found.handlers == []
    assert "<b onclick=alert(1)>" in found.text
    assert TURNS.search(content) is None
    assert CONTROLS.search(content) is None


def test_workbook(report: Report) -> None:
    content = xlsx.render(report)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
        assert not formulas or sheet.title == "Beregner"
        assert all("HYPERLINK" not in f and "onclick" not in f for f in formulas)
        assert all(TURNS.search(str(cell.value)) is None for cell in cells)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()}
    assert [name for name in parts if "external" in name.lower() or "hyperlink" in name] == []
    assert all("TargetMode" not in text for text in parts.values())


def test_document(report: Report) -> None:
    import docx as python_docx

    content = docx.render(report)
    document = python_docx.Document(io.BytesIO(content))
    body = document.element.xml
    fields = set(re.findall(r'w:instr="([^"]*)"', body))
    assert all(re.fullmatch(r"(PAGE|NUMPAGES|SEQ \w+ .*)", field) for field in fields)
    assert "w:hyperlink" not in body
    assert "&lt;b onclick=alert(1)&gt;" in body
    assert TURNS.search(body) is None


def test_paper(report: Report) -> None:
    content = pdf.render(report)
    assert content.startswith(b"%PDF-1.7")
    assert b"/JavaScript" not in content
    assert b"/URI" not in content


def test_data(report: Report) -> None:
    with zipfile.ZipFile(io.BytesIO(data.render(report))) as archive:
        meta = json.loads(archive.read("report.json"))
        assert meta["area"] == report.area
        tables = [n for n in archive.namelist() if n.endswith(".csv")]
        for name in tables:
            text = archive.read(name).decode()
            cells = [c.strip('"') for line in text.splitlines() for c in line.split(",")]
            assert [c for c in cells if c[:1] in "=@" and c] == [], name
